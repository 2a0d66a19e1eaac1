import Barchan
import Glibc

extension StorageConformance {
    static let volumes: [Check] = [
        Check("createsVolume", "a new volume is an empty directory that belongs to its owner and to nobody else") {
            let volume = try await $0.volumes.create(for: .random(), owner: me)
            var facts = stat()
            try require(stat(volume.directory, &facts) == 0, "'\(volume.directory)' is not there")
            try require(facts.st_mode & S_IFMT == S_IFDIR, "'\(volume.directory)' is no directory")
            try require(facts.st_uid == me.user && facts.st_gid == me.group, "owner is \(facts.st_uid):\(facts.st_gid)")
            try require(facts.st_mode & 0o7 == 0, "others may enter")
            try require(rmdir(volume.directory) == 0, "'\(volume.directory)' is not empty")
        },
        Check("oneVolumePerGrain", "a grain has at most one volume") { provider in
            let grain = GrainID.random()
            _ = try await provider.volumes.create(for: grain, owner: me)
            try await requireError(.alreadyExists) { _ = try await provider.volumes.create(for: grain, owner: me) }
        },
        Check("findsVolume", "a volume is found by its grain, and listed; no other grain has one") {
            let grain = GrainID.random()
            try require(try await $0.volumes.volume(for: grain) == nil, "there is a volume before it was made")
            let volume = try await $0.volumes.create(for: grain, owner: me)
            try require(
                try await $0.volumes.volume(for: grain)?.directory == volume.directory, "the volume is not found")
            let list = try await $0.volumes.grains()
            try require(list == [grain], "the list is \(list)")
        },
        Check("volumesAreApart", "the volumes of two grains are different directories, none inside the other") {
            let one = try await $0.volumes.create(for: .random(), owner: me).directory
            let two = try await $0.volumes.create(for: .random(), owner: me).directory
            try require(!"\(one)/".hasPrefix("\(two)/") && !"\(two)/".hasPrefix("\(one)/"), "'\(one)' and '\(two)'")
        },
        Check("removesVolume", "a removed volume is gone with its files, and removing it again does nothing") {
            let grain = GrainID.random()
            let volume = try await $0.volumes.create(for: grain, owner: me)
            try require(mkdir("\(volume.directory)/a", 0o700) == 0, "cannot make a directory in the volume")
            try require(symlink("/", "\(volume.directory)/a/root") == 0, "cannot make a link in the volume")
            try await volume.appendToLog(Array("line\n".utf8))
            try await $0.volumes.remove(for: grain)
            try await $0.volumes.remove(for: grain)
            try require(try await $0.volumes.volume(for: grain) == nil, "the volume is still found")
            try require(access(volume.directory, F_OK) != 0, "its files are still there")
        },
        Check("measuresVolume", "the measured size of a volume grows with what is written to it") {
            let volume = try await $0.volumes.create(for: .random(), owner: me)
            let before = try await volume.usedBytes()
            try write(String(repeating: "x", count: 1 << 20), to: "\(volume.directory)/file")
            try await volume.synchronize()
            let after = try await volume.usedBytes()
            try require(after - before >= 1 << 20, "it was \(before) and is \(after) with a file of 1 MiB more")
        },
        Check("keepsLog", "a log has what was appended, in order, its newest part when less is asked for") {
            let volume = try await $0.volumes.create(for: .random(), owner: me)
            try require(try await volume.readLog(maximumBytes: 100).isEmpty, "a new log is not empty")
            try await volume.appendToLog(Array("one\n".utf8))
            try await volume.appendToLog(Array("two\n".utf8))
            let all = String(decoding: try await volume.readLog(maximumBytes: 100), as: UTF8.self)
            let newest = String(decoding: try await volume.readLog(maximumBytes: 4), as: UTF8.self)
            try require(all == "one\ntwo\n" && newest == "two\n", "the log is '\(all)', its newest part '\(newest)'")
        },
        Check("boundsLog", "a log keeps its newest part, and about 1 MiB at most") {
            let volume = try await $0.volumes.create(for: .random(), owner: me)
            let line = [UInt8](repeating: 0x61, count: 64 << 10)
            for _ in 0..<64 { try await volume.appendToLog(line) }
            try await volume.appendToLog(Array("last".utf8))
            let log = try await volume.readLog(maximumBytes: 16 << 20)
            try require(log.count <= 3 << 19, "the log has \(log.count) bytes")
            try require(log.count >= 1 << 17, "the log has only \(log.count) bytes")
            try require(log.suffix(4).elementsEqual("last".utf8), "the newest part is not there")
        },
    ]

    private static let me = FileOwner(user: geteuid(), group: getegid())

    private static func write(_ text: String, to path: String) throws {
        let file = try require(fopen(path, "we"), "cannot write '\(path)'")
        defer { fclose(file) }
        try require(fputs(text, file) >= 0, "cannot write '\(path)'")
    }
}
