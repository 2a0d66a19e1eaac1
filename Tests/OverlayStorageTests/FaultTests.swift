import Barchan
import Glibc
import SPK
import SplitMix
import Testing

/// A host that is killed, or whose power is cut, at random moments, again and again over the same data.
///
/// A few rounds here; `contrib/faults` runs many. `BARCHAN_FAULT_SEED` repeats a run: its acts are the same, the moments of
/// the kernel's own writing are not.
@Suite(.serialized, .timeLimit(.minutes(20))) struct FaultTests {
    private let seed = number("BARCHAN_FAULT_SEED") ?? UInt64.random(in: 0..<1_000_000)

    @Test(arguments: packageStores)
    func nothingAcknowledgedIsLostWhenTheHostIsKilled(_ store: String) async throws {
        let rounds = Int(number("BARCHAN_KILL_ROUNDS") ?? 6)
        let scratch = try Scratch()
        let packages = try VersionedPackages(in: scratch)
        var random = SplitMix64(state: seed), model = FaultModel()
        print("kill -9, \(store): seed \(seed), \(rounds) rounds")
        defer { unmountImages(of: "\(scratch.path)/data") }
        for round in 0..<rounds {
            let worker = try WorkerProcess(
                ["faults", "\(scratch.path)/data", store, "\(random.next())"] + packages.files)
            try await model.follow(worker, acts: random.next() % 48 + 1, microseconds: UInt32(random.next() % 50_000))
            worker.kill()
            while let line = await worker.line() { model.note(line) }
            let lines = try await WorkerProcess(["describe", "\(scratch.path)/data", store]).rest()
            model.check(lines, entries: packages.entries, "seed \(seed), round \(round), under way: \(model.open)")
        }
        print("kill -9, \(store): \(rounds) rounds, \(model.acknowledged) acts acknowledged")
        #expect(model.acknowledged >= rounds)
    }

    /// The file system of the data lies in a file on another one, which is cloned in one moment: the clone is what the disk
    /// held in that moment, without what the kernel had not yet written. The disk writes in the order it was asked to.
    @Test(
        .enabled(if: geteuid() == 0, "making a file system in a file takes root"), arguments: packageStores)
    func nothingAcknowledgedIsLostWhenThePowerIsCut(_ store: String) async throws {
        let rounds = Int(number("BARCHAN_CUT_ROUNDS") ?? 3)
        let scratch = try Scratch()
        let packages = try VersionedPackages(in: scratch)
        let disk = try CutDisk(in: scratch)
        var random = SplitMix64(state: seed), model = FaultModel()
        print("power cuts, \(store): seed \(seed), \(rounds) rounds")
        for round in 0..<rounds {
            let worker = try WorkerProcess(["faults", "\(disk.path)/data", store, "\(random.next())"] + packages.files)
            try await model.follow(worker, acts: random.next() % 48 + 1, microseconds: UInt32(random.next() % 50_000))
            // Stopped, it acknowledges nothing more, so all that it did is in the pipe before the moment of the cut.
            worker.stop()
            try disk.remember()
            worker.kill()
            while let line = await worker.line() { model.note(line) }
            try disk.cut()
            let lines = try await WorkerProcess(["describe", "\(disk.path)/data", store]).rest()
            model.check(lines, entries: packages.entries, "seed \(seed), round \(round), under way: \(model.open)")
        }
        print("power cuts, \(store): \(rounds) rounds, \(model.acknowledged) acts acknowledged")
        #expect(model.acknowledged >= rounds)
    }
}

extension FaultModel {
    /// Notes as many acts as have to be acknowledged, however long they take, and returns somewhere in the next ones.
    /// - Parameter microseconds: How long after the last of them.
    fileprivate mutating func follow(_ worker: WorkerProcess, acts: UInt64, microseconds: UInt32) async throws {
        _ = try await worker.value("ready")
        let enough = acknowledged + Int(acts)
        while acknowledged < enough {
            guard let line = await worker.line() else { throw HostError(.disconnected, "the worker ended by itself") }
            note(line)
        }
        try await Task.sleep(for: .microseconds(microseconds))
    }
}

/// What a killed host leaves mounted until the next one starts.
private func unmountImages(of data: String) {
    _ = try? run([
        "/bin/sh", "-c", "for place in '\(data)'/mounts/.new-*; do umount -q -R \"$place\"; done 2>/dev/null",
    ])
}

private func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

/// Three versions of one app.
private struct VersionedPackages {
    let files: [String]
    /// Files and directories in each of them: 40 files, a directory and the manifest.
    let entries = 42

    init(in scratch: Scratch) throws {
        let key = try AppKey.generate(), command = Command(arguments: ["/run"])
        files = try (1...3).map { version in
            let manifest = AppManifest(
                title: "Faults", version: UInt32(version), marketingVersion: "\(version)",
                actions: [AppAction(title: "New", nounPhrase: "", description: "", command: command)],
                continueCommand: command)
            let content = (0..<40).map { number in
                PackageSource.injected(
                    "f\(number)", .bytes([UInt8](repeating: UInt8(number * version), count: 6000), isExecutable: false))
            }
            let tree: [PackageSource] = [
                .injected("sandstorm-manifest", .bytes(manifest.manifestFile(), isExecutable: false)),
                .injected("d", .directory(content)),
            ]
            let path = "\(scratch.path)/\(version).spk"
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            try #require(file >= 0)
            defer { close(file) }
            _ = try PackageWriter(tree: tree, key: key) { _, _ in }
                .write(to: { bytes in _ = write(file, bytes.baseAddress, bytes.count) })
            return path
        }
    }
}

/// A disk whose power can be cut: ext4 in a file on XFS, which clones files in one moment.
private final class CutDisk {
    let path: String
    private let outer: String

    init(in scratch: Scratch) throws {
        (path, outer) = ("\(scratch.path)/disk", "\(scratch.path)/outer")
        for name in [path, outer] { try #require(mkdir(name, 0o700) == 0) }
        let image = "\(scratch.path)/outer.img"
        try Self.run("/usr/bin/truncate", "-s", "600M", image)
        try Self.run("/usr/sbin/mkfs.xfs", "-q", image)
        try Self.run("/usr/bin/mount", "-o", "loop", image, outer)
        try Self.run("/usr/bin/truncate", "-s", "160M", "\(outer)/now.img")
        try Self.run("/usr/sbin/mkfs.ext4", "-q", "\(outer)/now.img")
        try Self.run("/usr/bin/mount", "-o", "loop", "\(outer)/now.img", path)
    }

    deinit {
        unmountImages(of: "\(path)/data")
        // Lazily: a sandbox that another test makes at this moment may hold a copy of the mounts for a little longer.
        for name in [path, outer] { try? Self.run("/usr/bin/umount", "--lazy", name) }
    }

    /// The moment of the cut.
    func remember() throws { try Self.run("/usr/bin/cp", "--reflink=always", "\(outer)/now.img", "\(outer)/cut.img") }

    /// The power is back: what the disk held in that moment is all there is.
    func cut() throws {
        unmountImages(of: "\(path)/data")
        try Self.run("/usr/bin/umount", path)
        try Self.run("/usr/bin/mv", "\(outer)/cut.img", "\(outer)/now.img")
        try Self.run("/usr/bin/mount", "-o", "loop", "\(outer)/now.img", path)
    }

    private static func run(_ words: String...) throws {
        guard try OverlayStorageTests.run(words) == 0 else { throw HostError(.failed, words.joined(separator: " ")) }
    }
}
