import Barchan
import Glibc
import SPK
import Testing

/// An installation takes less than 64 MiB, the whole process with it, whatever the package; but for an XZ dictionary of more
/// than 32 MiB, which alone takes its size.
@Suite struct MemoryTests {
    static func limitKiB(_ shape: Shape) -> Int { shape == .largestDictionary ? 96 << 10 : 64 << 10 }

    /// Packages that are as unpleasant as a package may be, each in one way.
    enum Shape: String, CaseIterable, Sendable {
        case manyFiles, oneLargeFile, manyEmptyFilesInDisorder, longNames, deep, largeManifest
        case largeDictionary, largestDictionary

        /// In MiB; the largest is that of `xz -9`.
        var dictionary: Int? {
            switch self {
            case .largeDictionary: 32
            case .largestDictionary: 64
            default: nil
            }
        }
    }

    @Test(arguments: Shape.allCases, packageStores)
    func memoryStaysBelowTheLimit(_ shape: Shape, _ store: String) async throws {
        let scratch = try Scratch()
        let package = "\(scratch.path).spk"
        defer { unlink(package) }
        try write(shape, to: package)
        let worker = try WorkerProcess("install", scratch.path, store, package)
        let peak = try await worker.value("peak ")
        let kibibytes = try #require(Int(peak.prefix { $0.isNumber }))
        #expect(kibibytes < Self.limitKiB(shape), "\(shape) as \(store) took \(peak)")
    }

    /// The command as people use it, with modules and all, in this build's programs.
    @Test(arguments: [Shape.oneLargeFile, .largeDictionary, .largestDictionary])
    func theCommandStaysBelowTheLimitToo(_ shape: Shape) async throws {
        let scratch = try Scratch()
        let package = "\(scratch.path).spk"
        defer { unlink(package) }
        try write(shape, to: package)
        // What the kernel counts for a child begins with the memory of whoever starts it, which is much for the tests.
        let measuring = """
            import resource, subprocess, sys
            subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let barchan = try WorkerProcess.program("barchan")
        let words = ["python3", "-c", measuring, barchan, "app", "install", "--data", "\(scratch.path)/data", package]
        let pipe = try #require(popen(words.map { "'\($0)'" }.joined(separator: " "), "re"))
        var line = [CChar](repeating: 0, count: 64)
        let answer = fgets(&line, CInt(line.count), pipe)
        try #require(pclose(pipe) == 0 && answer != nil)
        let digits = line.prefix { $0 >= 0x30 && $0 <= 0x39 }.map { UInt8($0) }
        let kibibytes = try #require(Int(String(decoding: digits, as: UTF8.self)))
        #expect(kibibytes < Self.limitKiB(shape), "\(shape) took \(kibibytes) KiB")
    }

    private func write(_ shape: Shape, to path: String) throws {
        let tree: [PackageSource] =
            switch shape {
            case .manyFiles: files(3000, bytes: 32 << 10)
            case .oneLargeFile: files(1, bytes: 200 << 20)
            // From the last to the first, so that nothing can rely on their order.
            case .manyEmptyFilesInDisorder: files(100_000, bytes: 0).reversed()
            // As many as names may be long together.
            case .longNames: files(60_000, bytes: 0, nameBytes: 250)
            case .deep: [nested(120)]
            case .largeManifest: []
            case .largeDictionary, .largestDictionary: files(100, bytes: 1 << 20)
            }
        try PackageFile.write(tree, manifestBytes: shape == .largeManifest ? 7 << 20 : 0, to: path)
        if let mebibytes = shape.dictionary { try packAgain(path, dictionary: mebibytes) }
    }

    /// With a large dictionary, in one block.
    private func packAgain(_ path: String, dictionary mebibytes: Int) throws {
        let command = """
            set -e
            head -c 8 '\(path)' > '\(path).again'
            tail -c +9 '\(path)' | xz -dc | xz -T1 --lzma2=preset=0,dict=\(mebibytes)MiB >> '\(path).again'
            mv '\(path).again' '\(path)'
            """
        try #require(try run(["/bin/sh", "-c", command]) == 0)
    }

    private func files(_ count: Int, bytes: Int, nameBytes: Int = 8) -> [PackageSource] {
        (0..<count).map { number in
            let digits = String(number)
            let name = String(repeating: "f", count: nameBytes - digits.utf8.count) + digits
            return PackageSource(
                name: Array(name.utf8), content: .file(reference: "\(number)", byteCount: bytes, isExecutable: false),
                modifiedNanoseconds: 0)
        }
    }

    private func nested(_ depth: Int) -> PackageSource {
        (0..<depth).reduce(files(50, bytes: 10_000)[0]) { inner, _ in
            PackageSource.injected("d", .directory(files(50, bytes: 10_000) + [inner.renamed("d")]))
        }
    }
}

extension PackageSource {
    fileprivate func renamed(_ name: String) -> PackageSource {
        var copy = self
        copy.name = Array(name.utf8)
        return copy
    }
}

/// Packages for tests.
enum PackageFile {
    /// 128 KiB that do not compress; content is made of parts of it, so that the tests need not wait for xz.
    private static let noise: [UInt8] = {
        var state: UInt64 = 1
        return (0..<(128 << 10)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }()

    /// Writes a package of these files, whose content follows from their references, and a manifest.
    @discardableResult
    static func write(_ tree: [PackageSource], manifestBytes: Int = 0, to path: String) throws -> PackageID {
        let command = Command(arguments: ["/run"])
        var manifest = AppManifest(
            title: "Many files", version: 1, marketingVersion: "1",
            actions: [AppAction(title: "New", nounPhrase: "", description: "", command: command)],
            continueCommand: command)
        if manifestBytes > 0 { manifest.changeLog = String(repeating: "x", count: manifestBytes) }
        let all = tree + [.injected("sandstorm-manifest", .bytes(manifest.manifestFile(), isExecutable: false))]
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let sizes = sizes(all)
        let writer = try PackageWriter(tree: all, key: .generate()) { reference, sink throws(HostError) in
            let start = reference.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff }
            var left = sizes[reference] ?? 0
            while left > 0 {
                let content = Self.noise[start..<(start + min(left, 64 << 10))]
                left -= content.count
                try content.withUnsafeBufferPointer { bytes throws(HostError) in
                    try sink(UnsafeRawBufferPointer(bytes))
                }
            }
        }
        return try writer.write(to: { bytes in _ = Glibc.write(file, bytes.baseAddress, bytes.count) })
    }

    private static func sizes(_ tree: [PackageSource]) -> [String: Int] {
        tree.reduce(into: [:]) { sizes, entry in
            switch entry.content {
            case .file(let reference, let byteCount, _): sizes[reference] = byteCount
            case .directory(let inner): sizes.merge(Self.sizes(inner)) { first, _ in first }
            case .bytes, .link: break
            }
        }
    }
}
