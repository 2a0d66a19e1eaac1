import Barchan

/// The tree of files that an image is to hold: names, kinds and sizes. The content comes later, in the same order.
public struct ImageTree: Sendable {
    public enum Kind: UInt8, Sendable { case file, program, link, directory }

    /// Stands for an entry; the root is 0, the others are numbered in the order of their addition.
    public typealias Index = Int32
    public static let root: Index = 0

    struct Entry {
        var parent: Index
        var nameStart: Int32
        var nameCount: UInt8
        var kind: Kind
        /// Of a directory: 0 until the layout is made.
        var size: Int64
        var modifiedNanoseconds: Int64
    }

    var entries: [Entry]
    /// All names one after the other, behind `..`, whose first byte is `.`.
    var names: [UInt8] = [0x2e, 0x2e]

    /// - Parameters:
    ///   - count: How many entries there will be, the root not counted.
    ///   - nameBytes: The length of all names together.
    public init(entries count: Int, nameBytes: Int) {
        entries = [
            Entry(parent: 0, nameStart: 0, nameCount: 0, kind: .directory, size: 0, modifiedNanoseconds: 0)
        ]
        entries.reserveCapacity(count + 1)
        names.reserveCapacity(nameBytes + 2)
    }

    /// Adds an entry; a directory is added before what is in it.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes, without `/` and NUL, once in its directory.
    ///   - size: Bytes of the file or of the link's target; not looked at for a directory.
    /// - Throws: ``HostError`` `.resourceExhausted` for more than 2^31 entries or bytes of names.
    @discardableResult
    public mutating func add(
        _ name: [UInt8], _ kind: Kind, size: Int64, modifiedNanoseconds: Int64, in parent: Index
    ) throws(HostError) -> Index {
        guard let index = Index(exactly: entries.count), let start = Int32(exactly: names.count),
            let count = UInt8(exactly: name.count), count > 0
        else {
            throw HostError(.resourceExhausted, "lay out an image: there are too many files, or a name is too long")
        }
        names.append(contentsOf: name)
        entries.append(
            Entry(
                parent: parent, nameStart: start, nameCount: count, kind: kind, size: kind == .directory ? 0 : size,
                modifiedNanoseconds: modifiedNanoseconds))
        return index
    }
}
