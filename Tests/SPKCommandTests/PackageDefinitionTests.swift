import Foundation
import Testing

/// Package definitions as app authors have them (specification, sections 2.2 to 2.4).
@Suite struct PackageDefinitionTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    @Test func everythingOfAFolder() throws {
        try workshop.write("src/opt/app/run", "#!/bin/sh", isExecutable: true)
        try workshop.write("src/opt/app/data.txt", "data")
        try workshop.link("src/opt/link", to: "app/run")
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        let paths = try workshop.packed()
        #expect(
            paths == [
                "dev", "opt", "opt/app", "opt/app/data.txt", "opt/app/run", "opt/link", "proc", "proc/cpuinfo",
                "sandstorm-manifest", "tmp", "var",
            ])
        #expect(try workshop.read("out/opt/app/data.txt") == "data")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(workshop.path)/out/opt/link") == "app/run")
        #expect(FileManager.default.isExecutableFile(atPath: "\(workshop.path)/out/opt/app/run"))
        let verified = try workshop.spk("verify", "--details", "app.spk")
        for part in ["\"Defined\"", "\"version\": 7", "\"7.0\"", "/opt/app/run", "A=b"] {
            #expect(verified.output.contains(part), "\(part) in \(verified.output)")
        }
        // A field that this program does not show is packed all the same.
        #expect(try workshop.bytes("out/sandstorm-manifest").range(of: Data("Beschrieben".utf8)) != nil)
    }

    @Test func theFirstMappingWinsAndFoldersAreMerged() throws {
        try workshop.write("one/etc/a", "first")
        try workshop.write("two/etc/a", "second")
        try workshop.write("two/etc/b", "second")
        try workshop.write("three/c", "third")
        try workshop.define(
            searchPath: """
                (sourcePath = "one"), (sourcePath = "two"), (packagePath = "usr/share/app", sourcePath = "three")
                """, alwaysInclude: #"".""#)
        let paths = try workshop.packed()
        #expect(paths.contains("usr/share/app/c"))
        #expect(try workshop.read("out/etc/a") == "first")
        #expect(try workshop.read("out/etc/b") == "second")
    }

    @Test func hiddenPathsAreAbsent() throws {
        for name in ["home/secret", "etc/passwd", "etc/passwd.d/x", "etc/other"] {
            try workshop.write("src/\(name)", name)
        }
        try workshop.define(
            searchPath: #"(sourcePath = "src", hidePaths = ["home", "etc/passwd"])"#, alwaysInclude: #"".""#)
        let paths = try workshop.packed()
        #expect(!paths.contains { $0.hasPrefix("home") })
        #expect(!paths.contains("etc/passwd"))
        #expect(paths.contains("etc/passwd.d/x"))
        #expect(paths.contains("etc/other"))
    }

    @Test func aHiddenPathOfOneMappingIsFoundInTheNext() throws {
        try workshop.write("one/etc/hosts", "hidden")
        try workshop.write("two/etc/hosts", "shown")
        try workshop.define(
            searchPath: #"(sourcePath = "one", hidePaths = ["etc/hosts"]), (sourcePath = "two")"#,
            alwaysInclude: #""etc""#)
        _ = try workshop.packed()
        #expect(try workshop.read("out/etc/hosts") == "shown")
    }

    @Test func aListOfFilesTakesThoseAndTheirFoldersOnly() throws {
        for name in ["usr/lib/a.so", "usr/lib/b.so", "opt/app/run"] { try workshop.write("src/\(name)", name) }
        try workshop.write("files.list", "# a comment\n\n  usr/lib/a.so  \nopt\nsandstorm-manifest\nproc/cpuinfo\n")
        try workshop.define(searchPath: #"(sourcePath = "src")"#, fileList: "files.list")
        let paths = try workshop.packed()
        #expect(paths.contains("usr/lib/a.so"))
        #expect(!paths.contains("usr/lib/b.so"))
        #expect(paths.contains("opt"))
        #expect(!paths.contains("opt/app"))
    }

    @Test func aListAndAlwaysIncludeAreJoined() throws {
        for name in ["lib/a", "lib/deep/b", "etc/c"] { try workshop.write("src/\(name)", name) }
        try workshop.write("files.list", "lib\nlib/a\netc/c\n")
        try workshop.define(
            searchPath: #"(sourcePath = "src")"#, alwaysInclude: #""lib/deep""#, fileList: "files.list")
        let paths = try workshop.packed()
        #expect(Set(["lib/a", "lib/deep/b", "etc/c"]).isSubset(of: Set(paths)))
    }

    @Test func aMappedLinkIsFollowedAndAnyOtherIsNot() throws {
        try workshop.write("real/file", "text")
        try workshop.link("mapped", to: "real")
        try workshop.link("real/link", to: "file")
        try workshop.define(searchPath: #"(packagePath = "app", sourcePath = "mapped")"#, alwaysInclude: #""app""#)
        let paths = try workshop.packed()
        #expect(paths.contains("app/file"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(workshop.path)/out/app/link") == "file")
    }

    @Test func aSocketBecomesAnEmptyFileWithAWarning() throws {
        try workshop.write("src/file", "text")
        #expect(mkfifo("\(workshop.path)/src/pipe", 0o600) == 0)
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        #expect(try workshop.packed().contains("pipe"))
        #expect(try workshop.bytes("out/pipe").isEmpty)
        #expect(try workshop.spk("pack", "again.spk").errors.contains("pipe"))
    }

    @Test func theBridgeIsPackedWhenTheCommandStartsIt() throws {
        try workshop.write("src/file", "text")
        try workshop.define(
            searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#,
            argv: #""/sandstorm-http-bridge", "8000", "--", "/run""#)
        let paths = try workshop.packed()
        #expect(paths.contains("sandstorm-http-bridge"))
        #expect(paths.contains("sandstorm-http-bridge-config"))
    }

    @Test func theBridgeConfigurationIsPackedAsItIs() throws {
        try workshop.write("src/file", "text")
        try workshop.define(
            searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#,
            more: #", bridgeConfig = (viewInfo = (permissions = [(name = "unusual-name")]), apiPath = "/rest/")"#)
        #expect(try workshop.packed().contains("sandstorm-http-bridge"))
        let configuration = try workshop.bytes("out/sandstorm-http-bridge-config")
        #expect(configuration.range(of: Data("unusual-name".utf8)) != nil)
        #expect(configuration.range(of: Data("/rest/".utf8)) != nil)
    }

    @Test func filesAreImportedAndEmbedded() throws {
        try workshop.write("src/file", "text")
        try workshop.write("about.md", "embedded words")
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        let text = try workshop.read("sandstorm-pkgdef.capnp")
        try workshop.write(
            "sandstorm-pkgdef.capnp",
            text.replacing(
                "continueCommand = .command",
                with: "continueCommand = .command, metadata = (description = (defaultText = embed \"about.md\"))"))
        _ = try workshop.packed()
        #expect(try workshop.bytes("out/sandstorm-manifest").range(of: Data("embedded words".utf8)) != nil)
    }

    /// The arguments of a command, and what the warning has to say; nil for none.
    @Test(
        arguments: [
            (#""/bin/run""#, nil), (#""/bin/link""#, nil), (#""/absolute""#, nil), (#""/linked/run""#, nil),
            (#""bin/../bin/./run""#, nil), (#""/var/run-later""#, nil),
            (#""/sandstorm-http-bridge", "8000", "--", "run""#, nil),
            (#""/sandstorm-http-bridge", "8000", "--", "/bin/run", "/missing""#, nil),
            (#""/missing""#, "'/missing' is not in"), (#""run""#, "'run' is not in"),
            (#""/bin/dangling""#, "'/bin/dangling' is not in"), (#""/bin/loop""#, "'/bin/loop' is not in"),
            (#""/bin/run/more""#, "'/bin/run/more' is not in"),
            (#""/bin/text""#, "'/bin/text' is no executable file"), (#""/bin""#, "'/bin' is no executable file"),
            (#""/sandstorm-http-bridge", "8000", "--", "/opt/python3", "x""#, "'/opt/python3' is not in"),
            (#""/sandstorm-http-bridge", "8000", "--", "walk""#, "'walk' is not in"),
        ] as [(String, String?)]) func aProgramThatIsNotThereIsNamed(argv: String, warning: String?) throws
    {
        try workshop.write("src/bin/run", "#!", isExecutable: true)
        try workshop.write("src/bin/text", "text")
        for (name, target) in [
            ("bin/link", "run"), ("absolute", "/linked/../bin/run"), ("linked", "bin"), ("bin/dangling", "no"),
            ("bin/loop", "loop"),
        ] { try workshop.link("src/\(name)", to: target) }
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#, argv: argv)
        let text = try workshop.read("sandstorm-pkgdef.capnp")
        try workshop.write(
            "sandstorm-pkgdef.capnp",
            text.replacing(#"key = "A", value = "b""#, with: #"key = "PATH", value = "/bin""#))
        for errors in [
            try workshop.spk("pack", "--quiet", "--bridge", try workshop.bridge(), "app.spk").errors,
            try workshop.spk("verify", "app.spk").errors,
        ] {
            guard let warning else {
                #expect(errors == "")
                continue
            }
            #expect(errors.contains(warning), "\(errors)")
            // The action's and the other are one.
            #expect(errors.split(separator: "\n").count == 1, "\(errors)")
        }
    }

    @Test func aWarningComesOnceWithAPathAsPeopleWriteIt() throws {
        try workshop.write("opt/app/run", "#!", isExecutable: true)
        #expect(mkfifo("\(workshop.path)/opt/odd", 0o600) == 0)
        try workshop.define(searchPath: #"(sourcePath = ".")"#, alwaysInclude: #""opt", "opt/odd""#)
        let errors = try workshop.spk("pack", "--quiet", "app.spk").errors
        #expect(errors.split(separator: "\n").count == 1 && errors.contains("/opt/odd' is a socket"), "\(errors)")
        #expect(!errors.contains("/./"))
    }

    @Test func theSamePackageTwice() throws {
        try workshop.write("src/a/b/c", "text")
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        try workshop.spk("pack", "one.spk")
        try workshop.spk("pack", "two.spk")
        #expect(try workshop.bytes("one.spk") == workshop.bytes("two.spk"))
    }

    @Test func theDefinitionMayLieInItsOwnFolderOrHaveAnotherName() throws {
        try workshop.write("src/file", "text")
        try workshop.define(
            searchPath: #"(sourcePath = "../src")"#, alwaysInclude: #"".""#, at: ".sandstorm/sandstorm-pkgdef.capnp")
        #expect(try workshop.packed().contains("file"))
        let text = try workshop.read(".sandstorm/sandstorm-pkgdef.capnp")
        try workshop.write("src/other.capnp", text.replacing("const pkgdef", with: "const mine"))
        let named = try workshop.spk("pack", "-p", "src/other.capnp:mine", "named.spk")
        #expect(named.status == 0, "\(named.errors)")
    }

    /// What is wrong, what the error has to name, and how the definition is made wrong.
    @Test(
        arguments: [
            ("alwaysInclude = [\"/etc\"]", "'/etc'"), ("alwaysInclude = [\"missing\"]", "'missing'"),
            ("alwaysInclude = [\"../out\"]", "'..'"), ("alwaysInclude = [", "sandstorm-pkgdef.capnp:"),
            ("alwaysInclude = [1]", "sandstorm-pkgdef.capnp:"), ("fileList = \"none.list\"", "none.list"),
            ("alwaysInclude = [\"proc/../../x\"]", "'..'"),
        ]) func mistakesAreNamed(wrong: String, named: String) throws
    {
        try workshop.write("src/file", "text")
        try workshop.define(searchPath: #"(sourcePath = "src")"#)
        let text = try workshop.read("sandstorm-pkgdef.capnp")
        try workshop.write("sandstorm-pkgdef.capnp", text.replacing("alwaysInclude = []", with: wrong))
        let outcome = try workshop.spk("pack", "app.spk")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains(named), "\(outcome.errors)")
        #expect(!workshop.exists("app.spk"))
    }

    @Test func aConstantThatIsNotThereOrOfAnotherType() throws {
        try workshop.write("src/file", "text")
        try workshop.define(searchPath: #"(sourcePath = "src")"#)
        for name in ["nothing", "command", "pkgdef.id"] {
            let outcome = try workshop.spk("pack", "-p", "sandstorm-pkgdef.capnp:\(name)", "app.spk")
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("'\(name)'"), "\(outcome.errors)")
        }
    }

    @Test func withoutTheKeyNothingIsPacked() throws {
        try workshop.write("src/file", "text")
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        let outcome = try workshop.spk("pack", "-k", "empty-keyring", "app.spk")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("keyring"), "\(outcome.errors)")
    }

    @Test func withoutADefinitionTheErrorSaysHowToMakeOne() throws {
        let outcome = try workshop.spk("pack", "app.spk")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("spk init"), "\(outcome.errors)")
    }
}

/// `spk init` (specification, section 2.2).
@Suite struct InitTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    @Test func whatIsWrittenCanBePacked() throws {
        try workshop.write("app/server.py", "print(1)")
        let outcome = try workshop.spk(
            "init", "-p", "8000", "-I", "app", "-A", "--", "/usr/bin/python3", "server.py", "a \"quoted\" \\ wörd")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let paths = try workshop.packed()
        #expect(!outcome.errors.contains("warning"))
        #expect(paths.contains("server.py"))
        #expect(paths.contains("sandstorm-http-bridge"))
        let details = try workshop.spk("verify", "--details", "app.spk").output
        for part in ["/sandstorm-http-bridge", "\"8000\"", "\"--\"", "/usr/bin/python3", "wörd", "SANDSTORM=1"] {
            #expect(details.contains(part), "\(part) in \(details)")
        }
    }

    /// As the first lines of contrib/examples/README.md have it.
    @Test func theWayToAListOfFilesIsSaid() throws {
        let outcome = try workshop.spk("init", "--port", "8000", "--", "/usr/bin/env", "python3")
        let next = try #require(outcome.output.split(separator: "\n").last { $0.hasPrefix("next:") })
        let dev = try #require(next.firstRange(of: "spk dev"), "\(next)")
        let pack = try #require(next.firstRange(of: "spk pack"))
        #expect(dev.lowerBound < pack.lowerBound)
        let early = try workshop.spk("pack", "app.spk")
        #expect(early.status != 0 && early.errors.contains("sandstorm-files.list"))
        #expect(early.errors.contains("spk dev"), "\(early.errors)")
        // What 'spk dev' writes.
        try workshop.write("sandstorm-files.list", "usr/bin/env\n")
        let packed = try workshop.spk("pack", "--bridge", try workshop.bridge(), "app.spk")
        #expect(packed.status == 0 && packed.errors == "", "\(packed.errors)")
        #expect(try workshop.spk("verify", "app.spk").errors == "")
    }

    @Test func anAppWithoutTheBridge() throws {
        try workshop.write("app/run", "x", isExecutable: true)
        #expect(try workshop.spk("init", "-r", "-I", "app", "-A", "-o", "mine.capnp", "--", "/run").status == 0)
        #expect(try workshop.spk("pack", "-p", "mine.capnp", "app.spk").status == 0)
        #expect(try workshop.spk("unpack", "app.spk", "out").status == 0)
        #expect(!workshop.exists("out/sandstorm-http-bridge"))
    }

    @Test func theMachineIsMappedWithoutItsPeople() throws {
        #expect(try workshop.spk("init", "-p", "8000", "--", "/bin/true").status == 0)
        let text = try workshop.read("sandstorm-pkgdef.capnp")
        for part in ["sourcePath = \"/\"", "\"home\"", "\"proc\"", "\"sys\"", "etc/passwd", "etc/resolv.conf"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func nothingIsOverwritten() throws {
        try workshop.write("sandstorm-pkgdef.capnp", "mine")
        #expect(try workshop.spk("init", "-p", "8000", "--", "/bin/true").status != 0)
        #expect(try workshop.read("sandstorm-pkgdef.capnp") == "mine")
    }

    @Test(arguments: ["80", "1023", "65536", "-1", "x"]) func aPortThatCannotBe(port: String) throws {
        #expect(try workshop.spk("init", "-p", port, "--", "/bin/true").status != 0)
        #expect(!workshop.exists("sandstorm-pkgdef.capnp"))
        #expect(!workshop.exists(".sandstorm-keyring"))
    }
}
