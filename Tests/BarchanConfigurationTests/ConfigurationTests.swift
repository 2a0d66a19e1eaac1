import Barchan
import BarchanConfiguration
import BarchanKernel
import Glibc
import Testing

@Suite struct ConfigurationTests {
    private let paths = HostPaths(plugins: "/plugins", programs: "/programs")

    private func read(_ text: String) throws(HostError) -> HostConfiguration {
        var configuration = HostConfiguration(dataDirectory: "/data", paths: paths)
        try ConfigurationFile(text: text, name: "test.toml").apply(to: &configuration)
        return configuration
    }

    private func message(_ text: String) -> String {
        do throws(HostError) {
            _ = try read(text)
            return "no error"
        } catch {
            #expect(error.code == .invalidArgument)
            return error.message
        }
    }

    @Test func nothingMeansDefaults() throws {
        let configuration = try read("")
        #expect(configuration == HostConfiguration(dataDirectory: "/data", paths: paths))
        #expect(configuration.pluginDirectories == ["/plugins"])
        #expect(configuration.life.idle == .seconds(5) && configuration.life.sessionLifetime == .seconds(180))
        #expect(configuration.choices[.isolation] == ProviderChoice())
    }

    @Test func everySectionIsRead() throws {
        let configuration = try read(
            """
            [host]
            data = "/srv/barchan"
            plugins = ["/a", "/b"]
            programs = "/libexec"
            log = "debug"
            [grains]
            idleSeconds = 20
            [limits]
            memoryMiB = 256
            processes = 0
            [isolation]
            provider = "namespace"
            require = ["noNetwork", "syscallFilter"]
            [isolation.namespace]
            depth = 3
            strict = true
            name = "x"
            list = ["a"]
            [isolation.other]
            empty = []
            """)
        #expect(configuration.dataDirectory == "/srv/barchan" && configuration.pluginDirectories == ["/a", "/b"])
        #expect(configuration.programDirectory == "/libexec" && configuration.logLevel == .debug)
        #expect(configuration.life.idle == .seconds(20))
        #expect(configuration.limits.grain.sandbox.memoryBytes == 256 << 20)
        #expect(configuration.limits.grain.sandbox.processes == nil)
        let isolation = try #require(configuration.choices[.isolation])
        #expect(isolation.provider == "namespace" && isolation.required == [.noNetwork, .syscallFilter])
        #expect(
            isolation.settings == [
                "namespace": [
                    "depth": .integer(3), "strict": .boolean(true), "name": .string("x"), "list": .strings(["a"]),
                ],
                "other": ["empty": .strings([])],
            ])
    }

    @Test(arguments: [
        (
            "[hosts]", 1,
            "unknown section [hosts]; known are: apps, backups, grains, host, limits, mail, people, isolation, storage, transport, frontend"
        ),
        (
            "[host]\ndate = \"/x\"", 2,
            "unknown key 'date' in [host]; known are: data, log, logFormat, plugins, programs"
        ),
        (
            "[isolation]\nprovidr = \"x\"", 2,
            "unknown key 'providr' in [isolation]; known are: provider, require, and a section [isolation.NAME] for each provider"
        ),
        (
            "data = \"/x\"", 1,
            "'data' stands outside of a section; sections are: apps, backups, grains, host, limits, mail, people, isolation, storage, transport, frontend"
        ),
        ("[host]\n\n# here\ndata = 3", 4, "host.data is an integer; a string is needed"),
        ("[host]\ndata = \"here\"", 2, "host.data is 'here'; an absolute path is needed"),
        ("[host]\nlog = \"loud\"", 2, "host.log is 'loud'; it must be one of: debug, info, warning, error"),
        ("[host]\nlog = 1.5", 2, "host.log is a fraction or a date; a string is needed"),
        ("[host]\nplugins = []", 2, "host.plugins must be a list of absolute paths"),
        (
            "[host]\nplugins = [\n1 ]", 2,
            "host.plugins is a list of other things than strings; a list of absolute paths is needed"
        ),
        ("[grains]\nidleSeconds = -1", 2, "grains.idleSeconds is -1; 0 to 86400 is allowed"),
        ("[grains]\nidleSeconds = \"5\"", 2, "grains.idleSeconds is a string; an integer is needed"),
        ("[grains]\nidleSeconds = 1.5", 2, "grains.idleSeconds is a fraction or a date; an integer is needed"),
        ("[grains]\n[grains.idleSeconds]", 2, "grains.idleSeconds is a section; an integer is needed"),
        ("[backups]\nverify = 1", 2, "backups.verify is an integer; true or false is needed"),
        ("[isolation]\nprovider = 1", 2, "isolation.provider is an integer; a string is needed"),
        ("[isolation]\nrequire = \"noNetwork\"", 2, "isolation.require is a string; a list of strings is needed"),
        ("[host]\r\ndata = \"\"\"\r\n/x\"\"\"\r\nlog = 1", 4, "host.log is an integer; a string is needed"),
    ])
    func aMistakeSaysWhereItIsAndWhatIsKnown(_ text: String, _ line: Int, _ expected: String) {
        #expect(message(text) == "read configuration 'test.toml', line \(line): \(expected)")
    }

    @Test(arguments: [
        ("[host]\ndata = \n", "line 2: a value is missing"), ("[host\n", "line 1: the name of a section has no ']'"),
        ("[]", "line 1: a name is missing"), ("[[host]", "line 1: the name of a section has no ']'"),
        ("[host]\n\n[host]", "line 3: section [host] is there twice"),
        ("[host]\nlog = info", "line 2: 'info' is no value; text needs quotation marks"),
        ("[host]\ndata", "line 2: 'data' has no '='"), ("[host]\ndata = \"x", "line 2: a text has no end"),
        ("[host]\ndata = \"x\ny\"", "line 2: a text has no end in its line"),
        ("[host]\na = 1\na = 2", "line 3: 'a' is there twice"),
        ("[host] data = 1", "line 1: more text behind the end of an entry"),
        ("[host]\na = [1, 2", "line 2: a list has no ']'"),
        ("[host]\na = \"\\q\"", "line 2: an unknown escape in a text"),
        ("[host]\na = 01", "line 2: '01' is no number, or too large"),
        ("[host]\na = 9223372036854775808", "line 2: '9223372036854775808' is no number, or too large"),
        ("[isolation]\nx = 1\n[isolation.x]", "line 3: 'x' is there already and no section"),
    ])
    func aMistakeInTheSyntaxHasAPlace(_ text: String, _ expected: String) {
        #expect(message(text) == "read configuration 'test.toml', \(expected)")
    }

    /// Forms of the TOML 1.0 specification.
    @Test(arguments: [
        ("a = 0xff", SettingValue.integer(255)), ("a = 0o17", .integer(15)), ("a = 0b101", .integer(5)),
        ("a = -1_000", .integer(-1000)),
        ("a = +7", .integer(7)), ("a = 0", .integer(0)), ("a = -9223372036854775808", .integer(.min)),
        ("\"a\" = 'c:\\x'", .string("c:\\x")),
        ("a = \"\\u00e9\\t\\U0001F600\"", .string("é\t😀")), ("a = \"\"\"\nx\ny\"\"\"", .string("x\ny")),
        ("a = \"\"\"x \\\n   y\"\"\"", .string("x y")), ("a = '''\n'x' ''''", .string("'x' '")),
        ("a = []", .strings([])),
        ("a = [ # comment\n 'x', \"y\",\n]", .strings(["x", "y"])), ("a = true # yes", .boolean(true)),
        ("a=1\r\n", .integer(1)),
    ])
    func everyFormOfAValueIsRead(_ text: String, _ value: SettingValue) throws {
        #expect(try read("[isolation.x]\n\(text)").choices[.isolation]?.settings["x"] == ["a": value])
    }

    @Test func sectionsCanBeWrittenInSeveralWays() throws {
        func choice(_ text: String) throws -> ProviderChoice? {
            var choice = try read(text).choices[.isolation]
            choice?.places = [:]
            return choice
        }
        let expected = try choice("[isolation]\nprovider = \"p\"\n[isolation.p]\na = 1\nb = 2")
        #expect(expected?.settings == ["p": ["a": .integer(1), "b": .integer(2)]])
        #expect(try choice("isolation.provider = \"p\"\nisolation.p.a = 1\nisolation.p.b = 2") == expected)
        #expect(try choice("[isolation]\nprovider = \"p\"\np = { a = 1, b = 2 }") == expected)
        #expect(try choice("[ isolation . 'p' ]\na = 1\nb = 2\n[isolation]\nprovider = \"p\"") == expected)
    }

    /// What a provider's setting has to be is known when its module is there: the place is kept until then.
    @Test func settingsOfProvidersHavePlaces() throws {
        let text = "[isolation.p]\na = 1\nb = 1.5\nc = [\n1]\n[isolation.p.d]\ne = 1"
        let choice = try #require(try read(text).choices[.isolation])
        #expect(choice.settings == ["p": ["a": .integer(1)]])
        #expect(
            choice.unreadable
                == ["p": ["b": "a fraction or a date", "c": "a list of other things than strings", "d": "a section"]])
        let lines = ["p": 1, "p.a": 2, "p.b": 3, "p.c": 4, "p.d": 6]
        #expect(choice.places == lines.mapValues { "configuration 'test.toml', line \($0)" })
        // A later value takes the place of one that cannot be read, with its own place.
        let later = try withFile(text) {
            try ConfigurationLoader.load(
                file: $0, overrides: ["isolation.p.b=2"], paths: paths, dataDirectory: "/data")
        }.choices[.isolation]
        #expect(later?.settings["p"]?["b"] == .integer(2) && later?.unreadable["p"]?["b"] == nil)
        #expect(later?.places["p.b"] == "configuration '--set isolation.p.b=2'")
    }

    @Test(arguments: [
        "[host", "= 1", "[host]\ndata = \"\u{0}\"", String(repeating: "[", count: 50_000),
        "a = " + String(repeating: "[", count: 50_000),
    ])
    func noTextCrashesTheReader(_ text: String) { #expect(message(text) != "no error") }

    /// Random lines of the characters that mean something, the same at every run.
    @Test func noTextStopsTheReader() {
        let alphabet = Array("[]{}a1.\"'=\n #,\\-_\u{e9}\tt:+".unicodeScalars)
        var state: UInt64 = 42
        for _ in 0..<30_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<14 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            _ = try? read(String(text))
        }
    }

    @Test(arguments: [
        ("grains.idleSeconds=9", "grains.idleSeconds = 9"),
        ("isolation.provider=direct", "isolation.provider = \"direct\""),
        ("frontend.http.base=http://x:1", "frontend.http.base = \"http://x:1\""),
        ("isolation.require=[\"a\"]", "isolation.require = [\"a\"]"),
        ("isolation.x.on=true", "isolation.x.on = true"), ("host.data=/a\"b\\c", "host.data = \"/a\\\"b\\\\c\""),
    ])
    func anOverrideIsOneValue(_ override: String, _ toml: String) throws {
        var configuration = try withFile {
            try ConfigurationLoader.load(file: $0, overrides: [override], paths: paths, dataDirectory: "/data")
        }
        var expected = try read(toml)
        expected.choices[.isolation]?.preferred = "namespace"
        for interface in PluginInterface.allCases {
            expected.choices[interface]?.places = [:]
            configuration.choices[interface]?.places = [:]
        }
        #expect(configuration == expected)
    }

    @Test func overridesComeAfterTheFile() throws {
        let configuration = try withFile("[grains]\nidleSeconds = 7\nstartSeconds = 8\n") {
            try ConfigurationLoader.load(
                file: $0, overrides: ["grains.idleSeconds=9"], paths: paths, dataDirectory: "/data")
        }
        #expect(configuration.life.idle == .seconds(9) && configuration.life.startLimit == .seconds(8))
    }

    /// What an app's section leaves out is as for all, whichever stands first.
    @Test func limitsOfOneApp() throws {
        let app = "0dp7n6ehj8r5ttfc0fj0au6gxkuy1nhw2kx70wussfa1mqj8tf80"
        let text = """
            [apps.\(app)]
            memoryMiB = 4096
            processorWeight = 50
            logBurstKiB = 8
            [limits]
            memoryMiB = 256
            processes = 40
            """
        let limits = try withFile(text) {
            try ConfigurationLoader.load(
                file: $0, overrides: ["apps.\(app).ioWeight=10"], paths: paths, dataDirectory: "/data")
        }.limits
        let special = limits.grain(of: AppID(app))
        #expect(special.sandbox.memoryBytes == 4096 << 20 && special.sandbox.processes == 40)
        #expect(special.sandbox.processorWeight == 50 && special.sandbox.ioWeight == 10)
        #expect(special.logBurstBytes == 8 << 10)
        #expect(limits.grain(of: nil) == limits.grain && limits.grain.sandbox.memoryBytes == 256 << 20)
    }

    @Test(arguments: [
        ("[apps.wiki]\nmemoryMiB = 1", "'wiki' is no app's ID"),
        ("[apps]\nmemoryMiB = 1", "'memoryMiB' is no app's ID"),
        ("[apps.0dp7n6ehj8r5ttfc0fj0au6gxkuy1nhw2kx70wussfa1mqj8tf80]\nmemory = 1", "unknown key 'memory'"),
        (
            "[apps.0dp7n6ehj8r5ttfc0fj0au6gxkuy1nhw2kx70wussfa1mqj8tf80]\nioWeight = 1001",
            "is 1001; 1 to 1000 is allowed"
        ),
        (
            "[apps.0dp7n6ehj8r5ttfc0fj0au6gxkuy1nhw2kx70wussfa1mqj8tf80]\nprocesses = \"x\"",
            "processes is a string; an integer is needed"
        ),
    ])
    func mistakesInAnAppsLimits(_ text: String, _ message: String) throws {
        let error = try #require(throws: HostError.self) {
            try withFile(text) { try ConfigurationLoader.load(file: $0, paths: paths, dataDirectory: "/data") }
        }
        #expect(error.message.contains(message), "\(error)")
    }

    @Test func anAppMayHaveABackEndOfItsOwn() throws {
        let app = "0dp7n6ehj8r5ttfc0fj0au6gxkuy1nhw2kx70wussfa1mqj8tf80"
        let text = "[apps.\(app)]\nisolation = \"bubblewrap\"\n"
        let configuration = try withFile(text) {
            try ConfigurationLoader.load(file: $0, paths: paths, dataDirectory: "/data")
        }
        #expect(configuration.appIsolation == [try #require(AppID(app)): "bubblewrap"])
        #expect(configuration.choices[.isolation]?.preferred == "namespace")
        for (text, message) in [
            ("[apps.\(app)]\nisolation = 3", "apps.\(app).isolation is an integer; a string is needed"),
            ("[apps.wiki]\nisolation = \"oci\"", "'wiki' is no app's ID"),
            ("[apps.\(app)]\nisolated = \"oci\"", "unknown key 'isolated' in [apps.\(app)]"),
        ] {
            let error = try #require(throws: HostError.self) {
                try withFile(text) { try ConfigurationLoader.load(file: $0, paths: paths, dataDirectory: "/data") }
            }
            #expect(error.message.contains(message), "\(error)")
        }
    }

    @Test(arguments: ["x", "x=1", "=", "a.b"])
    func anOverrideWithoutSectionIsAnError(_ override: String) throws {
        #expect(throws: HostError.self) {
            try withFile {
                try ConfigurationLoader.load(file: $0, overrides: [override], paths: paths, dataDirectory: "/data")
            }
        }
    }

    /// The example documents every key, with its default.
    @Test func theExampleIsComplete() throws {
        let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let example = "\(repository)/contrib/examples/barchan.toml"
        let configuration = try ConfigurationLoader.load(file: example, paths: paths, dataDirectory: "/data")
        let defaults = try withFile { try ConfigurationLoader.load(file: $0, paths: paths, dataDirectory: "/data") }
        #expect(configuration == defaults)
        let file = try #require(fopen(example, "re"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        for (section, keys) in ConfigurationKeys.all {
            #expect(text.contains("[\(section)]"))
            for key in keys {
                #expect(text.contains("\n\(key.name) = ") || text.contains("\n# \(key.name) = "), "\(key.name)")
            }
        }
        for interface in PluginInterface.allCases {
            #expect(text.contains("\n[\(interface.rawValue)]\n# provider = "))
        }
    }

    @Test func aNamedFileMustExist() {
        #expect(throws: HostError.self) {
            try ConfigurationLoader.load(file: "/nowhere/barchan.toml", paths: paths, dataDirectory: "/data")
        }
    }

    /// What cannot be read is not an empty file, and not the half of it that could.
    @Test func aFileThatCannotBeReadIsRefused() {
        for path in ["/", "/proc/self/mem"] {
            let error = #expect(throws: HostError.self) { _ = try ConfigurationLoader.load(file: path) }
            #expect(error?.message.hasPrefix("read configuration '\(path)': I") == true, "\(String(describing: error))")
        }
    }

    @Test func aHugeFileIsRefused() throws {
        #expect(throws: HostError.self) {
            try withFile(String(repeating: "# x\n", count: 1 << 19)) {
                try ConfigurationLoader.load(file: $0, paths: paths, dataDirectory: "/data")
            }
        }
    }

    /// Calls `body` with the path of a file that is there meanwhile.
    private func withFile<Result>(_ text: String = "", _ body: (String) throws -> Result) throws -> Result {
        var template = Array("/tmp/barchan-config-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw CancellationError() }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(descriptor)
            unlink(path)
        }
        let bytes = Array(text.utf8)
        _ = write(descriptor, bytes, bytes.count)
        return try body(path)
    }
}
