import Barchan

/// Reads the central directory.
struct ZIPDirectory {
    private var fields: ZIPFields
    private let limits: ZIPLimits
    private var names: Set<[UInt8]> = []
    private var expanded: Int64 = 0

    init(bytes: [UInt8], limits: ZIPLimits) {
        fields = ZIPFields(bytes[...])
        self.limits = limits
    }

    mutating func members(count: Int) throws(HostError) -> [ZIPMember] {
        var members: [ZIPMember] = []
        while !fields.isAtEnd {
            guard members.count < count, let member = try next() else {
                throw ZIPFormat.bad("its directory is damaged at entry \(members.count + 1) of \(count)")
            }
            try admit(member)
            members.append(member)
        }
        guard members.count == count else {
            throw ZIPFormat.bad("its directory has \(members.count) entries and not the \(count) it announces")
        }
        return members
    }

    // MARK: One record

    /// Nil for what is no record.
    private mutating func next() throws(HostError) -> ZIPMember? {
        guard fields.number() == ZIPFormat.centralSignature, let madeBy = fields.number(UInt16.self),
            fields.take(2) != nil, let flags = fields.number(UInt16.self), let method = fields.number(UInt16.self),
            let time = fields.number(UInt16.self), let date = fields.number(UInt16.self),
            let checksum = fields.number(UInt32.self), let storedSize = fields.number(UInt32.self),
            let size = fields.number(UInt32.self), let nameBytes = fields.number(UInt16.self),
            let extraBytes = fields.number(UInt16.self), let commentBytes = fields.number(UInt16.self),
            let disk = fields.number(UInt16.self), fields.take(2) != nil, let attributes = fields.number(UInt32.self),
            let offset = fields.number(UInt32.self), let name = fields.take(Int(nameBytes)),
            let extra = fields.take(Int(extraBytes)), fields.take(Int(commentBytes)) != nil
        else { return nil }
        var numbers = [UInt64(size), UInt64(storedSize), UInt64(offset)]
        var entry = ZIPEntry(
            name: Array(name), kind: .file, permissions: 0, modified: DOSTime.seconds(time: time, date: date))
        guard try Self.apply(extra, disk: disk, to: &entry, &numbers), numbers.allSatisfy({ $0 <= 1 << 62 }) else {
            return nil
        }
        entry.size = Int64(numbers[0])
        try Self.setKind(of: &entry, madeBy: madeBy >> 8, attributes: attributes)
        guard flags & ZIPFormat.unreadableFlags == 0 else {
            throw HostError(.unsupported, "read the zip file: '\(entry.text)' is encrypted or patched")
        }
        guard let method = ZIPMember.Method(rawValue: method) else {
            throw HostError(
                .unsupported, "read the zip file: '\(entry.text)' is compressed by method \(method); known are 0 and 8")
        }
        return ZIPMember(
            entry: entry, method: method, checksum: checksum, storedSize: Int64(numbers[1]),
            offset: Int64(numbers[2]), rawName: Array(name), flags: flags)
    }

    /// Takes what the extra fields say. False when they are damaged.
    private static func apply(
        _ extra: ArraySlice<UInt8>, disk: UInt16, to entry: inout ZIPEntry, _ numbers: inout [UInt64]
    ) throws(HostError) -> Bool {
        var reader = ZIPFields(extra)
        guard let found = reader.extraFields(), disk == 0 else { return false }
        var wanted = numbers.indices.filter { numbers[$0] == 0xffff_ffff }
        for (identifier, data) in found {
            var field = ZIPFields(data)
            switch identifier {
            case ZIPFormat.zip64Field:
                for index in wanted {
                    guard let number = field.number(UInt64.self) else { return false }
                    numbers[index] = number
                }
                wanted = []
            case ZIPFormat.timeField:
                guard let flags = field.number(UInt8.self) else { return false }
                if flags & 1 != 0, let seconds = field.number(UInt32.self) {
                    entry.modified = Int64(Int32(bitPattern: seconds))
                }
            case ZIPFormat.unicodePathField:
                // Only together with the name that it was made for.
                guard field.number() == UInt8(1), field.number() == CRC32.of(entry.name) else { continue }
                entry.name = Array(field.take(data.count - 5) ?? [])
            default: continue
            }
        }
        return true
    }

    private static func setKind(of entry: inout ZIPEntry, madeBy: UInt16, attributes: UInt32) throws(HostError) {
        let hasSlash = entry.name.last == 0x2f
        if hasSlash { entry.name.removeLast() }
        entry.kind = hasSlash ? .directory : .file
        entry.permissions = hasSlash ? 0o755 : 0o644
        let mode = attributes >> 16
        if (madeBy == ZIPFormat.madeByUnix || madeBy == ZIPFormat.madeByDarwin), mode != 0 {
            entry.permissions = UInt16(mode & 0o7777)
            switch mode & 0o170000 {
            case 0: break
            case 0o100000: entry.kind = .file
            case 0o040000: entry.kind = .directory
            case 0o120000: entry.kind = .link
            default:
                throw ZIPFormat.bad("'\(entry.text)' is neither a file nor a directory nor a link")
            }
        }
        guard hasSlash == (entry.kind == .directory) else {
            throw ZIPFormat.bad("'\(entry.text)' is a directory by its name and none by its mode, or the other way")
        }
    }

    // MARK: What is allowed

    private mutating func admit(_ member: ZIPMember) throws(HostError) {
        let entry = member.entry
        if let reason = fault(of: entry.name) { throw ZIPFormat.bad("the name '\(entry.text)' \(reason)") }
        guard names.insert(entry.name).inserted else { throw ZIPFormat.bad("there are two entries '\(entry.text)'") }
        guard entry.kind != .directory || entry.size == 0 else {
            throw ZIPFormat.bad("directory '\(entry.text)' has a content")
        }
        guard entry.kind != .link || (1...Int64(limits.linkBytes)).contains(entry.size) else {
            throw ZIPFormat.bad("link '\(entry.text)' has a target of \(entry.size) bytes")
        }
        guard member.method != .stored || member.storedSize == entry.size else {
            throw ZIPFormat.bad("'\(entry.text)' is stored in \(member.storedSize) bytes and has \(entry.size)")
        }
        // Deflate expands to 1032 times at most (zlib's technical details).
        guard entry.size / 1032 <= member.storedSize else {
            throw ZIPFormat.bad("'\(entry.text)' announces more than its \(member.storedSize) bytes can expand to")
        }
        expanded += min(entry.size, 1 << 61)
        guard expanded <= limits.expandedBytes else {
            throw ZIPFormat.tooLarge("it expands to more than the \(limits.expandedBytes) bytes allowed here")
        }
    }

    /// What is wrong with a name, or nil.
    private func fault(of name: [UInt8]) -> String? {
        guard !name.isEmpty else { return "is empty" }
        guard !name.contains(0) else { return "has a zero byte" }
        let components = name.split(separator: 0x2f, omittingEmptySubsequences: false)
        for component in components {
            if component.isEmpty { return "begins with '/' or has an empty component" }
            if [[0x2e], [0x2e, 0x2e]].contains(Array(component)) { return "has a component '.' or '..'" }
            if component.count > limits.componentBytes {
                return "has a component of more than \(limits.componentBytes) bytes"
            }
        }
        return nil
    }
}
