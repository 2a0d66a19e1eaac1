/// Keeps packages, the data of grains, and the core's own records.
public protocol StorageProvider: Sendable {
    /// What holds for everything below; fixed for the provider's life.
    var guarantees: Set<Guarantee> { get }

    var packages: any PackageStore { get }
    var volumes: any VolumeStore { get }
    var records: any RecordStore { get }
}

/// A storage that has something outside of its directory as long as it is used, mounts for instance.
public protocol ClosableStorageProvider: StorageProvider {
    /// Puts that away. The storage is of no use afterwards; a second call does nothing.
    func close() async
}
