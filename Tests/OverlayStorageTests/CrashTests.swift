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
            for _ in 0..<(10 + round * 7) {
                acknowledged.insert(try #require(Int(try await worker.value("committed "))))
            }
            worker.kill()
            // What was said between the last line read and the kill counts too.
            while let line = await worker.line() {
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

    @Test(arguments: packageStores)
    func aKilledInstallationLeavesAllOrNothing(_ store: String) async throws {
        let scratch = try Scratch()
        let settings = ["packageStore": SettingValue.string(store)]
        let package = "\(scratch.path).spk"
        let identifier = try writePackage(to: package)
        defer { unlink(package) }
        _ = try await scratch.storage(settings)
        let empty = try scratch.files()
        var random = SystemRandomNumberGenerator()
        var whole = 0
        for _ in 0..<20 {
            let worker = try WorkerProcess("install", scratch.path, store, package)
            _ = try await worker.value("open")
            // Anywhere from the first byte to after the end.
            usleep(UInt32.random(in: 0...120_000, using: &random))
            worker.kill()
            let storage = try await scratch.storage(settings)
            let installed = try await storage.packages.installed()
            if let found = installed.first {
                whole += 1
                #expect(found.identifier == identifier)
                // 300 files in 4 directories, and the manifest.
                #expect(try count(below: found.tree.layers[0]) == 300 + 4 + 1)
                try await storage.packages.uninstall(found.identifier)
            }
            // The directory for mounts is one for each storage.
            #expect(
                try scratch.files().filter { !$0.hasPrefix("/mounts/") } == empty.filter { !$0.hasPrefix("/mounts/") })
        }
        // Both outcomes happened, or the moments were badly chosen; one whole installation in any case.
        let worker = try WorkerProcess("install", scratch.path, store, package)
        #expect(try await worker.value("installed ").hasPrefix(identifier.text))
        _ = try await worker.value("peak ")
        let storage = try await scratch.storage(settings)
        let complete = try await storage.packages.installed()
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
            while lines < 25, let line = await worker.line() { try note(line) }
            worker.kill()
            while let line = await worker.line() { try note(line) }
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

    /// A package with 300 files in four directories and a manifest.
    private func writePackage(to path: String) throws -> PackageID {
        let tree = (0..<4).map { directory in
            PackageSource.injected(
                "d\(directory)",
                .directory(
                    (0..<75).map { number in
                        .injected(
                            "f\(number)",
                            .file(reference: "\(directory)/\(number)", byteCount: 4 << 10, isExecutable: false))
                    }))
        }
        return try PackageFile.write(tree, to: path)
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
