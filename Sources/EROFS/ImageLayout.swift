import Barchan

/// Where everything is in an image: superblock, then inodes with the ends of small files behind them, then whole blocks.
///
/// The format is that of Linux (fs/erofs/erofs_fs.h, Documentation/filesystems/erofs.rst): version 1, nothing compressed,
/// extended inodes, which have room for times before 1970 and fractions of seconds.
public struct ImageLayout: Sendable {
    static let blockBytes: Int64 = 4096
    static let inodeBytes: Int64 = 64
    /// A unit of inode numbers.
    static let slotBytes: Int64 = 32
    /// Longer ends get a block of their own: what does not fit behind an inode in its block leaves a gap there.
    static let inlineBytes: Int64 = 2048

    struct Record {
        var nameStart: Int32
        var nameCount: UInt8
        var index: ImageTree.Index
    }

    let tree: ImageTree
    /// The children of all directories, and where those of each begin; one more at the end.
    private var children: [ImageTree.Index]
    private var firstChild: [Int32]
    /// Of each entry: its number, and its first whole block counted from the first of all.
    private(set) var numbers: [UInt32]
    private(set) var blocks: [UInt32]
    private(set) var sizes: [Int64]
    private(set) var metadataBlocks: Int64 = 0
    private var dataBlocks: Int64 = 0

    /// Bytes of the whole image.
    public var imageBytes: Int64 { (1 + metadataBlocks + dataBlocks) * Self.blockBytes }
    var firstDataBlock: Int64 { 1 + metadataBlocks }
    var entryCount: Int { tree.entries.count }

    /// - Throws: ``HostError`` `.resourceExhausted` when the image would be larger than the format allows.
    public init(_ tree: consuming ImageTree) throws(HostError) {
        self.tree = tree
        let entries = self.tree.entries
        (children, firstChild) = Self.grouped(entries)
        numbers = .init(repeating: 0, count: entries.count)
        blocks = .init(repeating: 0, count: entries.count)
        sizes = entries.map(\.size)
        for index in entries.indices where entries[index].kind == .directory {
            sizes[index] = directoryBytes(of: ImageTree.Index(index))
        }
        // Number 0 would be an inode that directories cannot list.
        var cursor = Self.inodeBytes
        for index in entries.indices {
            let tail = inlineBytes(of: index), needed = Self.inodeBytes + tail
            if cursor % Self.blockBytes + needed > Self.blockBytes { cursor = Self.roundedUp(cursor) }
            guard let number = UInt32(exactly: cursor / Self.slotBytes),
                let block = UInt32(exactly: dataBlocks), dataBlocks < 1 << 31
            else { throw HostError(.resourceExhausted, "lay out an image: it becomes too large") }
            numbers[index] = number
            blocks[index] = block
            cursor += (needed + Self.slotBytes - 1) / Self.slotBytes * Self.slotBytes
            dataBlocks += Self.roundedUp(sizes[index] - tail) / Self.blockBytes
        }
        metadataBlocks = Self.roundedUp(cursor) / Self.blockBytes
    }

    /// How many of an entry's last bytes stand behind its inode.
    func inlineBytes(of index: Int) -> Int64 {
        let tail = sizes[index] % Self.blockBytes
        return tail <= Self.inlineBytes ? tail : 0
    }

    /// What a directory lists, in the order of the names' bytes.
    func records(of directory: ImageTree.Index) -> [Record] {
        let range = Int(firstChild[Int(directory)])..<Int(firstChild[Int(directory) + 1])
        var records = [
            Record(nameStart: 0, nameCount: 1, index: directory),
            Record(nameStart: 0, nameCount: 2, index: tree.entries[Int(directory)].parent),
        ]
        records.reserveCapacity(range.count + 2)
        for child in children[range] {
            let entry = tree.entries[Int(child)]
            records.append(Record(nameStart: entry.nameStart, nameCount: entry.nameCount, index: child))
        }
        tree.names.withUnsafeBufferPointer { names in
            func name(_ record: Record) -> UnsafeBufferPointer<UInt8> {
                UnsafeBufferPointer(
                    rebasing: names[Int(record.nameStart)..<Int(record.nameStart) + Int(record.nameCount)])
            }
            records.sort { name($0).lexicographicallyPrecedes(name($1)) }
        }
        return records
    }

    /// Links to an entry: a directory has one from each directory in it, its own and its parent's.
    func linkCount(of index: Int) -> Int {
        guard tree.entries[index].kind == .directory else { return 1 }
        let range = Int(firstChild[index])..<Int(firstChild[index + 1])
        return 2 + children[range].count { tree.entries[Int($0)].kind == .directory }
    }

    /// A directory is blocks of records, each full to the last record that fits.
    private func directoryBytes(of directory: ImageTree.Index) -> Int64 {
        var full: Int64 = 0, used: Int64 = 0
        for record in records(of: directory) {
            let needed = DirectoryBlock.recordBytes + Int64(record.nameCount)
            if used + needed > Self.blockBytes {
                full += 1
                used = 0
            }
            used += needed
        }
        return full * Self.blockBytes + used
    }

    /// The children of each directory in one array, in the order of their addition.
    private static func grouped(_ entries: [ImageTree.Entry]) -> ([ImageTree.Index], [Int32]) {
        var first = [Int32](repeating: 0, count: entries.count + 1)
        for entry in entries.dropFirst() { first[Int(entry.parent) + 1] += 1 }
        for index in entries.indices { first[index + 1] += first[index] }
        var next = first
        var children = [ImageTree.Index](repeating: 0, count: entries.count - 1)
        for index in entries.indices.dropFirst() {
            let parent = Int(entries[index].parent)
            children[Int(next[parent])] = ImageTree.Index(index)
            next[parent] += 1
        }
        return (children, first)
    }

    static func roundedUp(_ bytes: Int64) -> Int64 { (bytes + blockBytes - 1) / blockBytes * blockBytes }
}
