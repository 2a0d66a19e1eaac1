import Barchan
import Synchronization

/// Storage whose one package is an app's sources as they are now, and whose logs are shown besides being kept.
struct DevelopmentStorage: StorageProvider {
    let inner: any StorageProvider
    let sources: DevelopmentPackages
    let show: @Sendable ([UInt8]) -> Void

    var guarantees: Set<Guarantee> { inner.guarantees }
    var packages: any PackageStore { sources }
    var volumes: any VolumeStore { ShownVolumes(inner: inner.volumes, show: show) }
    var records: any RecordStore { inner.records }
}

/// One package, which nobody signed and which changes.
final class DevelopmentPackages: PackageStore {
    private let current: Mutex<InstalledPackage>

    init(_ package: InstalledPackage) { current = Mutex(package) }

    var package: InstalledPackage { current.withLock { $0 } }
    func replace(with package: InstalledPackage) { current.withLock { $0 = package } }

    func install(
        _ file: any ByteReader, expecting expected: PackageID?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        file.cancel()
        throw HostError(.unsupported, "install a package: this host runs one app from its sources; use 'barchan serve'")
    }

    func installed() async throws(HostError) -> [InstalledPackage] { [package] }

    func package(_ identifier: PackageID) async throws(HostError) -> InstalledPackage? {
        let package = package
        return package.identifier == identifier ? package : nil
    }

    func uninstall(_ identifier: PackageID) async throws(HostError) {}
}

/// Volumes whose logs are shown as they are written.
private struct ShownVolumes: VolumeStore {
    let inner: any VolumeStore
    let show: @Sendable ([UInt8]) -> Void

    func create(for grain: GrainID, owner: FileOwner) async throws(HostError) -> any Volume {
        ShownVolume(inner: try await inner.create(for: grain, owner: owner), show: show)
    }

    func volume(for grain: GrainID) async throws(HostError) -> (any Volume)? {
        guard let volume = try await inner.volume(for: grain) else { return nil }
        return ShownVolume(inner: volume, show: show)
    }

    func grains() async throws(HostError) -> [GrainID] { try await inner.grains() }
    func remove(for grain: GrainID) async throws(HostError) { try await inner.remove(for: grain) }
}

private struct ShownVolume: Volume {
    let inner: any Volume
    let show: @Sendable ([UInt8]) -> Void

    var directory: String { inner.directory }

    func usedBytes() async throws(HostError) -> Int64 { try await inner.usedBytes() }

    func appendToLog(_ bytes: [UInt8]) async throws(HostError) {
        show(bytes)
        try await inner.appendToLog(bytes)
    }

    func readLog(maximumBytes: Int) async throws(HostError) -> [UInt8] {
        try await inner.readLog(maximumBytes: maximumBytes)
    }

    func synchronize() async throws(HostError) { try await inner.synchronize() }
}
