import Barchan

/// Writes an archive from front to back; nothing that was written is gone back to.
///
/// Names are bytes and carry no mark of UTF-8, as the `zip` of Info-ZIP writes them where no language is set: its `unzip`
/// then makes exactly these names whatever its surroundings. One caller at a time.
public final class ZIPWriter {
    private let limits: ZIPLimits
    private let deflater: Deflater
    private var output: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt64 = 0
    /// Of what was taken out of `output`.
    private var taken: Int64 = 0
    private var current: OpenFile?

    private struct OpenFile {
        var member: ZIPMember
        var checksum = CRC32()
        var given: Int64 = 0
        /// Where the content begins.
        var start: Int64
    }

    /// A file of this size or more gets 64-bit fields behind its content. Below 2^32 even when it does not compress.
    private static let largeFileBytes: Int64 = 0xf000_0000

    public init(limits: ZIPLimits = ZIPLimits()) throws(HostError) {
        self.limits = limits
        deflater = try Deflater()
    }

    /// Bytes written and not taken yet.
    public var pendingBytes: Int { output.count }

    /// What was written since the last call.
    public func takeOutput() -> [UInt8] {
        defer {
            taken += Int64(output.count)
            output = []
        }
        return output
    }

    /// - Throws: ``HostError`` `.resourceExhausted` when the archive would have too many or too long names.
    public func addDirectory(_ entry: ZIPEntry) throws(HostError) { try addStored(entry, []) }

    /// - Parameter target: What the link says, never followed here.
    public func addLink(_ entry: ZIPEntry, target: [UInt8]) throws(HostError) { try addStored(entry, target) }

    /// A file of which all is there.
    public func addFile(_ entry: ZIPEntry, content: [UInt8]) throws(HostError) {
        try beginFile(entry)
        content.withUnsafeBytes { appendToFile($0) }
        try endFile()
    }

    /// Begins a file. ``appendToFile(_:)`` follows until all of `entry.size` is given, then ``endFile()``.
    public func beginFile(_ entry: ZIPEntry) throws(HostError) {
        var member = ZIPMember(
            entry: entry, method: .deflated, checksum: 0, storedSize: 0, offset: taken + Int64(output.count))
        member.flags = ZIPFormat.descriptorFlag
        try begin(member)
        deflater.begin()
        current = OpenFile(member: member, start: taken + Int64(output.count))
    }

    public func appendToFile(_ bytes: UnsafeRawBufferPointer) {
        current?.checksum.update(bytes)
        current?.given += Int64(bytes.count)
        deflater.append(bytes, to: &output)
    }

    /// - Throws: ``HostError`` `.failed` when the file was not as long as its entry says.
    public func endFile() throws(HostError) {
        guard var file = current else { return }
        current = nil
        guard file.given == file.member.entry.size else {
            throw HostError(
                .failed,
                "write '\(file.member.entry.text)' to a zip file: \(file.given) of \(file.member.entry.size) bytes came"
            )
        }
        deflater.finish(&output)
        file.member.checksum = file.checksum.value
        file.member.storedSize = taken + Int64(output.count) - file.start
        output.append(littleEndian: ZIPFormat.descriptorSignature)
        output.append(littleEndian: file.member.checksum)
        if isLarge(file.member) {
            output.append(littleEndian: UInt64(file.member.storedSize))
            output.append(littleEndian: UInt64(file.member.entry.size))
        } else {
            output.append(littleEndian: UInt32(file.member.storedSize))
            output.append(littleEndian: UInt32(file.member.entry.size))
        }
        remember(file.member)
    }

    /// Writes the central directory. Nothing may follow.
    public func finish() {
        let offset = taken + Int64(output.count), size = Int64(directory.count)
        output.append(contentsOf: directory)
        directory = []
        if count >= 0xffff || offset >= 0xffff_ffff { end64(offset: offset, size: size) }
        output.append(littleEndian: ZIPFormat.endSignature)
        output.append(littleEndian: UInt32(0))
        for _ in 0..<2 { output.append(littleEndian: UInt16(min(count, 0xffff))) }
        output.append(littleEndian: UInt32(size))
        output.append(littleEndian: UInt32(min(offset, 0xffff_ffff)))
        output.append(littleEndian: UInt16(0))
    }

    // MARK: Details

    private func addStored(_ entry: ZIPEntry, _ content: [UInt8]) throws(HostError) {
        let member = ZIPMember(
            entry: entry, method: .stored, checksum: CRC32.of(content), storedSize: Int64(content.count),
            offset: taken + Int64(output.count))
        try begin(member)
        output.append(contentsOf: content)
        remember(member)
    }

    private func begin(_ member: ZIPMember) throws(HostError) {
        let name = Self.name(of: member.entry)
        guard name.count <= UInt16.max else {
            throw HostError(
                .invalidArgument, "write '\(member.entry.text)' to a zip file: the name is longer than 65,535 bytes")
        }
        // 100: a record of the central directory beside its name, with all its extra fields.
        guard count < limits.entries, directory.count + member.entry.name.count + 100 <= limits.directoryBytes else {
            throw HostError(
                .resourceExhausted,
                "write '\(member.entry.text)' to a zip file: there are more than \(limits.entries) files or "
                    + "\(limits.directoryBytes >> 20) MiB of names")
        }
        let isLarge = isLarge(member), isStored = member.method == .stored
        output.append(littleEndian: ZIPFormat.localSignature)
        output.append(littleEndian: isLarge ? ZIPFormat.version64 : ZIPFormat.version)
        appendCommon(member, to: &output)
        output.append(littleEndian: isStored ? member.checksum : 0)
        for _ in 0..<2 { output.append(littleEndian: isLarge ? 0xffff_ffff : UInt32(isStored ? member.storedSize : 0)) }
        output.append(littleEndian: UInt16(name.count))
        output.append(littleEndian: UInt16(9 + (isLarge ? 20 : 0)))
        output.append(contentsOf: name)
        Self.appendTime(member.entry, to: &output)
        guard isLarge else { return }
        output.append(littleEndian: ZIPFormat.zip64Field)
        output.append(littleEndian: UInt16(16))
        for _ in 0..<2 { output.append(littleEndian: UInt64(0)) }
    }

    private func remember(_ member: ZIPMember) {
        count += 1
        let large = [member.entry.size, member.storedSize, member.offset]
        let isLarge = large.contains { $0 >= 0xffff_ffff }, name = Self.name(of: member.entry)
        directory.append(littleEndian: ZIPFormat.centralSignature)
        let version = isLarge || self.isLarge(member) ? ZIPFormat.version64 : ZIPFormat.version
        directory.append(littleEndian: ZIPFormat.madeByUnix << 8 | version)
        directory.append(littleEndian: version)
        appendCommon(member, to: &directory)
        directory.append(littleEndian: member.checksum)
        let numbers = large.map { UInt32(isLarge ? 0xffff_ffff : $0) }
        directory.append(littleEndian: numbers[1])
        directory.append(littleEndian: numbers[0])
        directory.append(littleEndian: UInt16(name.count))
        directory.append(littleEndian: UInt16(9 + (isLarge ? 28 : 0)))
        // No comment, first disk, no internal attributes.
        for _ in 0..<3 { directory.append(littleEndian: UInt16(0)) }
        directory.append(littleEndian: Self.attributes(of: member.entry))
        directory.append(littleEndian: numbers[2])
        directory.append(contentsOf: name)
        Self.appendTime(member.entry, to: &directory)
        guard isLarge else { return }
        directory.append(littleEndian: ZIPFormat.zip64Field)
        directory.append(littleEndian: UInt16(24))
        for number in large { directory.append(littleEndian: UInt64(number)) }
    }

    private func appendCommon(_ member: ZIPMember, to bytes: inout [UInt8]) {
        let moment = DOSTime.fields(of: member.entry.modified)
        for number in [member.flags, member.method.rawValue, moment.time, moment.date] {
            bytes.append(littleEndian: number)
        }
    }

    private func end64(offset: Int64, size: Int64) {
        let start = taken + Int64(output.count)
        output.append(littleEndian: ZIPFormat.end64Signature)
        output.append(littleEndian: UInt64(ZIPFormat.end64Bytes - 12))
        output.append(littleEndian: ZIPFormat.madeByUnix << 8 | ZIPFormat.version64)
        output.append(littleEndian: ZIPFormat.version64)
        output.append(littleEndian: UInt64(0))
        for number in [count, count, UInt64(size), UInt64(offset)] { output.append(littleEndian: number) }
        output.append(littleEndian: ZIPFormat.locator64Signature)
        output.append(littleEndian: UInt32(0))
        output.append(littleEndian: UInt64(start))
        output.append(littleEndian: UInt32(1))
    }

    private func isLarge(_ member: ZIPMember) -> Bool { member.entry.size >= Self.largeFileBytes }

    private static func name(of entry: ZIPEntry) -> [UInt8] {
        entry.kind == .directory ? entry.name + [0x2f] : entry.name
    }

    /// As stat(2) in the upper half, as MS-DOS in the lower.
    private static func attributes(of entry: ZIPEntry) -> UInt32 {
        let mode = UInt32(entry.permissions)
        return switch entry.kind {
        case .file: (0o100000 | mode) << 16
        case .directory: (0o040000 | mode) << 16 | 0x10
        case .link: (0o120000 | mode) << 16
        }
    }

    private static func appendTime(_ entry: ZIPEntry, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: ZIPFormat.timeField)
        bytes.append(littleEndian: UInt16(5))
        bytes.append(1)
        bytes.append(littleEndian: Int32(clamping: entry.modified))
    }
}
