import Barchan
import BarchanKernel
import Glibc
import Synchronization
import Testing

@Suite struct WiringTests {
    private let paths = HostPaths(plugins: "/plugins", programs: "/programs")

    private struct Frontend: FrontendProvider {
        let guarantees: Set<Guarantee> = [.originPerSession]
        func run(for host: any FrontendHost, ready: @escaping @Sendable (FrontendAddress) -> Void)
            async throws(HostError)
        {}
    }

    private static func isolation(_ name: String) -> ModuleCandidate {
        loaded(
            Plugin(
                identifier: name, summary: "", settings: [SettingDefinition("depth", default: .integer(3), "how deep")],
                factory: .isolation { (settings, _) throws(HostError) in
                    #expect(settings.integer("depth") >= 3)
                    return ScriptedGrains()
                }))
    }

    private static func loaded(_ plugin: Plugin) -> ModuleCandidate {
        ModuleCandidate(path: "/plugins/\(plugin.identifier).so", outcome: .loaded(plugin, .host))
    }

    private var candidates: [ModuleCandidate] {
        [
            WiringTests.isolation("walls"),
            WiringTests.loaded(
                Plugin(
                    identifier: "memory", summary: "", factory: .storage { (_, _) throws(HostError) in MemoryStorage() }
                )),
            WiringTests.loaded(
                Plugin(
                    identifier: "script", summary: "",
                    factory: .transport { (_, _) throws(HostError) in ScriptedGrains() })),
            WiringTests.loaded(
                Plugin(identifier: "none", summary: "", factory: .frontend { (_, _) throws(HostError) in Frontend() })),
        ]
    }

    private func wire(
        _ candidates: [ModuleCandidate]? = nil, _ change: (inout HostConfiguration) -> Void = { _ in }
    ) async throws(HostError) -> Providers {
        var configuration = HostConfiguration(dataDirectory: "/data", paths: paths)
        change(&configuration)
        return try await Wiring(configuration, candidates: candidates ?? self.candidates, log: .none).providers()
    }

    @Test func theOnlyProviderOfEachInterfaceIsChosen() async throws { _ = try await wire() }

    @Test func aMissingModuleIsNamedWithWhatWasRefused() async {
        let refused = ModuleCandidate(
            path: "/plugins/x.so", outcome: .refused(HostError(.corrupt, "load module '/plugins/x.so': broken")))
        let message = await expectError(.notFound) { _ = try await wire(Array(candidates.dropFirst()) + [refused]) }
        #expect(
            message
                == "choose isolation: no module offers isolation in '/plugins'; refused were: load module '/plugins/x.so': broken"
        )
    }

    @Test func anUnknownNameIsAnErrorThatListsTheKnown() async {
        let message = await expectError(.notFound) {
            _ = try await wire(candidates + [WiringTests.isolation("other")]) {
                $0.choices[.isolation]?.provider = "wall"
            }
        }
        #expect(message == "choose isolation 'wall': there is: 'other', 'walls' in '/plugins'")
    }

    @Test func twoProvidersNeedAChoice() async throws {
        let both = candidates + [WiringTests.isolation("other")]
        let message = await expectError(.invalidArgument) { _ = try await wire(both) }
        #expect(
            message == "choose isolation: there are several, 'other', 'walls'; name one with provider = in [isolation]")
        _ = try await wire(both) { $0.choices[.isolation]?.provider = "other" }
    }

    @Test func thePreferredOneOfSeveralIsTakenWhenNobodyChose() async throws {
        let several = candidates + [WiringTests.isolation("other")]
        _ = try await wire(several) { $0.choices[.isolation]?.preferred = "other" }
        let message = await expectError(.invalidArgument) {
            _ = try await wire(several) { $0.choices[.isolation]?.preferred = "absent" }
        }
        #expect(message.contains("there are several"))
    }

    @Test func aRequirementThatIsNotKeptIsNamed() async throws {
        _ = try await wire { $0.choices[.isolation]?.required = [.noNetwork] }
        let message = await expectError(.unsupported) {
            _ = try await wire { $0.choices[.isolation]?.required = [.noNetwork, .landlock, .memoryLimit] }
        }
        #expect(
            message
                == "use isolation 'walls': it does not guarantee landlock, memoryLimit, which the configuration requires; here and now it guarantees: noNetwork"
        )
    }

    @Test func settingsAreCheckedBeforeAnythingStarts() async throws {
        _ = try await wire { $0.choices[.isolation]?.settings = ["walls": ["depth": .integer(5)]] }
        let unknown = await expectError(.invalidArgument) {
            _ = try await wire { $0.choices[.isolation]?.settings = ["walls": ["hight": .integer(5)]] }
        }
        #expect(unknown == "read [isolation.walls]: unknown setting 'hight'; known are: depth")
        let section = await expectError(.invalidArgument) {
            _ = try await wire { $0.choices[.isolation]?.settings = ["wals": [:]] }
        }
        #expect(section == "read [isolation.wals]: there is no such isolation; known are: 'walls'")
    }

    /// A provider that needs a setting which has no default.
    private static let needy = loaded(
        Plugin(
            identifier: "needy", summary: "",
            settings: [
                SettingDefinition("program", default: .string(""), ""),
                SettingDefinition("depth", default: .integer(1), ""),
            ],
            factory: .isolation { (settings, _) throws(HostError) in
                throw HostError(
                    .invalidArgument, "setting 'program' is '\(settings.string("program"))'; a path is needed")
            }))

    @Test(arguments: [
        ([:], "read [isolation.needy]: setting 'program' is ''; a path is needed"),
        (["needy": "file, line 3"], "read file, line 3, [isolation.needy]: setting 'program' is ''; a path is needed"),
        (
            ["needy": "file, line 3", "needy.program": "file, line 4"],
            "read file, line 4, [isolation.needy]: setting 'program' is ''; a path is needed"
        ),
    ])
    func aMistakeThatOnlyTheProviderSeesHasItsPlace(_ places: [String: String], _ expected: String) async {
        let message = await expectError(.invalidArgument) {
            _ = try await wire([Self.needy] + candidates.dropFirst()) { $0.choices[.isolation]?.places = places }
        }
        #expect(message == expected)
    }

    @Test(arguments: [
        ("depth", "setting 'depth' is a fraction or a date; an integer is needed"),
        ("width", "unknown setting 'width'; known are: depth, program"),
    ])
    func aValueThatNoSettingTakesIsToldWithWhatIsNeeded(_ name: String, _ expected: String) async {
        let message = await expectError(.invalidArgument) {
            _ = try await wire([Self.needy] + candidates.dropFirst()) {
                $0.choices[.isolation]?.unreadable = ["needy": [name: "a fraction or a date"]]
                $0.choices[.isolation]?.places = ["needy.\(name)": "file, line 4"]
            }
        }
        #expect(message == "read file, line 4, [isolation.needy]: \(expected)")
    }

    @Test func pathsFollowTheInstalledLayoutOrTheBuildFolder() {
        #expect(
            HostPaths(executableDirectory: "/usr/bin") { $0 == "/usr/lib/barchan/plugins" }
                == HostPaths(plugins: "/usr/lib/barchan/plugins", programs: "/usr/libexec/barchan"))
        #expect(
            HostPaths(executableDirectory: "/src/.build/debug") { _ in false }
                == HostPaths(plugins: "/src/.build/debug", programs: "/src/.build/debug"))
        #expect(
            HostPaths(executableDirectory: "/bin") { $0 == "/lib/barchan/plugins" }
                == HostPaths(plugins: "/lib/barchan/plugins", programs: "/libexec/barchan"))
    }

    // MARK: Back ends by app

    /// Says its name instead of launching.
    private struct Refusing: IsolationProvider {
        let name: String
        var guarantees: Set<Guarantee> = [.noNetwork]
        var fileOwner = FileOwner(user: 7, group: 7)

        func launch(
            _ specification: SandboxSpecification, socket: consuming OwnedDescriptor,
            output: consuming OwnedDescriptor
        ) async throws(HostError) -> any Sandbox { throw HostError(.failed, name) }

        var candidate: ModuleCandidate {
            WiringTests.loaded(
                Plugin(identifier: name, summary: "", factory: .isolation { (_, _) throws(HostError) in self }))
        }
    }

    private static let app = AppID(String(repeating: "0", count: 52))
    private static let otherApp = AppID(String(repeating: "1", count: 52))

    private func wire(
        _ backEnds: [Refusing], _ change: @Sendable (inout HostConfiguration) -> Void
    ) async throws(HostError) -> any IsolationProvider {
        try await wire(backEnds.map(\.candidate) + candidates.dropFirst()) {
            $0.choices[.isolation]?.provider = "usual"
            change(&$0)
        }.isolation
    }

    @Test func anAppsGrainsAreLaunchedByItsBackEnd() async throws {
        let app = try #require(Self.app)
        let isolation = try await wire([Refusing(name: "usual"), Refusing(name: "other")]) {
            $0.appIsolation[app] = "other"
        }
        for (app, expected) in [(Self.app, "other"), (Self.otherApp, "usual"), (nil, "usual")] {
            var specification = SandboxSpecification(
                grain: .random(), package: PackageTree(layers: ["/"]), data: "/", command: Command(arguments: ["/"]))
            specification.app = app
            let message = await expectError(.failed) {
                let null = OwnedDescriptor(takingOwnershipOf: open("/dev/null", O_RDONLY))
                let other = OwnedDescriptor(takingOwnershipOf: open("/dev/null", O_RDONLY))
                _ = try await isolation.launch(specification, socket: null, output: other)
            }
            #expect(message == expected)
        }
    }

    @Test func aBackEndOfAnAppHasToGuaranteeWhatIsRequired() async throws {
        let app = try #require(Self.app)
        let weak = Refusing(name: "weak", guarantees: [])
        let message = await expectError(.unsupported) {
            _ = try await wire([Refusing(name: "usual"), weak]) {
                $0.appIsolation[app] = "weak"
                $0.choices[.isolation]?.required = [.noNetwork]
            }
        }
        #expect(message.hasPrefix("use isolation 'weak': it does not guarantee noNetwork"))
    }

    @Test func aBackEndThatIsNotThereIsNamed() async throws {
        let app = try #require(Self.app)
        let message = await expectError(.notFound) {
            _ = try await wire([Refusing(name: "usual")]) { $0.appIsolation[app] = "absent" }
        }
        #expect(message == "use isolation 'absent' for app '\(app)': there is no such module; known are: 'usual'")
    }

    @Test func whatABackEndDoesNotKeepIsSaidAtTheStart() async throws {
        let app = try #require(Self.app), said = Mutex<[String]>([])
        let log = HostLog { level, text in if level == .warning { said.withLock { $0.append(text) } } }
        var configuration = HostConfiguration(dataDirectory: "/data", paths: paths)
        configuration.choices[.isolation]?.provider = "usual"
        configuration.appIsolation[app] = "other"
        configuration.limits.grain.sandbox.processes = nil
        configuration.limits.apps[app] = [.ioWeight: 50]
        let all: Set<Guarantee> = [.privateFileSystem, .memoryLimit]
        let backEnds = [
            Refusing(name: "usual", guarantees: all.subtracting([.memoryLimit])),
            Refusing(name: "other", guarantees: all.union([.unixSocketsOnly])),
            Refusing(name: "unused", guarantees: []),
        ]
        _ = try await Wiring(
            configuration, candidates: backEnds.map(\.candidate) + candidates.dropFirst(), log: log
        ).providers()
        let end = "; 'barchan doctor' says what can be done"
        #expect(
            said.withLock { $0 } == [
                "isolation 'usual': memoryMiB may not hold for its grains, because it does not guarantee memoryLimit"
                    + end,
                "isolation 'other': ioWeight may not hold for its grains, because it does not guarantee ioWeight" + end,
                "isolation 'other': apps behind the HTTP bridge do not start, because they need a loopback and it guarantees unixSocketsOnly"
                    + end,
            ])
    }

    @Test func filesOfGrainsHaveOneOwner() async throws {
        let app = try #require(Self.app)
        let other = Refusing(name: "other", fileOwner: FileOwner(user: 8, group: 8))
        let message = await expectError(.invalidArgument) {
            _ = try await wire([Refusing(name: "usual"), other]) { $0.appIsolation[app] = "other" }
        }
        #expect(message.contains("would belong to user 8, those of others to 7"))
    }
}
