import Barchan
import BarchanConformance
import BarchanKernel
import Glibc
import Testing

/// A module that is not part of this package: built by itself, against the contract only, and loaded.
@Suite(.serialized) struct OutOfTreeTests {
    /// `…/Tests/BarchanKernelTests/OutOfTreeTests.swift` is a file of this repository.
    private static let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    /// Builds a copy of the example beside this test's bundle, so that nothing is written into the sources and the
    /// next run has little to build.
    private static let plugins = Result { () throws -> String in
        let folder = "\(buildFolder())/out-of-tree"
        try run(
            "/bin/sh", "-ec",
            """
            umask 022
            package=\(folder)/contrib/examples/out-of-tree-plugin
            rm -rf \(folder)/Sources $package/Sources $package/Package.swift
            mkdir -p \(folder)/plugins \(folder)/Sources $package
            cp -R \(repository)/Sources/Barchan \(folder)/Sources/
            cd \(repository)/contrib/examples/out-of-tree-plugin
            cp -R Package.swift module.map Sources $package/
            cd $package
            swift build >\(folder)/log 2>&1 || { cat \(folder)/log >&2; exit 1; }
            cp .build/debug/libDirectIsolation.so \(folder)/plugins/
            """)
        return "\(folder)/plugins"
    }

    @Test func itIsLoadedAndItsErrorsAreTheHostsErrors() async throws {
        let candidates = ModuleLoader(directories: [try OutOfTreeTests.plugins.get()]).load()
        let plugin = try #require(candidates.first?.plugin, "\(candidates)")
        #expect(candidates.count == 1 && plugin.interface == .isolation && plugin.identifier == "direct")
        let configuration = HostConfiguration(
            dataDirectory: "/data", paths: HostPaths(plugins: "/plugins", programs: "/programs"))
        let isolation = try await Wiring(configuration, candidates: candidates, log: .none).isolation()
        let specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: ["/nowhere"]), data: "/tmp",
            command: Command(arguments: ["/missing"]))
        let (_, grainEnd) = sockets(), (_, output) = sockets()
        // Two copies of the contract would mean that this error is not caught as what it is.
        do {
            _ = try await isolation.launch(
                specification, socket: OwnedDescriptor(takingOwnershipOf: grainEnd),
                output: OwnedDescriptor(takingOwnershipOf: output))
            Issue.record("a program that is not there was started")
        } catch {
            #expect(error.code == .invalidArgument, "\(error)")
        }
    }

    @Test func itRunsAProgram() async throws {
        let candidates = ModuleLoader(directories: [try OutOfTreeTests.plugins.get()]).load()
        let configuration = HostConfiguration(
            dataDirectory: "/data", paths: HostPaths(plugins: "/plugins", programs: "/programs"))
        let isolation = try await Wiring(configuration, candidates: candidates, log: .none).isolation()
        let specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: ["/"]), data: "/tmp",
            command: Command(arguments: ["/bin/sh", "-c", "echo out; echo there >&3; exit 7"]))
        let (hostEnd, grainEnd) = sockets(), (reader, output) = sockets()
        let sandbox = try await isolation.launch(
            specification, socket: OwnedDescriptor(takingOwnershipOf: grainEnd),
            output: OwnedDescriptor(takingOwnershipOf: output))
        #expect(await sandbox.waitForExit() == .exited(status: 7))
        #expect(text(from: hostEnd) == "there\n" && text(from: reader) == "out\n")
        close(hostEnd)
        close(reader)
    }

    @Test func itGuaranteesNothingSoARequirementIsRefused() async throws {
        let candidates = ModuleLoader(directories: [try OutOfTreeTests.plugins.get()]).load()
        var configuration = HostConfiguration(
            dataDirectory: "/data", paths: HostPaths(plugins: "/plugins", programs: "/programs"))
        configuration.choices[.isolation]?.required = [.noNetwork]
        let wiring = Wiring(configuration, candidates: candidates, log: .none)
        let message = await expectError(.unsupported) { _ = try await wiring.isolation() }
        #expect(
            message.hasPrefix(
                "use isolation 'direct': it does not guarantee noNetwork, which the configuration requires"))
    }

    @Test(.enabled(if: access("\(buildFolder())/barchan", X_OK) == 0, "the command is not built"))
    func theCommandShowsIt() async throws {
        let plugins = try OutOfTreeTests.plugins.get(), command = "\(buildFolder())/barchan"
        try run(
            "/bin/sh", "-ec",
            """
            \(command) plugins --json --config /dev/null --plugin-dir \(plugins) --set isolation.provider=direct >\(plugins)/list || true
            grep -q '"name": "direct"' \(plugins)/list
            grep -q '"chosen": true' \(plugins)/list
            ! \(command) plugins --config /dev/null --plugin-dir \(plugins) --set 'isolation.require=["noNetwork"]' >\(plugins)/refusal
            grep -q "does not guarantee noNetwork" \(plugins)/refusal
            rm \(plugins)/list \(plugins)/refusal
            """)
    }

    /// It claims nothing, so that no missing wall counts; but it does not start programs as every back end has to.
    @Test(.enabled(if: access("\(buildFolder())/sandbox-probe", X_OK) == 0, "the command and the probe are not built"))
    func theCommandTriesIt() async throws {
        let plugins = try OutOfTreeTests.plugins.get(), command = "\(buildFolder())/barchan"
        try run(
            "/bin/sh", "-ec",
            """
            ! \(command) conform --config /dev/null --plugin-dir \(plugins) --backend direct --tap >\(plugins)/points
            grep -q '^not ok [0-9]* - direct everyBackEnd start.directory: [^#]*$' \(plugins)/points
            grep -q '^not ok [0-9]* - direct noNetwork network.host.tcp: .* # TODO not claimed$' \(plugins)/points
            grep -q '^ok [0-9]* - direct completeTermination descendantsEnd # SKIP' \(plugins)/points
            rm \(plugins)/points
            """)
    }

    /// The same suite as for the modules of this package: what it promises to everybody is kept, and no check of a wall
    /// that it does not claim is run.
    @Test(.enabled(if: access("\(buildFolder())/sandbox-probe", X_OK) == 0, "the probe is not built"))
    func theConformanceSuiteRunsOnIt() async throws {
        let candidates = ModuleLoader(directories: [try OutOfTreeTests.plugins.get()]).load()
        let configuration = HostConfiguration(
            dataDirectory: "/data", paths: HostPaths(plugins: "/plugins", programs: "/programs"))
        let isolation = try await Wiring(configuration, candidates: candidates, log: .none).isolation()
        let checks = IsolationConformance.checks(probe: "\(buildFolder())/sandbox-probe")
        let kept = checks.filter { ["exactArguments", "exactEnvironment"].contains($0.name) }
        #expect(kept.count == 2)
        for check in kept { try await check.run(on: isolation) }
        let walls = checks.filter { !$0.required.isEmpty }
        #expect(walls.count > 10)
        for check in walls { await #expect(throws: ConformanceSkip.self) { try await check.run(on: isolation) } }
    }

    private func sockets() -> (CInt, CInt) {
        var pair: [CInt] = [-1, -1]
        #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0)
        return (pair[0], pair[1])
    }

    private func text(from descriptor: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
