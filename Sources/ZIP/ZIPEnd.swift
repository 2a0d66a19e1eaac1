import Barchan

/// What the end of an archive says of its directory.
struct ZIPEnd {
    let count: Int
    let directoryOffset: Int64
    let directorySize: Int

    /// With the longest comment.
    private static let maximumBytes = ZIPFormat.endBytes + 0xffff

    init(of source: any ZIPSource, limits: ZIPLimits) throws(HostError) {
        let tailBytes = Int(min(source.size, Int64(Self.maximumBytes)))
        let tail = try source.read(at: source.size - Int64(tailBytes), count: tailBytes)
        guard let start = Self.start(in: tail) else {
            throw ZIPFormat.bad("it has no end of a zip file; it is something else, or cut off")
        }
        let position = source.size - Int64(tailBytes - start)
        var fields = ZIPFields(tail[(start + 4)...])
        guard let disk = fields.number(UInt16.self), let firstDisk = fields.number(UInt16.self),
            let here = fields.number(UInt16.self), let all = fields.number(UInt16.self),
            let size = fields.number(UInt32.self), let offset = fields.number(UInt32.self)
        else { throw ZIPFormat.bad("its end is cut off") }
        let large = try Self.large(before: position, of: source)
        guard large != nil || (disk == 0 && firstDisk == 0 && here == all) else {
            throw HostError(.unsupported, "read the zip file: it is one part of several")
        }
        let found = large ?? Numbers(count: UInt64(all), size: UInt64(size), offset: UInt64(offset), end: position)
        try self.init(found, limits)
    }

    private struct Numbers {
        var count, size, offset: UInt64
        /// Where the directory has to end.
        var end: Int64
    }

    private init(_ found: Numbers, _ limits: ZIPLimits) throws(HostError) {
        guard found.count <= UInt64(limits.entries) else {
            throw ZIPFormat.tooLarge("it has \(found.count) entries; \(limits.entries) are allowed here")
        }
        guard found.size <= UInt64(limits.directoryBytes) else {
            throw ZIPFormat.tooLarge(
                "its directory has \(found.size) bytes; \(limits.directoryBytes) are allowed here")
        }
        // Nothing before, between and behind: one reading of the file, and no place to hide another.
        guard found.offset <= UInt64(found.end), found.offset + found.size == UInt64(found.end) else {
            throw ZIPFormat.bad("its directory is not where its end says")
        }
        count = Int(found.count)
        directoryOffset = Int64(found.offset)
        directorySize = Int(found.size)
    }

    /// The last place that is an end with a comment that reaches exactly to the end of the file.
    private static func start(in tail: [UInt8]) -> Int? {
        var position = tail.count - ZIPFormat.endBytes
        while position >= 0 {
            var fields = ZIPFields(tail[position...])
            if fields.number() == ZIPFormat.endSignature, fields.take(16) != nil,
                fields.number() == UInt16(exactly: tail.count - position - ZIPFormat.endBytes)
            {
                return position
            }
            position -= 1
        }
        return nil
    }

    /// The 64-bit form in front of the end, if there is one.
    private static func large(before position: Int64, of source: any ZIPSource) throws(HostError) -> Numbers? {
        guard position >= Int64(ZIPFormat.locator64Bytes) else { return nil }
        let locator = try source.read(
            at: position - Int64(ZIPFormat.locator64Bytes), count: ZIPFormat.locator64Bytes)
        var fields = ZIPFields(locator[...])
        guard fields.number() == ZIPFormat.locator64Signature else { return nil }
        let wanted = position - Int64(ZIPFormat.locator64Bytes + ZIPFormat.end64Bytes)
        guard fields.number() == UInt32(0), let offset = fields.number(UInt64.self), wanted >= 0,
            offset == UInt64(wanted), fields.number() == UInt32(1)
        else { throw ZIPFormat.bad("its 64-bit end is not where its locator says, or it is one part of several") }
        let end = try source.read(at: wanted, count: ZIPFormat.end64Bytes)
        fields = ZIPFields(end[...])
        guard fields.number() == ZIPFormat.end64Signature, fields.number() == UInt64(ZIPFormat.end64Bytes - 12),
            fields.take(4) != nil, fields.number() == UInt64(0), let here = fields.number(UInt64.self),
            let all = fields.number(UInt64.self), here == all, let size = fields.number(UInt64.self),
            let directory = fields.number(UInt64.self), directory <= UInt64(wanted)
        else { throw ZIPFormat.bad("its 64-bit end is damaged") }
        return Numbers(count: all, size: size, offset: directory, end: wanted)
    }
}
