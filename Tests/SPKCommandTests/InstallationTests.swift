import Barchan
import Foundation
import SPK
import Testing

/// What nobody could use, or everybody would have to look at, is not installed.
@Suite struct InstallationTests {
    private let workshop: Workshop
    private let key: AppKey

    init() throws {
        workshop = try Workshop()
        key = try AppKey.generate()
    }

    /// A manifest in which everything is as it should be, but for what is changed.
    private static func manifest(_ change: (inout AppManifest) -> Void = { _ in }) -> AppManifest {
        let command = Command(arguments: ["/run"])
        var manifest = AppManifest(
            title: "Good", version: 1, marketingVersion: "1",
            actions: [AppAction(title: "New", nounPhrase: "thing", description: "", command: command)],
            continueCommand: command)
        change(&manifest)
        return manifest
    }

    private func install(_ manifest: AppManifest, _ tree: [PackageSource] = []) throws -> Workshop.Outcome {
        let output = Collected()
        let all = tree + [.injected("sandstorm-manifest", .bytes(manifest.manifestFile(), isExecutable: false))]
        _ = try PackageWriter(tree: all, key: key) { _, _ in }.write(to: { output.bytes += Data($0) })
        try output.bytes.write(to: URL(filePath: "\(workshop.path)/app.spk"))
        return try installAgain()
    }

    private func installAgain() throws -> Workshop.Outcome {
        try workshop.barchan(["app", "install", "--data", "\(workshop.path)/data", "app.spk"])
    }

    private var packages: String { "\(workshop.path)/data/storage/packages" }

    private func isRefused(_ outcome: Workshop.Outcome, saying part: String) throws {
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(part), "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: packages) == [])
        // The author is told, too.
        #expect(try workshop.spk("verify", "app.spk").errors.contains(part))
    }

    @Test func whatIsAsItShouldBe() throws {
        let outcome = try install(
            Self.manifest {
                $0.title = "Good" + String(repeating: "l", count: 1000)
                $0.shortDescription = String(repeating: "d", count: 8000)
                $0.changeLog = String(repeating: "c", count: 1 << 20)
                $0.actions = Array(repeating: $0.actions[0], count: 200)
                $0.continueCommand.arguments += Array(repeating: String(repeating: "a", count: 1000), count: 100)
            },
            ["dev", "tmp", "var", "proc"].map { .injected($0, .directory([])) }
                + [.injected("run", .bytes([], isExecutable: true))])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("installed Good"))
        #expect(try workshop.spk("verify", "app.spk").errors == "")
    }

    /// One thing that is not as it should be, and how the error names it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (inout AppManifest) -> Void

        init(_ name: String, make: @escaping @Sendable (inout AppManifest) -> Void) {
            testDescription = name
            self.make = make
        }
    }

    @Test(
        arguments: [
            Mistake("its title") { $0.title = String(repeating: "Good", count: 1_000_000) },
            Mistake("its version for people") { $0.marketingVersion = String(repeating: "1", count: 2000) },
            Mistake("its short description") { $0.shortDescription = String(repeating: "d", count: 10_000) },
            Mistake("the title of action 1") { $0.actions[0].title = String(repeating: "t", count: 2000) },
            Mistake("the noun phrase of action 1") { $0.actions[0].nounPhrase = String(repeating: "n", count: 2000) },
            Mistake("its author") { $0.author = String(repeating: "a", count: 2000) },
            Mistake("5000 kinds of grain") { $0.actions = Array(repeating: $0.actions[0], count: 5000) },
            Mistake("256 KiB together") {
                $0.actions[0].description = String(repeating: "d", count: 8000)
                $0.actions = Array(repeating: $0.actions[0], count: 200)
            },
        ])
    func textsThatWouldFillEverybodysPages(mistake: Mistake) throws {
        try isRefused(try install(Self.manifest(mistake.make)), saying: mistake.testDescription)
    }

    @Test(
        arguments: [
            Mistake("action 'New' names no program") { $0.actions[0].command.arguments = [] },
            Mistake("continues a grain names no program") { $0.continueCommand.arguments = [""] },
            Mistake("action 'New' has a NUL") { $0.actions[0].command.arguments += ["a\0b"] },
            Mistake("continues a grain has a NUL") { $0.continueCommand.environment = ["A=a\0b"] },
            Mistake("128 KiB") { $0.actions[0].command.arguments += [String(repeating: "a", count: 130 << 10)] },
            Mistake("environment, 4 bytes for each") {
                $0.continueCommand.arguments += Array(repeating: "", count: 60_000)
            },
        ])
    func commandsThatCannotBeStarted(mistake: Mistake) throws {
        try isRefused(try install(Self.manifest(mistake.make)), saying: mistake.testDescription)
    }

    @Test(arguments: ["dev", "proc", "tmp", "var"], [true, false])
    func nothingToMountOn(name: String, isLink: Bool) throws {
        let content = isLink ? PackageSource.Content.link(target: Array("usr".utf8)) : .bytes([], isExecutable: false)
        try isRefused(try install(Self.manifest(), [.injected(name, content)]), saying: "'/\(name)'")
    }

    @Test func aDirectoryInPlaceOfProcessorInformation() throws {
        let tree = [PackageSource.injected("proc", .directory([.injected("cpuinfo", .directory([]))]))]
        try isRefused(try install(Self.manifest(), tree), saying: "'/proc/cpuinfo'")
    }

    @Test func whatIsInstalledAlreadyGoesOn() throws {
        #expect(try install(Self.manifest()).status == 0)
        let package = try #require(try FileManager.default.contentsOfDirectory(atPath: packages).first)
        // As a host before this one let it in.
        let long = Self.manifest { $0.title = "Good" + String(repeating: "l", count: 5000) }
        try Data(long.manifestFile()).write(to: URL(filePath: "\(packages)/\(package)/manifest"))
        let again = try installAgain()
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.contains("Goodlll"))
    }

    /// Where the path of a file becomes longer than Linux takes (4096 bytes), unpacking ends in the middle.
    @Test func whatCannotBeUnpackedWholeLeavesNothing() throws {
        let leaf = PackageSource.injected("leaf", .bytes([1], isExecutable: false))
        let name = String(repeating: "z", count: 200)
        let deep = (0..<30).reduce(leaf) { inner, _ in .injected(name, .directory([inner])) }
        _ = try install(Self.manifest(), [.injected("first", .bytes([1], isExecutable: false)), deep])
        for _ in 0..<2 {
            let unpacked = try workshop.spk("unpack", "app.spk", "out")
            #expect(unpacked.status == 1)
            #expect(unpacked.errors.contains("too long"), "\(unpacked.errors)")
            #expect(!workshop.exists("out"))
        }
    }
}

private final class Collected {
    var bytes = Data()
}
