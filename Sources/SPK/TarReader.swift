import Barchan

/// Reads a tar archive as it passes: POSIX ustar and pax, and GNU's long names (IEEE Std 1003.1-2017, pax; GNU tar
/// manual, "Basic Tar Format"). Pure: it keeps one header and nothing of the files.
///
/// Owners, groups and times below a second are not read; a sparse file is refused.
public struct TarReader {
    public struct Entry: Sendable, Equatable {
        public enum Kind: Sendable, Equatable {
            /// Its bytes follow.
            case file(byteCount: Int64, isExecutable: Bool)
            case directory
            case link(target: [UInt8])
            /// Another name of an entry before it.
            case hardLink(to: [UInt8])
            /// A device, pipe or socket.
            case special
        }

        /// As the archive has it: perhaps with `./` or `/` in front, a `/` at the end, or `..` in it.
        public var path: [UInt8]
        public var kind: Kind
        /// Nanoseconds since 1970; whole seconds.
        public var modifiedNanoseconds: Int64

        public init(path: [UInt8], kind: Kind, modifiedNanoseconds: Int64) {
            self.path = path
            self.kind = kind
            self.modifiedNanoseconds = modifiedNanoseconds
        }
    }

    /// What a long name or a pax header may take.
    public static let maximumHeaderBytes = 1 << 20

    private enum State {
        case header([UInt8])
        /// The content of a file or of something skipped.
        case content(left: Int64, padding: Int, isFile: Bool)
        case meta(type: UInt8, left: Int64, padding: Int, bytes: [UInt8])
        case ended
    }

    private var state = State.header([])
    /// What the headers before the next entry said of it.
    private var pending = Overrides()

    private struct Overrides {
        var path: [UInt8]?
        var target: [UInt8]?
        var byteCount: Int64?
        var seconds: Int64?
    }

    public init() {}

    /// Takes the next bytes of the archive, cut anywhere.
    /// - Parameters:
    ///   - entry: Called for each entry, before its bytes.
    ///   - data: Called with the bytes of the last file entry.
    /// - Throws: ``HostError`` `.corrupt` for what is no tar archive, `.invalidArgument` for a sparse file,
    ///   `.resourceExhausted` for a header over ``maximumHeaderBytes``; and what the two throw.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, entry: (Entry) throws(HostError) -> Void,
        data: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .ended: return
            case .header(var block):
                let part = rest.prefix(512 - block.count)
                block.append(contentsOf: part)
                rest = rest.dropFirst(part.count)
                state = .header(block)
                if block.count == 512 { try take(block, entry) }
            case .content(let left, let padding, let isFile):
                let part = rest.prefix(Int(min(Int64(rest.count), left + Int64(padding))))
                let content = part.prefix(Int(min(Int64(part.count), left)))
                if isFile, !content.isEmpty { try data(UnsafeRawBufferPointer(rebasing: content)) }
                rest = rest.dropFirst(part.count)
                pass(left - Int64(content.count), padding - (part.count - content.count), isFile)
            case .meta(let type, let left, let padding, var collected):
                let part = rest.prefix(Int(min(Int64(rest.count), left + Int64(padding))))
                let content = part.prefix(Int(min(Int64(part.count), left)))
                collected.append(contentsOf: content)
                rest = rest.dropFirst(part.count)
                let padded = padding - (part.count - content.count)
                state = .meta(type: type, left: left - Int64(content.count), padding: padded, bytes: collected)
                if left == Int64(content.count), padded == 0 { try apply(type, collected) }
            }
        }
    }

    /// Says that no more comes.
    /// - Throws: ``HostError`` `.corrupt` when the archive stops in the middle of an entry.
    public func finish() throws(HostError) {
        switch state {
        case .ended: return
        case .header(let block) where block.isEmpty: return
        default: throw Self.corrupt("it stops in the middle of an entry")
        }
    }

    private static func corrupt(_ why: String) -> HostError { HostError(.corrupt, "read a tar archive: \(why)") }

    private mutating func pass(_ left: Int64, _ padding: Int, _ isFile: Bool) {
        state = left == 0 && padding == 0 ? .header([]) : .content(left: left, padding: padding, isFile: isFile)
    }

    private mutating func take(_ block: [UInt8], _ entry: (Entry) throws(HostError) -> Void) throws(HostError) {
        guard block.contains(where: { $0 != 0 }) else {
            state = .ended
            return
        }
        try Self.check(block)
        let type = block[156]
        let byteCount = if let given = pending.byteCount { given } else { try Self.number(block[124..<136], "size") }
        guard byteCount >= 0, byteCount < 1 << 62 else { throw Self.corrupt("an entry has an impossible size") }
        let padding = Int((512 - byteCount % 512) % 512)
        switch type {
        case UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"), UInt8(ascii: "g"):
            guard byteCount <= Int64(Self.maximumHeaderBytes) else {
                throw HostError(
                    .resourceExhausted,
                    "read a tar archive: a header of \(byteCount) bytes; at most \(Self.maximumHeaderBytes) are read")
            }
            state = .meta(type: type, left: byteCount, padding: padding, bytes: [])
            if byteCount == 0 { try apply(type, []) }
        case UInt8(ascii: "S"): throw Self.sparse
        default:
            let found = try Self.entry(block, type, byteCount, pending)
            pending = Overrides()
            let isFile = if case .file = found.kind { true } else { false }
            // Links and folders have no content, whatever their size says.
            let hasContent = isFile || found.kind == .special
            pass(hasContent ? byteCount : 0, hasContent ? padding : 0, isFile)
            try entry(found)
        }
    }

    private static let sparse = HostError(
        .invalidArgument,
        "read a tar archive: it has a sparse file, which is not supported; make it with tar's --hole-detection off")

    private static func entry(
        _ block: [UInt8], _ type: UInt8, _ byteCount: Int64, _ overrides: Overrides
    ) throws(HostError) -> Entry {
        var path = overrides.path ?? text(block[0..<100])
        let prefix = text(block[345..<500])
        // Only POSIX archives have a prefix there; GNU's have times.
        if overrides.path == nil, !prefix.isEmpty, Array(block[257..<263]) == Array("ustar\0".utf8) {
            path = prefix + [UInt8(ascii: "/")] + path
        }
        let target = overrides.target ?? text(block[157..<257])
        let mode = try number(block[100..<108], "mode")
        let seconds = if let given = overrides.seconds { given } else { try number(block[136..<148], "time") }
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let kind: Entry.Kind =
            switch type {
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
                path.last == UInt8(ascii: "/")
                    ? .directory : .file(byteCount: byteCount, isExecutable: mode & 0o100 != 0)
            case UInt8(ascii: "1"): .hardLink(to: target)
            case UInt8(ascii: "2"): .link(target: target)
            case UInt8(ascii: "5"): .directory
            default: .special
            }
        return Entry(path: path, kind: kind, modifiedNanoseconds: overflow ? 0 : nanoseconds)
    }

    /// The sum over the header, with its own place as spaces; some writers took the bytes as signed.
    private static func check(_ block: [UInt8]) throws(HostError) {
        var unsigned: Int64 = 0, signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let value = (148..<156).contains(index) ? 0x20 : byte
            unsigned += Int64(value)
            signed += Int64(Int8(bitPattern: value))
        }
        let sum = try number(block[148..<156], "checksum")
        guard sum == unsigned || sum == signed else { throw corrupt("a header's checksum is wrong") }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits, or GNU's big-endian binary with the highest bit set.
    private static func number(_ field: ArraySlice<UInt8>, _ name: String) throws(HostError) -> Int64 {
        guard let first = field.first, first & 0x80 != 0 else {
            let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
            guard !digits.isEmpty else { return 0 }
            guard let value = Int64(String(decoding: digits, as: UTF8.self), radix: 8) else {
                throw corrupt("a header's \(name) is no number")
            }
            return value
        }
        // The rest of the first byte is the sign and the highest bits.
        var value = Int64(Int8(bitPattern: first << 1) >> 1)
        for byte in field.dropFirst() {
            guard value >= -(1 << 54), value < 1 << 54 else { throw corrupt("a header's \(name) is too large") }
            value = value << 8 | Int64(byte)
        }
        return value
    }

    private mutating func apply(_ type: UInt8, _ bytes: [UInt8]) throws(HostError) {
        state = .header([])
        switch type {
        case UInt8(ascii: "L"): pending.path = Self.text(bytes[...])
        case UInt8(ascii: "K"): pending.target = Self.text(bytes[...])
        case UInt8(ascii: "x"): try readPax(bytes)
        // What holds for all entries are comments and times of access here.
        default: return
        }
    }

    /// Records of `LENGTH KEY=VALUE\n`, the length that of the whole record.
    private mutating func readPax(_ bytes: [UInt8]) throws(HostError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 0x20 }
            guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
                length <= rest.count, rest[rest.startIndex + length - 1] == 0x0a
            else { throw Self.corrupt("a pax header is broken") }
            let record = rest.prefix(length - 1).dropFirst(digits.count + 1)
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw Self.corrupt("a pax header is broken")
            }
            try set(String(decoding: record[..<equals], as: UTF8.self), Array(record[(equals + 1)...]))
        }
    }

    private mutating func set(_ key: String, _ value: [UInt8]) throws(HostError) {
        let text = String(decoding: value, as: UTF8.self)
        switch key {
        case "path": pending.path = value
        case "linkpath": pending.target = value
        case "size":
            guard let size = Int64(text), size >= 0 else { throw Self.corrupt("a pax header's size is no number") }
            pending.byteCount = size
        case "mtime":
            guard let seconds = Int64(text.prefix { $0 != "." }) else {
                throw Self.corrupt("a pax header's time is no number")
            }
            pending.seconds = seconds
        case _ where key.hasPrefix("GNU.sparse."): throw Self.sparse
        default: return
        }
    }
}
