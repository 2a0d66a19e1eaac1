import Barchan
import Glibc
import SPK

/// The bytes of files that are not on disk as files: taken out of archives, one behind the other in a file without a
/// name. A reference to one says where.
final class Spool {
    private let file: TemporaryFile
    private var byteCount: Int64 = 0
    private var mapping: UnsafeRawBufferPointer?
    private static let scheme = "spool:"

    init() throws(HostError) { file = try TemporaryFile(in: scratchDirectory()) }

    /// A reference to `byteCount` bytes that are appended next.
    func reference(byteCount: Int) -> String { "\(Self.scheme)\(self.byteCount)+\(byteCount)" }

    /// - Throws: ``HostError`` `.resourceExhausted` when no package could hold all this.
    func append(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
        byteCount += Int64(bytes.count)
        guard byteCount <= PackageLimits().expandedBytes else {
            throw HostError(
                .resourceExhausted,
                "read archives: they hold more than the \(PackageLimits().expandedBytes) bytes of the largest package")
        }
        try file.append(bytes)
    }

    func append(_ bytes: [UInt8]) throws(HostError) {
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in try append(UnsafeRawBufferPointer(bytes)) }
    }

    /// The bytes of a reference made here, or nil when `reference` is a path.
    func bytes(of reference: String) throws(HostError) -> UnsafeRawBufferPointer? {
        guard reference.hasPrefix(Self.scheme) else { return nil }
        let numbers = reference.dropFirst(Self.scheme.count).split(separator: "+").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        guard numbers[1] > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        if mapping == nil { mapping = try file.map() }
        guard let mapping, numbers[0] + numbers[1] <= mapping.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: mapping[numbers[0]..<(numbers[0] + numbers[1])])
    }
}

/// Puts the files of tar archives into a tree, their bytes into a spool.
final class TarImporter {
    let tree: LayeredTree
    let spool: Spool
    /// Paths that are left out, with everything below them.
    private let skipped: [String]
    /// Whether names that begin with `.wh.` take something away (OCI image specification, "Whiteouts").
    private let hasWhiteouts: Bool
    /// What the archive that is read has had so far, with the directories above: whiteouts take away only what came
    /// before the archive.
    private var added: Set<[UInt8]> = []

    init(tree: LayeredTree, spool: Spool, skipped: [String] = [], hasWhiteouts: Bool = false) {
        self.tree = tree
        self.spool = spool
        self.skipped = skipped
        self.hasWhiteouts = hasWhiteouts
    }

    /// - Parameter feed: Calls its argument with the archive, piece by piece.
    func read(
        _ feed: ((UnsafeRawBufferPointer) throws(HostError) -> Void) throws(HostError) -> Void
    ) throws(HostError) {
        var reader = TarReader(), isKept = false
        added = []
        try feed { bytes throws(HostError) in
            try reader.feed(
                bytes, entry: { entry throws(HostError) in isKept = try add(entry) },
                data: { bytes throws(HostError) in if isKept { try spool.append(bytes) } })
        }
        try reader.finish()
    }

    /// Returns whether the bytes that follow belong to the tree.
    private func add(_ entry: TarReader.Entry) throws(HostError) -> Bool {
        let parts = try LayeredTree.components(entry.path)
        let path = Self.path(parts)
        let text = String(decoding: path, as: UTF8.self)
        guard !parts.isEmpty, !skipped.contains(where: { text == $0 || text.hasPrefix("\($0)/") }) else { return false }
        if hasWhiteouts {
            if try applyWhiteout(parts) { return false }
            note(parts)
        }
        switch entry.kind {
        case .file(let byteCount, let isExecutable):
            try tree.setFile(
                path, reference: spool.reference(byteCount: Int(byteCount)), byteCount: Int(byteCount),
                isExecutable: isExecutable, modifiedNanoseconds: entry.modifiedNanoseconds)
            return true
        case .directory: try tree.setDirectory(path, modifiedNanoseconds: entry.modifiedNanoseconds)
        case .link(let target):
            try tree.setLink(path, target: target, modifiedNanoseconds: entry.modifiedNanoseconds)
        case .hardLink(let other): try tree.setHardLink(path, to: other)
        case .special: printWarning("'\(text)' is left out: it is a device, pipe or socket")
        }
        return false
    }

    private func applyWhiteout(_ parts: [[UInt8]]) throws(HostError) -> Bool {
        let prefix = Array(".wh.".utf8)
        guard let name = parts.last, name.starts(with: prefix) else { return false }
        let directory = Self.path(parts.dropLast())
        if name == Array(".wh..wh..opq".utf8) {
            try tree.clear(directory, keeping: added)
        } else {
            let hidden = Self.path(parts.dropLast() + [Array(name.dropFirst(prefix.count))])
            if !added.contains(hidden) { try tree.remove(hidden) }
        }
        return true
    }

    private func note(_ parts: [[UInt8]]) {
        for count in 1...parts.count { added.insert(Self.path(parts.prefix(count))) }
    }

    private static func path(_ parts: some Collection<[UInt8]>) -> [UInt8] {
        Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }
}
