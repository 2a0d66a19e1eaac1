import Barchan
import CapnProto
import GrainSchemas
import SPK
import Testing

/// Archives in which several files are the same bytes, which no packer makes.
@Suite struct SharedBytesTests {
    /// Files of 64 KiB that all refer to the content of the first.
    private func archive(files count: Int) -> [UInt8] {
        let message = MessageBuilder(capacityWords: 1 << 16)
        let files = message.initRoot(Wire.Archive.self).initFiles(count: count)
        for index in 0..<count {
            files[index].setName("f\(index)")
            files[index].setRegular([])
        }
        files[0].setRegular([UInt8](repeating: 7, count: 64 << 10))
        var bytes = message.streamBytes
        // Behind the segment table and three words (root, its pointer, the list's tag), four words for each file, of which
        // the last is the pointer to the content (Cap'n Proto encoding, "Lists").
        func place(_ index: Int) -> Int { 8 + (3 + 4 * index + 3) * 8 }
        func word(_ start: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
        }
        let first = word(place(0))
        for index in 1..<count {
            let pointer = first - UInt64(4 * index) << 2
            for byte in 0..<8 { bytes[place(index) + byte] = UInt8(truncatingIfNeeded: pointer >> UInt64(8 * byte)) }
        }
        return bytes
    }

    private func open(_ bytes: [UInt8]) throws -> Archive {
        let owner = ArchiveBytes(bytes)
        return try Archive(bytes: owner.bytes, owner: owner)
    }

    private func contents(_ archive: Archive) throws -> [Int] {
        var counts: [Int] = []
        try archive.walk(0) { entry, _ throws(HostError) in
            if case .file(let data, _) = entry.content { counts.append(data.count) }
            return nil
        }
        return counts
    }

    /// A package that is verified is also unpacked: nobody gets half of it.
    @Test func whatIsCheckedIsReadAsOftenAsNeeded() throws {
        let shared = try open(archive(files: 3))
        for _ in 0..<4 {
            #expect(try shared.check().fileBytes == 3 * 64 << 10)
            #expect(try contents(shared) == [65536, 65536, 65536])
        }
    }

    @Test func tooManyAreRefusedByEverybody() throws {
        let shared = try open(archive(files: 9))
        for _ in 0..<2 {
            #expect(failure { _ = try shared.check() }?.code == .invalidArgument)
            #expect(failure { _ = try contents(shared) }?.code == .invalidArgument)
        }
    }
}
