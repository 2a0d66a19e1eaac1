import Barchan

/// The outer layer of a package file: magic number and XZ (specification, section 1.1).
///
/// Bytes of the file go in, bytes of the two messages come out; nothing is kept. One caller at a time.
public final class PackageExpander {
    /// What every package file begins with.
    public static let magic: [UInt8] = [0x8f, 0xc6, 0xcd, 0xef, 0x45, 0x1a, 0xea, 0x96]

    private let decoder: XZDecoder
    private let maximumBytes: Int64
    private var digest = SHA256()
    private var magicSeen = 0
    /// Bytes of the file taken so far.
    public private(set) var consumedBytes: Int64 = 0

    public init(limits: PackageLimits = PackageLimits()) throws(HostError) {
        decoder = try XZDecoder(limits: limits)
        maximumBytes = limits.fileBytes
    }

    /// Takes the next bytes of the file and hands on what they expand to, in pieces of at most 256 KiB.
    /// - Throws: ``HostError`` `.invalidArgument` with what is wrong with the file, which limit it exceeds included;
    ///   and what `sink` throws.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        consumedBytes += Int64(bytes.count)
        guard consumedBytes <= maximumBytes else {
            throw HostError(
                .invalidArgument,
                "read the package: its file is larger than \(maximumBytes) bytes, and so than what it may expand to")
        }
        digest.update(bytes)
        var rest = bytes
        while magicSeen < Self.magic.count, let byte = rest.first {
            guard byte == Self.magic[magicSeen] else { throw Self.notAPackage }
            magicSeen += 1
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
        }
        try decoder.feed(rest, sink)
    }

    /// The file is at its end; hands on the rest.
    /// - Returns: The package's identifier, which covers every byte of the file.
    public func finish(_ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void) throws(HostError) -> PackageID {
        guard magicSeen == Self.magic.count else { throw Self.notAPackage }
        try decoder.finish(sink)
        guard let identifier = PackageID(hexadecimal(digest.finish().prefix(16))) else {
            fatalError("32 hexadecimal digits are a package id")
        }
        return identifier
    }

    private static let notAPackage = HostError(
        .invalidArgument,
        "read the package: the file does not begin with the magic number of a package; it is not an .spk")
}
