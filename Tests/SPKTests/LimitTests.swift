import Barchan
import SPK
import Testing

@Suite struct LimitTests {
    private let key: AppKey

    init() throws { key = try AppKey.generate() }

    private func file(_ name: String, _ bytes: [UInt8] = []) -> PackageSource {
        .injected(name, .bytes(bytes, isExecutable: false))
    }

    @Test func aPackageThatExpandsTooFarIsRefused() throws {
        // 64 MiB of zeros are 10 KiB compressed.
        let bomb = try pack([file("zeros", [UInt8](repeating: 0, count: 64 << 20))], key: key)
        #expect(bomb.count < 64 << 10)
        var limits = PackageLimits()
        limits.expandedBytes = 1 << 20
        let error = try #require(failure { _ = try verify(bomb, limits: limits) })
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("1048576 bytes"), "\(error.message)")
    }

    @Test func aPackageThatTakesTooMuchMemoryIsRefused() throws {
        var limits = PackageLimits()
        limits.decoderBytes = 1 << 20
        let error = try #require(failure { _ = try verify(try pack([file("a")], key: key), limits: limits) })
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("more memory than the 1 MiB"), "\(error.message)")
    }

    @Test func severalStreamsCountTogether() throws {
        let package = try pack([file("zeros", [UInt8](repeating: 0, count: 1 << 20))], key: key)
        let twice = package + package.dropFirst(PackageExpander.magic.count)
        var limits = PackageLimits()
        limits.expandedBytes = 3 << 19
        _ = try verify(package, limits: limits)
        #expect(failure { _ = try verify(twice, limits: limits) }?.message.contains("larger than the 1572864") == true)
        // Without that limit they are expanded, and are not what was signed.
        #expect(failure { _ = try verify(twice) }?.message.contains("not what app") == true)
    }

    @Test func whatExpandsToNothingIsNotReadForEver() throws {
        let package = try pack([file("a")], key: key)
        var limits = PackageLimits()
        limits.expandedBytes = 1 << 16
        let (some, many) = ([UInt8](repeating: 0, count: 1 << 20), [UInt8](repeating: 0, count: 2 << 20))
        #expect(try verify(package + some, limits: limits).app == key.app)
        #expect(failure { _ = try verify(package + many, limits: limits) }?.code == .invalidArgument)
    }

    @Test func tooManyFilesAreRefused() throws {
        let archive = try verify(try pack((0..<10).map { file("f\($0)") }, key: key)).archiveBytes
        var limits = PackageLimits()
        limits.entries = 9
        #expect(failure { _ = try listing(archive, limits: limits) }?.code == .invalidArgument)
        limits.entries = 10
        #expect(try listing(archive, limits: limits).count == 10)
    }

    @Test func namesThatAreLongerTogetherThanAllowedAreRefused() throws {
        let archive = try verify(try pack((0..<10).map { file("name\($0)") }, key: key)).archiveBytes
        var limits = PackageLimits()
        limits.allNamesBytes = 49
        #expect(failure { _ = try listing(archive, limits: limits) }?.code == .invalidArgument)
        limits.allNamesBytes = 50
        #expect(try listing(archive, limits: limits).count == 10)
    }

    @Test func directoriesMayBeNested128DeepAndNoDeeper() throws {
        func nested(_ depth: Int) -> [PackageSource] {
            (0..<depth).reduce([file("leaf")]) { inner, _ in [.injected("d", .directory(inner))] }
        }
        let deep = try verify(try pack(nested(128), key: key)).archiveBytes
        #expect(try listing(deep).count == 129)
        #expect(failure { _ = try pack(nested(129), key: key) }?.code == .resourceExhausted)
        var limits = PackageLimits()
        limits.depth = 127
        #expect(failure { _ = try listing(deep, limits: limits) }?.code == .invalidArgument)
    }

    @Test func filesThatAreLargerTogetherThanAllowedAreRefused() throws {
        let archive = try verify(try pack([file("a", [UInt8](repeating: 1, count: 5000))], key: key)).archiveBytes
        var limits = PackageLimits()
        limits.expandedBytes = 4999
        #expect(failure { _ = try listing(archive, limits: limits) }?.code == .invalidArgument)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\0b", String(repeating: "n", count: 256)])
    func aNameThatMayNotBeIsRefused(_ name: String) throws {
        // The packer refuses the others itself, so the name is put into a finished archive.
        let placeholder = String(repeating: "x", count: max(1, name.utf8.count))
        var archive = try verify(try pack([file(placeholder)], key: key)).archiveBytes
        guard !name.isEmpty else {
            #expect(failure { _ = try pack([file("")], key: key) }?.code == .invalidArgument)
            return
        }
        let start = try #require(archive.indices.first { archive[$0...].starts(with: Array(placeholder.utf8)) })
        archive.replaceSubrange(start..<(start + name.utf8.count), with: Array(name.utf8))
        let error = try #require(failure { _ = try listing(archive) })
        #expect(error.code == .invalidArgument, "\(error)")
    }
}
