import Foundation
import Testing

/// Packages made from folders, container images and Debian packages.
@Suite struct FileSourceTests {
    private let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.spk("keygen")
    }

    private func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: workshop.path)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments)")
    }

    private func sha256(_ name: String) throws -> String {
        let outcome = Pipe(), process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        process.arguments = ["\(workshop.path)/\(name)"]
        process.standardOutput = outcome
        try process.run()
        process.waitUntilExit()
        return String(decoding: outcome.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
    }

    private func unpacked() throws -> [String] {
        let outcome = try workshop.spk("unpack", "app.spk", "out")
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try FileManager.default.subpathsOfDirectory(atPath: "\(workshop.path)/out").sorted()
    }

    @Test func aFolderAndACommand() throws {
        try workshop.write("tree/srv/run", "#!/bin/sh", isExecutable: true)
        let outcome = try workshop.spk(
            "pack", "--root", "tree", "--title", "Small", "--port", "8000", "--command", "/srv/run 'two words' a\\ b",
            "app.spk")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let details = try workshop.spk("verify", "--details", "app.spk").output
        for part in ["\"8000\"", "/srv/run", "\"two words\"", "\"a b\"", "\"Small\""] {
            #expect(details.contains(part), "\(part) in \(details)")
        }
        #expect(try unpacked().contains("sandstorm-http-bridge"))
    }

    @Test func aProgramThatIsNotThere() throws {
        try workshop.write("tree/srv/run", "#!/bin/sh")
        let outcome = try workshop.spk("pack", "--root", "tree", "--title", "T", "--command", "/srv/walk", "app.spk")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("/srv/walk"))
        #expect(!workshop.exists("app.spk"))
    }

    /// Two layers, of which the second replaces, removes and empties what the first has.
    /// - Parameter hosts: What the first has as /etc/hosts.
    private func layers(hosts: String?) throws {
        if let hosts { try workshop.write("one/etc/hosts", hosts) }
        try workshop.write("one/bin/sh", "shell", isExecutable: true)
        try workshop.write("one/app/run", "first", isExecutable: true)
        try workshop.write("one/app/gone", "x")
        try workshop.write("one/cache/old", "x")
        try workshop.write("two/app/run", "second", isExecutable: true)
        try workshop.write("two/app/.wh.gone", "")
        try workshop.write("two/cache/.wh..wh..opq", "")
        try workshop.write("two/cache/new", "x")
        try run("/usr/bin/tar", "-cf", "one.tar", "-C", "one", ".")
        try run("/usr/bin/tar", "-czf", "two.tar", "-C", "two", ".")
    }

    private static let configuration =
        #"{"config":{"Entrypoint":["run"],"Cmd":["--serve"],"Env":["PATH=/app:/bin","A=1"],"WorkingDir":"/app"}}"#

    /// - Parameter hosts: What /etc/hosts is in the package.
    private func checkImage(hosts: String = FileSourceTests.hosts) throws {
        let outcome = try workshop.spk(
            "pack", "--from-image", "image.tar", "--title", "Image", "--port", "9000", "--bridge",
            try workshop.bridge(),
            "app.spk")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let paths = try unpacked()
        #expect(paths.contains("cache/new"))
        #expect(!paths.contains("cache/old"))
        #expect(!paths.contains("app/gone"))
        #expect(!paths.contains { $0.contains(".wh.") })
        #expect(try workshop.read("out/app/run") == "second")
        #expect(try workshop.read("out/etc/hosts") == hosts)
        #expect(FileManager.default.isExecutableFile(atPath: "\(workshop.path)/out/app/run"))
        let details = try workshop.spk("verify", "--details", "app.spk").output
        for part in ["\"/app/run\"", "\"--serve\"", "\"A=1\"", "\"PATH=/app:/bin\"", "\"9000\""] {
            #expect(details.contains(part), "\(part) in \(details)")
        }
    }

    /// A grain's own name, and the loopback's.
    private static let hosts = "127.0.0.1 localhost sandbox\n::1 ip6-localhost ip6-loopback\n"

    /// Whoever runs containers writes /etc/hosts: images have none, or an empty one.
    @Test(arguments: [nil, "127.0.0.1 db localhost\n"]) func whatDockerSaves(hosts: String?) throws {
        try layers(hosts: hosts)
        try workshop.write("manifest.json", #"[{"Config":"c.json","Layers":["one.tar","two.tar"]}]"#)
        try workshop.write("c.json", Self.configuration)
        try run("/usr/bin/tar", "-cf", "image.tar", "manifest.json", "c.json", "one.tar", "two.tar")
        try checkImage(hosts: hosts ?? Self.hosts)
    }

    @Test func anOCILayout() throws {
        try layers(hosts: "")
        try workshop.write("c.json", Self.configuration)
        let names = try ["c.json", "one.tar", "two.tar"].map { "sha256:\(try sha256($0))" }
        try workshop.write(
            "m.json",
            #"{"config":{"digest":"\#(names[0])"},"layers":[{"digest":"\#(names[1])"},{"digest":"\#(names[2])"}]}"#)
        let manifest = "sha256:\(try sha256("m.json"))"
        let other = "sha256:" + String(repeating: "0", count: 64)
        try workshop.write(
            "image/index.json",
            #"{"manifests":[{"digest":"\#(other)","platform":{"architecture":"s390x","os":"linux"}},"#
                + #"{"digest":"\#(manifest)","platform":{"architecture":"\#(Self.architecture)","os":"linux"}}]}"#)
        try FileManager.default.createDirectory(
            atPath: "\(workshop.path)/image/blobs/sha256", withIntermediateDirectories: true)
        for (file, name) in zip(["c.json", "one.tar", "two.tar", "m.json"], names + [manifest]) {
            try FileManager.default.copyItem(
                atPath: "\(workshop.path)/\(file)",
                toPath: "\(workshop.path)/image/blobs/sha256/\(name.dropFirst("sha256:".count))")
        }
        try run("/usr/bin/tar", "-cf", "image.tar", "-C", "image", ".")
        try checkImage()
        // A blob that is not what its name says.
        try workshop.write("image/blobs/sha256/\(names[0].dropFirst("sha256:".count))", Self.configuration + " ")
        try run("/usr/bin/tar", "-cf", "image.tar", "-C", "image", ".")
        let damaged = try workshop.spk("pack", "--from-image", "image.tar", "--title", "Image", "bad.spk")
        #expect(damaged.status != 0)
        #expect(damaged.errors.contains("damaged"), "\(damaged.errors)")
    }

    #if arch(arm64)
        private static let architecture = "arm64"
    #else
        private static let architecture = "amd64"
    #endif

    @Test(arguments: ["", "{", "rubbish", "[]", #"[{"Config":1}]"#]) func whatIsNoImage(manifest: String) throws {
        try workshop.write("manifest.json", manifest)
        try run("/usr/bin/tar", "-cf", "image.tar", "manifest.json")
        let outcome = try workshop.spk("pack", "--from-image", "image.tar", "--title", "Image", "app.spk")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("image.tar"), "\(outcome.errors)")
        #expect(!workshop.exists("app.spk"))
    }

    @Test func debianPackagesWithWhatTheyNeed() throws {
        let outcome = try workshop.spk(
            "pack", "--from-debian", "busybox-static,hostname", "--title", "Shell", "--command", "busybox sh", "app.spk"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let paths = try unpacked()
        #expect(paths.contains("usr/bin/busybox"))
        // hostname needs the C library; nothing but its dependency brings that in.
        #expect(paths.contains("usr/bin/hostname"))
        #expect(paths.contains { $0.hasSuffix("/libc.so.6") })
        #expect(!paths.contains { $0.hasPrefix("usr/share/doc") })
        #expect(try workshop.read("out/etc/passwd").contains("1000"))
        #expect(try workshop.read("out/etc/hosts") == Self.hosts)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(workshop.path)/out/bin") == "usr/bin")
        #expect(try workshop.spk("verify", "--details", "app.spk").output.contains("/usr/bin/busybox"))
    }

    @Test func aPackageThatDebianDoesNotHave() throws {
        let outcome = try workshop.spk(
            "pack", "--from-debian", "no-such-package-at-all", "--title", "T", "--command", "x", "app.spk")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("no-such-package-at-all"))
        #expect(!workshop.exists("app.spk"))
    }

    @Test(
        arguments: [
            ["--title", "T", "app.spk"], ["--root", "t", "--from-image", "x", "app.spk"],
            ["--root", "t", "-p", "x", "app.spk"], ["--root", "t", "--manifest", "m", "--title", "T", "app.spk"],
            ["--root", "t", "--title", "T", "--port", "80", "--command", "x", "app.spk"],
            ["--root", "t", "--title", "T", "--command", "'open", "app.spk"],
            ["--root", "t", "--title", "T", "app.spk"], ["--root", "t", "--command", "/x", "app.spk"],
            ["--from-debian", "-o", "--title", "T", "--command", "x", "app.spk"],
        ]) func optionsThatDoNotGoTogether(arguments: [String]) throws
    {
        try workshop.write("t/x", "x")
        let outcome = try workshop.run(["pack"] + arguments)
        #expect(outcome.status != 0)
        #expect(!outcome.errors.isEmpty)
        #expect(!workshop.exists("app.spk"))
    }
}
