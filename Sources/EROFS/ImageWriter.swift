import Barchan

/// Writes an image: inodes and whole blocks each in ascending order, so that nothing but a buffer is kept.
///
/// Give the content of every file and link in the order of the tree, then call ``finish()``. What is written nowhere is
/// zeros.
public struct ImageWriter: ~Copyable {
    public typealias Sink = (UnsafeRawBufferPointer, _ offset: Int64) throws(HostError) -> Void
    private static let bufferBytes = 256 << 10

    private let layout: ImageLayout
    private let sink: Sink
    private var next = 0
    /// The part of the inodes that is not written yet, and where it begins.
    private var metadata: [UInt8] = []
    private var metadataStart = ImageLayout.blockBytes

    /// - Parameter sink: Writes bytes at a place of the image, which is ``ImageLayout/imageBytes`` long.
    public init(_ layout: ImageLayout, sink: @escaping Sink) throws(HostError) {
        self.layout = layout
        self.sink = sink
        metadata.reserveCapacity(Self.bufferBytes + 2 * Int(ImageLayout.blockBytes))
        try writeDirectories()
    }

    /// Writes the next file's content or the next link's target, as long as the tree says.
    public mutating func add(_ content: UnsafeRawBufferPointer) throws(HostError) {
        precondition(next < layout.entryCount && content.count == layout.sizes[next], "content as the tree says")
        let tail = Int(layout.inlineBytes(of: next)), whole = content.count - tail
        if whole > 0 { try sink(UnsafeRawBufferPointer(rebasing: content[..<whole]), dataOffset(of: next)) }
        try appendInode(next, tail: UnsafeRawBufferPointer(rebasing: content[whole...]))
        next += 1
        try writeDirectories()
    }

    /// Writes what is left.
    public consuming func finish() throws(HostError) {
        precondition(next == layout.entryCount, "every file's content")
        try flush()
        try put(superblock(), at: 1024)
    }

    private func dataOffset(of index: Int) -> Int64 {
        (layout.firstDataBlock + Int64(layout.blocks[index])) * ImageLayout.blockBytes
    }

    // MARK: Directories

    private mutating func writeDirectories() throws(HostError) {
        while next < layout.entryCount, layout.tree.entries[next].kind == .directory {
            try writeDirectory(next)
            next += 1
        }
    }

    private mutating func writeDirectory(_ index: Int) throws(HostError) {
        var block = DirectoryBlock()
        var offset = dataOffset(of: index)
        for record in layout.records(of: ImageTree.Index(index)) where !block.add(record) {
            try put(block.bytes(of: layout), at: offset)
            offset += ImageLayout.blockBytes
            block = DirectoryBlock()
            _ = block.add(record)
        }
        let last = block.bytes(of: layout)
        let isInline = layout.inlineBytes(of: index) > 0
        if !isInline { try put(last, at: offset) }
        try appendInode(index, tail: isInline ? last : [])
    }

    private func put(_ bytes: [UInt8], at offset: Int64) throws(HostError) {
        try bytes.withUnsafeBufferPointer { bytes throws(HostError) in try sink(UnsafeRawBufferPointer(bytes), offset) }
    }

    // MARK: Inodes

    private mutating func appendInode(_ index: Int, tail: some Collection<UInt8>) throws(HostError) {
        let place = ImageLayout.blockBytes + Int64(layout.numbers[index]) * ImageLayout.slotBytes
        let gap = place - metadataStart - Int64(metadata.count)
        metadata.append(contentsOf: repeatElement(0, count: Int(gap)))
        appendInode(index)
        metadata.append(contentsOf: tail)
        if metadata.count >= Self.bufferBytes { try flush() }
    }

    /// struct erofs_inode_extended.
    private mutating func appendInode(_ index: Int) {
        let entry = layout.tree.entries[index]
        let isInline = layout.inlineBytes(of: index) > 0
        // Bit 0: extended; from bit 1 the layout, EROFS_INODE_FLAT_PLAIN (0) or FLAT_INLINE (2).
        metadata.append(little: UInt16(isInline ? 1 | 2 << 1 : 1))
        metadata.append(little: UInt16(0))
        metadata.append(little: Self.mode(of: entry.kind))
        metadata.append(little: UInt16(0))
        metadata.append(little: layout.sizes[index])
        metadata.append(little: UInt32(layout.firstDataBlock) + layout.blocks[index])
        metadata.append(little: UInt32(index + 1))
        metadata.append(little: UInt64(0))  // user and group: root
        // Whole seconds downwards, so that the fraction is never negative.
        let (seconds, fraction) = entry.modifiedNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        metadata.append(little: fraction < 0 ? seconds - 1 : seconds)
        metadata.append(little: UInt32(fraction < 0 ? fraction + 1_000_000_000 : fraction))
        metadata.append(little: UInt32(layout.linkCount(of: index)))
        metadata.append(contentsOf: repeatElement(0, count: 16))
    }

    private static func mode(of kind: ImageTree.Kind) -> UInt16 {
        switch kind {
        case .file: 0o100644
        case .program: 0o100755
        case .link: 0o120777
        case .directory: 0o040755
        }
    }

    private mutating func flush() throws(HostError) {
        try put(metadata, at: metadataStart)
        metadataStart += Int64(metadata.count)
        metadata.removeAll(keepingCapacity: true)
    }

    /// struct erofs_super_block, which stands 1024 bytes into the image.
    private func superblock() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(0xe0f5_e1e2))
        bytes.append(little: UInt64(0))  // no checksum, no compatible features
        bytes.append(contentsOf: [12, 0])  // log2 of the block's size
        bytes.append(little: UInt16(layout.numbers[0]))
        bytes.append(little: UInt64(layout.entryCount))
        bytes.append(contentsOf: repeatElement(0, count: 12))  // made in 1970: the same package is the same image
        bytes.append(little: UInt32(layout.imageBytes / ImageLayout.blockBytes))
        bytes.append(little: UInt32(1))  // the block in which number 0 would be
        bytes.append(contentsOf: repeatElement(0, count: 128 - bytes.count))
        return bytes
    }
}
