import Barchan

/// What the loader wants to know of a shared object, read without running or mapping any of it.
///
/// Every number in the file is doubted: a wrong one gives an error, never a crash.
public struct ELFImage {
    /// Why a file is not what it should be; the text continues "the file ".
    public struct Problem: Error, Equatable {
        public let code: HostError.Code
        public let text: String
    }

    /// One note of a PT_NOTE segment.
    public struct Note: Equatable {
        public let owner: String
        public let type: UInt32
        public let description: [UInt8]
    }

    public private(set) var notes: [Note] = []
    /// The shared objects that the dynamic linker must load first.
    public private(set) var needed: [String] = []
    private let source: ByteSource
    private let segments: [Segment]
    private let sections: [Section]

    private struct Segment {
        let type: UInt32, offset: UInt64, address: UInt64, fileSize: UInt64, alignment: UInt64
    }

    private struct Section {
        let type: UInt32, offset: UInt64, size: UInt64, link: UInt32
    }

    public init(_ source: ByteSource) throws(Problem) {
        self.source = source
        guard let header = source.bytes(at: 0, count: 64), header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
            throw Problem(code: .invalidArgument, text: "is not an ELF file")
        }
        try ELFImage.checkIdentity(of: header)
        segments = try ELFImage.segments(in: source, header: header)
        sections = try ELFImage.sections(in: source, header: header)
        notes = try readNotes()
        needed = try readNeeded()
    }

    // MARK: Header and tables

    private static func checkIdentity(of header: [UInt8]) throws(Problem) {
        guard header[4] == 2, header[5] == 1 else {
            throw Problem(code: .unsupported, text: "is not a 64-bit little-endian program")
        }
        let machine = header.littleEndian(UInt16.self, at: 18) ?? 0
        guard machine == hostMachine.number else {
            throw Problem(code: .unsupported, text: "is for another processor (ELF machine \(machine))")
        }
        guard header.littleEndian(UInt16.self, at: 16) == 3 else {
            throw Problem(code: .invalidArgument, text: "is not a shared object")
        }
    }

    #if arch(x86_64)
        static let hostMachine = (number: UInt16(62), name: "x86-64")
    #elseif arch(arm64)
        static let hostMachine = (number: UInt16(183), name: "aarch64")
    #else
        static let hostMachine = (number: UInt16(0), name: "unknown")
    #endif

    private static func truncated(_ what: String) -> Problem {
        Problem(code: .corrupt, text: "is truncated: \(what) ends behind the end of the file")
    }

    private static func segments(in source: ByteSource, header: [UInt8]) throws(Problem) -> [Segment] {
        let offset = header.littleEndian(UInt64.self, at: 32) ?? 0
        let size = header.littleEndian(UInt16.self, at: 54) ?? 0
        let count = header.littleEndian(UInt16.self, at: 56) ?? 0
        guard size == 56, count > 0, count <= 256 else {
            throw Problem(code: .corrupt, text: "has no usable program headers")
        }
        guard let table = source.bytes(at: offset, count: UInt64(count) * 56) else {
            throw truncated("its program header table")
        }
        var segments: [Segment] = []
        for base in stride(from: 0, to: table.count, by: 56) {
            let segment = Segment(
                type: table.littleEndian(UInt32.self, at: base) ?? 0,
                offset: table.littleEndian(UInt64.self, at: base + 8) ?? 0,
                address: table.littleEndian(UInt64.self, at: base + 16) ?? 0,
                fileSize: table.littleEndian(UInt64.self, at: base + 32) ?? 0,
                alignment: table.littleEndian(UInt64.self, at: base + 48) ?? 0)
            // Mapping a segment behind the file's end succeeds; touching it is a SIGBUS inside dlopen.
            guard source.contains(offset: segment.offset, count: segment.fileSize) else { throw truncated("a segment") }
            segments.append(segment)
        }
        return segments
    }

    private static func sections(in source: ByteSource, header: [UInt8]) throws(Problem) -> [Section] {
        let offset = header.littleEndian(UInt64.self, at: 40) ?? 0
        let size = header.littleEndian(UInt16.self, at: 58) ?? 0
        let count = header.littleEndian(UInt16.self, at: 60) ?? 0
        guard offset != 0, count != 0 else { return [] }
        guard size == 64 else { throw Problem(code: .corrupt, text: "has section headers of an unknown size") }
        guard let table = source.bytes(at: offset, count: UInt64(count) * 64) else {
            throw truncated("its section header table")
        }
        return stride(from: 0, to: table.count, by: 64).map { base in
            Section(
                type: table.littleEndian(UInt32.self, at: base + 4) ?? 0,
                offset: table.littleEndian(UInt64.self, at: base + 24) ?? 0,
                size: table.littleEndian(UInt64.self, at: base + 32) ?? 0,
                link: table.littleEndian(UInt32.self, at: base + 40) ?? 0)
        }
    }

    // MARK: Notes

    private func readNotes() throws(Problem) -> [Note] {
        var notes: [Note] = []
        for segment in segments where segment.type == 4 {
            guard segment.fileSize <= 1 << 16, let bytes = source.bytes(at: segment.offset, count: segment.fileSize)
            else {
                throw Problem(code: .corrupt, text: "has a note segment of \(segment.fileSize) bytes")
            }
            notes += ELFImage.notes(in: bytes, alignment: segment.alignment == 8 ? 8 : 4)
        }
        return notes
    }

    /// The well-formed notes at the beginning of `bytes`; stops at the first that is not.
    static func notes(in bytes: [UInt8], alignment: Int) -> [Note] {
        var notes: [Note] = []
        var offset = 0
        while let nameSize = bytes.littleEndian(UInt32.self, at: offset),
            let size = bytes.littleEndian(UInt32.self, at: offset + 4),
            let type = bytes.littleEndian(UInt32.self, at: offset + 8)
        {
            // Both are below 2^32 and the buffer is small, so these sums cannot overflow.
            let name = offset + 12
            let description = roundUp(name + Int(nameSize), to: alignment)
            let end = description + Int(size)
            guard end <= bytes.count else { break }
            notes.append(
                Note(
                    owner: String(decoding: bytes[name..<(name + Int(nameSize))].prefix { $0 != 0 }, as: UTF8.self),
                    type: type,
                    description: Array(bytes[description..<end])))
            offset = roundUp(end, to: alignment)
        }
        return notes
    }

    private static func roundUp(_ number: Int, to alignment: Int) -> Int {
        (number + alignment - 1) / alignment * alignment
    }

    // MARK: Dynamic section

    private func readNeeded() throws(Problem) -> [String] {
        guard let segment = segments.first(where: { $0.type == 2 }) else {
            throw Problem(code: .invalidArgument, text: "has no dynamic section")
        }
        guard segment.fileSize <= 1 << 16, let table = source.bytes(at: segment.offset, count: segment.fileSize) else {
            throw Problem(code: .corrupt, text: "has a dynamic section of \(segment.fileSize) bytes")
        }
        var offsets: [UInt64] = [], address: UInt64 = 0, size: UInt64 = 0
        for base in stride(from: 0, to: table.count - 15, by: 16) {
            let value = table.littleEndian(UInt64.self, at: base + 8) ?? 0
            switch table.littleEndian(UInt64.self, at: base) ?? 0 {
            case 1: offsets.append(value)
            case 5: address = value
            case 10: size = value
            default: continue
            }
        }
        guard size <= 1 << 26, let start = fileOffset(of: address), let names = source.bytes(at: start, count: size)
        else {
            throw Problem(code: .corrupt, text: "has no usable dynamic string table")
        }
        return offsets.compactMap { names.terminatedText(at: Int(truncatingIfNeeded: $0)) }
    }

    private func fileOffset(of address: UInt64) -> UInt64? {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let distance = address - segment.address
            guard distance < segment.fileSize else { continue }
            let (offset, overflow) = segment.offset.addingReportingOverflow(distance)
            return overflow ? nil : offset
        }
        return nil
    }

    // MARK: Symbols

    /// Whether a symbol table defines the symbol `name` here.
    public func defines(_ name: String) -> Bool {
        hasSymbol { symbol, isDefined in isDefined && symbol.elementsEqual(name.utf8) }
    }

    /// Whether a symbol that begins with `prefix` is expected from another shared object.
    public func imports(prefix: String) -> Bool {
        hasSymbol { symbol, isDefined in !isDefined && symbol.starts(with: prefix.utf8) }
    }

    private func hasSymbol(where matches: (Slice<UnsafeRawBufferPointer>, Bool) -> Bool) -> Bool {
        sections.contains { section in
            guard section.type == 2 || section.type == 11, section.size <= 1 << 28, Int(section.link) < sections.count,
                let table = source.bytes(at: section.offset, count: section.size)
            else { return false }
            let strings = sections[Int(section.link)]
            guard strings.size <= 1 << 29, let names = source.bytes(at: strings.offset, count: strings.size) else {
                return false
            }
            return names.withUnsafeBytes { ELFImage.search(table, names: $0, where: matches) }
        }
    }

    private static func search(
        _ table: [UInt8], names: UnsafeRawBufferPointer, where matches: (Slice<UnsafeRawBufferPointer>, Bool) -> Bool
    ) -> Bool {
        table.withUnsafeBytes { table in
            for base in stride(from: 0, to: table.count - 23, by: 24) {
                let name = Int(table.loadUnaligned(fromByteOffset: base, as: UInt32.self))
                // Only Swift symbols of the contract are looked for; the third byte rules out nearly all others.
                guard name + 10 < names.count, names[name] == 0x24, names[name + 2] == 0x37 else { continue }
                let isDefined = table.loadUnaligned(fromByteOffset: base + 6, as: UInt16.self) != 0
                let end = names[name...].firstIndex(of: 0) ?? names.endIndex
                if matches(names[name..<end], isDefined) { return true }
            }
            return false
        }
    }
}
