import Barchan
import CapnProto
import GrainSchemas

/// Writes package files. The same tree and key give the same bytes: names are sorted, times are those given, blocks of
/// compressed data have a fixed size.
public struct PackageWriter {
    /// Size of one file (specification, section 1.3).
    public static let maximumFileBytes = (1 << 29) - 1

    /// Calls its second argument with the bytes of a file, piece by piece. It is asked twice for each file, because the
    /// signature stands before what it signs.
    public typealias FileSource = (
        _ reference: String, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) -> Void

    private let message = MessageBuilder(capacityWords: 1 << 16)
    private let key: AppKey
    private let read: FileSource
    /// What goes behind the message, in order.
    private var blobs: [PackageSource.Content] = []

    /// Lays out the archive; no file is read yet.
    /// - Throws: ``HostError`` `.invalidArgument` for a name that may not be, `.resourceExhausted` for a tree over the
    ///   format's limits.
    public init(
        tree: [PackageSource], key: AppKey, limits: PackageLimits = PackageLimits(), read: @escaping FileSource
    ) throws(HostError) {
        self.key = key
        self.read = read
        let files = message.initRoot(Wire.Archive.self).initFiles(count: tree.count)
        try lay(tree, into: files, path: "", depth: 0, limits: limits)
        guard archiveBytes <= limits.expandedBytes else {
            throw HostError(
                .resourceExhausted,
                "pack \(archiveBytes) bytes: a package holds at most \(limits.expandedBytes); leave something out")
        }
    }

    /// Size of the archive before compression.
    public var archiveBytes: Int64 {
        var bytes = Int64(message.streamHeader.count)
        for blob in message.externalBlobs { bytes += Int64(blob.landingPad.count + blob.byteCount + blob.padding) }
        return bytes
    }

    private mutating func lay(
        _ sources: [PackageSource], into files: StructListBuilder<Wire.Archive.File>, path: String, depth: Int,
        limits: PackageLimits
    ) throws(HostError) {
        guard depth <= limits.depth else {
            throw HostError(.resourceExhausted, "pack '\(path)': directories are nested more than \(limits.depth) deep")
        }
        let sorted = sources.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        for (index, source) in sorted.enumerated() {
            let inner = "\(path)/\(String(decoding: source.name, as: UTF8.self))"
            guard Self.isAllowed(source.name), index == 0 || sorted[index - 1].name != source.name else {
                throw HostError(.invalidArgument, "pack '\(inner)': the name is not allowed, or there twice")
            }
            let file = files[index]
            // Text, but a name need not be UTF-8.
            file.structure.pointer(0).setData(source.name + [0])
            file.setLastModificationTimeNs(source.modifiedNanoseconds)
            try lay(source.content, into: file, path: inner, depth: depth, limits: limits)
        }
    }

    private mutating func lay(
        _ content: PackageSource.Content, into file: Wire.Archive.File.Builder, path: String, depth: Int,
        limits: PackageLimits
    ) throws(HostError) {
        switch content {
        case .bytes(let bytes, let isExecutable):
            try layFile(content, byteCount: bytes.count, isExecutable: isExecutable, into: file, path: path)
        case .file(_, let byteCount, let isExecutable):
            try layFile(content, byteCount: byteCount, isExecutable: isExecutable, into: file, path: path)
        case .link(let target):
            file.setSymlink("")
            file.structure.pointer(1).setData(target + [0])
        case .directory(let entries):
            try lay(
                entries, into: file.initDirectory(count: entries.count), path: path, depth: depth + 1, limits: limits)
        }
    }

    private mutating func layFile(
        _ content: PackageSource.Content, byteCount: Int, isExecutable: Bool, into file: Wire.Archive.File.Builder,
        path: String
    ) throws(HostError) {
        // Sets the tag of the union; the pointer follows.
        if isExecutable { file.setExecutable([]) } else { file.setRegular([]) }
        guard byteCount > 0 else { return }
        guard byteCount <= Self.maximumFileBytes,
            file.structure.pointer(1).setExternalData(byteCount: byteCount) != nil
        else {
            throw HostError(
                .resourceExhausted,
                "pack '\(path)': a file has less than \(Self.maximumFileBytes + 1) bytes in a package")
        }
        blobs.append(content)
    }

    private static func isAllowed(_ name: [UInt8]) -> Bool {
        !name.isEmpty && name != [0x2e] && name != [0x2e, 0x2e] && !name.contains(0x2f) && !name.contains(0)
    }
}

extension PackageWriter {
    /// Writes the package file.
    /// - Parameter progress: Called now and then with the bytes of the archive done, of twice ``archiveBytes``.
    /// - Throws: ``HostError`` `.failed` when a file changed meanwhile; and what `sink` and the file source throw.
    public func write(
        threads: Int = 2, progress: (Int64) -> Void = { _ in },
        to sink: @escaping (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) -> PackageID {
        var done: Int64 = 0
        var first = SHA512()
        try writeArchive { bytes throws(HostError) in
            first.update(bytes)
            done += Int64(bytes.count)
            progress(done)
        }
        let hash = first.finish()
        let output = PackageOutput(sink)
        try output.write(PackageExpander.magic)
        let encoder = try XZEncoder(threads: threads)
        let signature = signatureMessage(for: hash)
        try signature.withRawBytes { bytes throws(HostError) in
            try encoder.feed(bytes) { bytes throws(HostError) in try output.write(bytes) }
        }
        var second = SHA512()
        try writeArchive { bytes throws(HostError) in
            second.update(bytes)
            try encoder.feed(bytes) { bytes throws(HostError) in try output.write(bytes) }
            done += Int64(bytes.count)
            progress(done)
        }
        guard second.finish() == hash else {
            throw HostError(
                .failed, "pack the tree: a file in it changed meanwhile; try again when nothing writes there")
        }
        try encoder.finish { bytes throws(HostError) in try output.write(bytes) }
        return output.identifier()
    }

    private func signatureMessage(for hash: [UInt8]) -> [UInt8] {
        let message = MessageBuilder()
        let signature = message.initRoot(Wire.Signature.self)
        signature.setPublicKey(key.publicKey)
        signature.setSignature(key.signCombined(hash))
        return message.streamBytes
    }

    private func writeArchive(_ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void) throws(HostError) {
        func put(_ bytes: [UInt8]) throws(HostError) {
            try bytes.withRawBytes { bytes throws(HostError) in try sink(bytes) }
        }
        try put(message.streamHeader)
        for (blob, content) in zip(message.externalBlobs, blobs) {
            try put(blob.landingPad)
            switch content {
            case .bytes(let bytes, _): try put(bytes)
            case .file(let reference, _, _): try copy(reference, exactly: blob.byteCount, sink)
            case .link, .directory: break
            }
            try put([UInt8](repeating: 0, count: blob.padding))
        }
    }

    private func copy(
        _ reference: String, exactly byteCount: Int, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        var count = 0
        try read(reference) { bytes throws(HostError) in
            count += bytes.count
            guard count <= byteCount else { throw Self.changed(reference) }
            try sink(bytes)
        }
        guard count == byteCount else { throw Self.changed(reference) }
    }

    private static func changed(_ reference: String) -> HostError {
        HostError(.failed, "pack '\(reference)': its size changed meanwhile; try again when nothing writes there")
    }
}

/// Hashes what passes.
private final class PackageOutput {
    private let sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    private var digest = SHA256()

    init(_ sink: @escaping (UnsafeRawBufferPointer) throws(HostError) -> Void) { self.sink = sink }

    func write(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
        digest.update(bytes)
        try sink(bytes)
    }

    func write(_ bytes: [UInt8]) throws(HostError) {
        try bytes.withRawBytes { bytes throws(HostError) in try write(bytes) }
    }

    func identifier() -> PackageID {
        guard let identifier = PackageID(hexadecimal(digest.finish().prefix(16))) else {
            fatalError("32 hexadecimal digits are a package id")
        }
        return identifier
    }
}
