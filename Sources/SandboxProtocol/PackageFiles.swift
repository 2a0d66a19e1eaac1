/// The directories of a package: their paths and what is there. A sandbox that waits holds them, so that the kernel gives
/// their numbers to nothing else meanwhile.
public struct PackageFiles: Hashable, Sendable {
    public let layers: [String]
    private let identities: [UInt64]

    /// Nil when one of them is not there.
    /// - Parameter identify: Writes the numbers of a path's device and inode; negative when it has none.
    public init?(
        _ layers: [String], identify: (UnsafePointer<CChar>, UnsafeMutablePointer<UInt64>) -> Int32
    ) {
        var identities: [UInt64] = []
        for layer in layers {
            var identity: [UInt64] = [0, 0]
            guard identify(layer, &identity) >= 0 else { return nil }
            identities += identity
        }
        self.layers = layers
        self.identities = identities
    }

    func write(to writer: inout MessageWriter) {
        writer.append(layers)
        for identity in identities { writer.append(identity) }
    }

    init?(from reader: inout MessageReader) {
        guard let layers = reader.strings(), !layers.isEmpty else { return nil }
        var identities: [UInt64] = []
        for _ in 0..<(2 * layers.count) {
            guard let identity = reader.uint64() else { return nil }
            identities.append(identity)
        }
        self.layers = layers
        self.identities = identities
    }
}
