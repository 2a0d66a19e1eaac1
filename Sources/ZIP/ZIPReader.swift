import Barchan

/// Where an archive's bytes are.
public protocol ZIPSource: AnyObject {
    var size: Int64 { get }
    /// - Parameter count: Bytes that are there.
    func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8]
}

/// Reads an archive that anybody may have made.
///
/// Everything but the content is checked before the first entry is handed out: that the directory is whole and within the
/// limits, that no two entries have a name or a byte in common, and that the two headers of each say the same. One caller
/// at a time.
public struct ZIPReader {
    /// In the order of the directory.
    public let members: [ZIPMember]
    private let source: any ZIPSource
    private static let pieceBytes: Int64 = 128 << 10

    /// - Throws: ``HostError`` `.invalidArgument` for what is no such archive, `.resourceExhausted` beyond `limits`,
    ///   `.unsupported` for an encrypted one or an unknown compression.
    public init(_ source: any ZIPSource, limits: ZIPLimits = ZIPLimits()) throws(HostError) {
        self.source = source
        let end = try ZIPEnd(of: source, limits: limits)
        var directory = ZIPDirectory(
            bytes: try source.read(at: end.directoryOffset, count: end.directorySize), limits: limits)
        var members = try directory.members(count: end.count)
        for index in members.indices {
            try Self.readLocalHeader(of: &members[index], source, before: end.directoryOffset)
        }
        self.members = members
        try checkPlaces(before: end.directoryOffset)
    }

    /// An entry by its name.
    public func member(_ name: String) -> ZIPMember? {
        members.first { $0.entry.name.elementsEqual(name.utf8) }
    }

    /// Hands on the content of a file or the target of a link.
    /// - Throws: ``HostError`` `.invalidArgument` when it is not what the directory says, after some of it was handed on;
    ///   and what `sink` throws.
    public func expand(
        _ member: ZIPMember, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        let entry = member.entry
        var checksum = CRC32(), count: Int64 = 0
        func take(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
            count += Int64(bytes.count)
            // Before it is handed on: what a directory does not announce never reaches a disk.
            guard count <= entry.size else {
                throw ZIPFormat.bad("'\(entry.text)' is longer than the \(entry.size) bytes it announces")
            }
            checksum.update(bytes)
            try sink(bytes)
        }
        let inflater = member.method == .deflated ? try Inflater() : nil
        var position: Int64 = 0
        while position < member.storedSize {
            let length = min(Self.pieceBytes, member.storedSize - position)
            let piece = try source.read(at: member.offset + member.headerSize + position, count: Int(length))
            position += length
            try piece.withRawBytes { piece throws(HostError) in
                guard let inflater else { return try take(piece) }
                guard try inflater.expand(piece, take) else {
                    throw ZIPFormat.bad("the content of '\(entry.text)' is damaged")
                }
            }
        }
        guard count == entry.size, inflater?.isAtEnd != false else {
            throw ZIPFormat.bad("'\(entry.text)' ends after \(count) of the \(entry.size) bytes it announces")
        }
        guard checksum.value == member.checksum else {
            throw ZIPFormat.bad("the content of '\(entry.text)' is damaged: its checksum is another one")
        }
    }

    /// The whole content.
    public func content(of member: ZIPMember, maximumBytes: Int) throws(HostError) -> [UInt8] {
        guard member.entry.size <= maximumBytes else {
            throw ZIPFormat.tooLarge(
                "'\(member.entry.text)' has \(member.entry.size) bytes; \(maximumBytes) are allowed there")
        }
        var content: [UInt8] = []
        try expand(member) { (bytes) throws(HostError) in content.append(contentsOf: bytes) }
        return content
    }

    // MARK: Local headers

    /// The second header of an entry, in front of its content. Readers that go by this one and readers that go by the
    /// directory must see the same.
    private static func readLocalHeader(
        of member: inout ZIPMember, _ source: any ZIPSource, before end: Int64
    ) throws(HostError) {
        let text = member.entry.text, size = Int64(ZIPFormat.localBytes + member.rawName.count)
        guard member.offset <= end, size <= end - member.offset else {
            throw ZIPFormat.bad("'\(text)' lies outside of the file")
        }
        let bytes = try source.read(at: member.offset, count: Int(size))
        var fields = ZIPFields(bytes[...])
        guard fields.number() == ZIPFormat.localSignature, fields.number(UInt16.self) != nil,
            fields.number() == member.flags, fields.number() == member.method.rawValue, fields.take(16) != nil,
            fields.number() == UInt16(member.rawName.count), let extraBytes = fields.number(UInt16.self),
            fields.take(member.rawName.count)?.elementsEqual(member.rawName) == true
        else { throw ZIPFormat.bad("'\(text)' has two headers that differ") }
        member.headerSize = size + Int64(extraBytes)
    }

    private func checkPlaces(before end: Int64) throws(HostError) {
        var places: [(start: Int64, end: Int64, index: Int)] = []
        places.reserveCapacity(members.count)
        for index in members.indices {
            let member = members[index]
            let content = member.offset + member.headerSize
            guard content <= end, member.storedSize <= end - content else {
                throw ZIPFormat.bad("'\(member.entry.text)' lies outside of the file")
            }
            places.append((member.offset, content + member.storedSize, index))
        }
        places.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        for (one, next) in zip(places, places.dropFirst()) where one.end > next.start {
            throw ZIPFormat.bad(
                "'\(members[one.index].entry.text)' and '\(members[next.index].entry.text)' share bytes")
        }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that passes on the type of an error.
    func withRawBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { bytes throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
    }
}
