import Barchan

/// One block of a directory: records of 12 bytes, then the names in the same order.
struct DirectoryBlock {
    static let recordBytes: Int64 = 12

    private var records: [ImageLayout.Record] = []
    private var used: Int64 = 0

    /// False when there is no room left.
    mutating func add(_ record: ImageLayout.Record) -> Bool {
        let needed = Self.recordBytes + Int64(record.nameCount)
        guard used + needed <= ImageLayout.blockBytes else { return false }
        used += needed
        records.append(record)
        return true
    }

    /// The bytes, without what fills a block up.
    func bytes(of layout: ImageLayout) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(used))
        var name = Int(Self.recordBytes) * records.count
        for record in records {
            bytes.append(little: UInt64(layout.numbers[Int(record.index)]))
            bytes.append(little: UInt16(name))
            bytes.append(Self.type(of: layout.tree.entries[Int(record.index)].kind))
            bytes.append(0)
            name += Int(record.nameCount)
        }
        for record in records {
            let start = Int(record.nameStart)
            bytes.append(contentsOf: layout.tree.names[start..<start + Int(record.nameCount)])
        }
        return bytes
    }

    /// EROFS_FT_*, which are the types of all Linux file systems (fs_types.h).
    private static func type(of kind: ImageTree.Kind) -> UInt8 {
        switch kind {
        case .file, .program: 1
        case .directory: 2
        case .link: 7
        }
    }
}

extension [UInt8] {
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
