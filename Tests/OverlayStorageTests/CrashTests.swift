import Barchan
import Glibc
import SPK
import Testing

/// Kills a process that uses a storage, again and again, and looks at what is left.
@Suite struct CrashTests {
    @Test func commitsThatWereAcknowledgedSurviveAKill() async throws {
        let scratch = try Scratch()
        var next = 0
        for round in 0..<5 {
            let worker = try WorkerProcess("commit", scratch.path, "0", "4")
            var acknowledged: Set<Int> = []
            for _ in 0..<(10 + round * 7) { acknowledged.insert(try #require(Int(try worker.value("committed ")))) }
            worker.kill()
            // What was said between the last line read and the kill counts too.
            while let line = worker.line() {
                acknowledged.insert(try #require(Int(line.dropFirst("committed ".count))))
            }
            let storage = try await scratch.storage()
            for number in acknowledged {
                let record = try await storage.records.read(RecordKey("record/\(number)"))
                #expect(record?.value == Array("\(number)".utf8), "record \(number)")
            }
            next = max(next, acknowledged.max() ?? 0)
        }
        #expect(next > 0)
    }

    @Test func aKilledInstallationLeavesAllOrNothing() async throws {
        let scratch = try Scratch()
        let package = "\(scratch.path).spk"
        let identifier = try writePackage(to: package)
        defer { unlink(package) }
        _ = try await scratch.storage()
        let empty = try scratch.files()
        var random = SystemRandomNumberGenerator()
        var whole = 0
        for _ in 0..<20 {
            let worker = try WorkerProcess("install", scratch.path, package)
            _ = try worker.value("open")
            // Anywhere from the first byte to after the end.
            usleep(UInt32.random(in: 0...120_000, using: &random))
            worker.kill()
            let storage = try await scratch.storage()
            let installed = try await storage.packages.installed()
            if let found = installed.first {
                whole += 1
                #expect(found.identifier == identifier)
                // 300 files in 4 directories, and the manifest.
                #expect(try count(below: found.tree.layers[0]) == 300 + 4 + 1)
                try await storage.packages.uninstall(found.identifier)
            }
            #expect(try scratch.files() == empty)
        }
        // Both outcomes happened, or the moments were badly chosen; one whole installation in any case.
        let worker = try WorkerProcess("install", scratch.path, package)
        #expect(try worker.value("installed ").hasPrefix(identifier.text))
        let complete = try await scratch.storage().packages.installed()
        #expect(complete.map(\.identifier) == [identifier])
        #expect(try count(below: try #require(complete.first).tree.layers[0]) == 300 + 4 + 1)
        #expect(whole <= 20)
    }

    @Test func volumesThatWereMadeOrRemovedStaySo() async throws {
        let scratch = try Scratch()
        var expected: Set<GrainID> = []
        for _ in 0..<4 {
            let worker = try WorkerProcess("volumes", scratch.path)
            var last: GrainID?
            var lines = 0
            func note(_ line: String) throws {
                let words = line.split(separator: " ")
                guard words.count == 2, let grain = GrainID(String(words[1])) else { return }
                if words[0] == "made" { expected.insert(grain) } else { expected.remove(grain) }
                last = grain
                lines += 1
            }
            while lines < 25, let line = worker.line() { try note(line) }
            worker.kill()
            while let line = worker.line() { try note(line) }
            let storage = try await scratch.storage()
            let grains = Set(try await storage.volumes.grains())
            // One step may have been under way: making one more, or removing the last one.
            let extra = grains.subtracting(expected), missing = expected.subtracting(grains)
            #expect(extra.count <= 1 && missing.isSubset(of: last.map { [$0] } ?? []))
            expected = grains
            for grain in grains {
                let volume = try #require(try await storage.volumes.volume(for: grain))
                #expect(access(volume.directory, F_OK) == 0)
            }
        }
    }

    @Test func memoryStaysFlatHoweverLargeThePackage() throws {
        let scratch = try Scratch()
        let package = "\(scratch.path).spk"
        _ = try writePackage(to: package, files: 3000, fileBytes: 32 << 10)
        defer { unlink(package) }
        let worker = try WorkerProcess("install", scratch.path, package)
        let peak = try worker.value("peak ")
        let kibibytes = try #require(Int(peak.prefix { $0.isNumber }))
        #expect(kibibytes < 64 << 10, "96 MB in 3000 files took \(peak)")
    }

    /// 128 KiB that do not compress; packages are made of parts of it, so that the tests need not wait for xz.
    private static let noise: [UInt8] = {
        var state: UInt64 = 1
        return (0..<(128 << 10)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }()

    /// A package with `files` files in four directories and a manifest.
    private func writePackage(to path: String, files: Int = 300, fileBytes: Int = 4 << 10) throws -> PackageID {
        let command = Command(arguments: ["/run"])
        let manifest = AppManifest(
            title: "Many files", version: 1, marketingVersion: "1",
            actions: [AppAction(title: "New", nounPhrase: "", description: "", command: command)],
            continueCommand: command)
        var tree: [PackageSource] = [
            .injected("sandstorm-manifest", .bytes(manifest.manifestFile(), isExecutable: false))
        ]
        for directory in 0..<4 {
            let inner = (0..<(files / 4)).map { number in
                PackageSource.injected(
                    "f\(number)", .file(reference: "\(directory)/\(number)", byteCount: fileBytes, isExecutable: false))
            }
            tree.append(.injected("d\(directory)", .directory(inner)))
        }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let writer = try PackageWriter(tree: tree, key: .generate()) { reference, sink throws(HostError) in
            let start = reference.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff }
            let content = Self.noise[start..<(start + fileBytes)]
            try content.withUnsafeBufferPointer { bytes throws(HostError) in try sink(UnsafeRawBufferPointer(bytes)) }
        }
        return try writer.write(to: { bytes in _ = write(file, bytes.baseAddress, bytes.count) })
    }

    private func count(below directory: String) throws -> Int {
        let stream = try #require(opendir(directory))
        defer { closedir(stream) }
        var entries = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            entries += 1
            if entry.pointee.d_type == UInt8(DT_DIR) { entries += try count(below: "\(directory)/\(name)") }
        }
        return entries
    }
}
