import Barchan
import BarchanConformance
import CLinux
import Glibc
import SPK

/// One way to start a program.
protocol StartWay: Sendable {
    var name: String { get }
    /// Starts the program once. Returns when it is gone.
    func start() async throws -> StartSample
}

/// One start, measured.
struct StartSample {
    /// From the wish to what was waited for, in nanoseconds.
    let total: Int64
    /// The parts of `total`, in order.
    let phases: [(name: String, nanoseconds: Int64)]

    /// - Parameter steps: What was done by when. What was done before `began` was done ahead of time and is no part.
    init(began: Int64, steps: [StartStep]) {
        var last = began
        var phases: [(String, Int64)] = []
        for step in steps where step.nanoseconds >= last {
            phases.append((step.name, step.nanoseconds - last))
            last = step.nanoseconds
        }
        total = last - began
        self.phases = phases
    }
}

/// Nanoseconds of CLOCK_MONOTONIC, which is the same in every sandbox.
func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Waits for a program's first bytes on a thread of its own, so that it takes nobody else's.
struct FirstBytes {
    let what: String
    private let reader: CInt
    /// For the program.
    let writer: CInt

    init(of what: String) throws {
        self.what = what
        (reader, writer) = try TrialDescriptors.pipe()
    }

    /// Begins to wait for the moments of the program's first instruction, as it says, and of the arrival of its first byte.
    /// Returns when the thread waits. The wait ends when the program, which holds the only other writing end, is gone.
    func arrival() async -> Task<[StartStep], any Error> {
        var arrival: Task<[StartStep], any Error>?
        await withCheckedContinuation { waiting in
            arrival = Task { try await steps { waiting.resume() } }
        }
        guard let arrival else { preconditionFailure("the thread says that it waits when its task exists") }
        return arrival
    }

    private func steps(whenWaiting: @escaping @Sendable () -> Void) async throws -> [StartStep] {
        let reader = reader
        let (first, arrived, count) = await onThread {
            whenWaiting()
            var moment: UInt64 = 0
            let count = withUnsafeMutableBytes(of: &moment) { read(reader, $0.baseAddress, $0.count) }
            let arrived = monotonicNanoseconds()
            close(reader)
            return (Int64(clamping: UInt64(littleEndian: moment)), arrived, count)
        }
        guard count == 8 else {
            throw HostError(
                .failed, "start under \(what): the program did not write the moment of its first instruction")
        }
        return [
            StartStep(name: "first instruction", nanoseconds: first),
            StartStep(name: "first byte", nanoseconds: arrived),
        ]
    }
}

/// Starts a program as a child, by posix_spawn, which is vfork and exec.
private func spawnAndMeasure(_ name: String, _ arguments: [String]) async throws -> StartSample {
    let bytes = try FirstBytes(of: name)
    let steps = await bytes.arrival()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, bytes.writer, 1)
    let argv = arguments.map { strdup($0) } + [nil]
    defer { for text in argv { free(text) } }
    var child: pid_t = 0
    let began = monotonicNanoseconds()
    let status = posix_spawn(&child, arguments[0], &actions, nil, argv, [nil])
    close(bytes.writer)
    guard status == 0 else {
        throw HostError(.failed, "start '\(arguments[0])': \(String(cString: strerror(status)))")
    }
    defer { while waitpid(child, nil, 0) < 0 && errno == EINTR {} }
    return StartSample(began: began, steps: try await steps.value)
}

/// The measure of all things.
struct PlainStart: StartWay {
    let ground: BenchGround
    var name: String { "plain" }

    func start() async throws -> StartSample {
        try await spawnAndMeasure(name, [ground.programFile] + ground.command.dropFirst())
    }
}

/// A sandbox of a back end.
struct SandboxStart: StartWay {
    let name: String
    let isolation: any IsolationProvider
    let ground: BenchGround

    func start() async throws -> StartSample {
        let specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: [ground.root]), data: ground.data,
            command: Command(arguments: ground.command))
        let (host, grain) = try TrialDescriptors.socketPair()
        defer { close(host) }
        let bytes = try FirstBytes(of: name)
        let steps = await bytes.arrival()
        let began = monotonicNanoseconds()
        let sandbox = try await isolation.launch(
            specification, socket: OwnedDescriptor(takingOwnershipOf: grain),
            output: OwnedDescriptor(takingOwnershipOf: bytes.writer))
        let arrival = try await steps.value
        _ = await sandbox.waitForExit()
        return StartSample(began: began, steps: ((sandbox as? any TimedSandbox)?.startSteps ?? []) + arrival)
    }
}

/// An app of a package: the way to what its UiView says and to the first answer of its web server.
final class AppStart: StartWay {
    let name: String
    private let isolation: any IsolationProvider
    private let transport: any TransportProvider
    private let specification: SandboxSpecification
    /// Its data directory lives as long as this.
    private let ground: BenchGround

    /// - Parameter package: The directory of an unpacked package.
    init(
        _ name: String, _ isolation: any IsolationProvider, _ transport: any TransportProvider, package: String,
        ground: BenchGround
    ) throws {
        self.name = name
        self.isolation = isolation
        self.transport = transport
        self.ground = ground
        let manifest = try AppManifest(
            manifestFile: readFile("\(package)/sandstorm-manifest", maximumBytes: PackageLimits().manifestBytes))
        guard let action = manifest.actions.first else {
            throw HostError(.invalidArgument, "measure '\(package)': its manifest has no action that makes a grain")
        }
        specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: [package]), data: ground.data, command: action.command)
    }

    func start() async throws -> StartSample {
        let began = monotonicNanoseconds()
        let app = try await launch()
        var steps = (app.sandbox as? any TimedSandbox)?.startSteps ?? []
        do {
            _ = try await app.connection.viewInfo()
            steps.append(StartStep(name: "getViewInfo", nanoseconds: monotonicNanoseconds()))
            _ = try await app.ask()
            steps.append(StartStep(name: "first answer", nanoseconds: monotonicNanoseconds()))
        } catch {
            await app.end()
            throw error
        }
        await app.end()
        return StartSample(began: began, steps: steps)
    }

    /// Starts the app; the caller ends it.
    func launch() async throws -> RunningApp {
        let (host, grain) = try TrialDescriptors.socketPair()
        let (reader, writer) = try TrialDescriptors.pipe()
        // What the app prints is read and dropped, so that it never waits for us.
        let printed = Task { await TrialOutput(reader).drain() }
        let connection = try await transport.connect(
            over: OwnedDescriptor(takingOwnershipOf: host), offering: MemoryGrainHost())
        let sandbox = try await isolation.launch(
            specification, socket: OwnedDescriptor(takingOwnershipOf: grain),
            output: OwnedDescriptor(takingOwnershipOf: writer))
        return RunningApp(connection: connection, sandbox: sandbox, printed: printed)
    }
}

/// An app that was started to be measured.
struct RunningApp {
    let connection: any GrainConnection
    let sandbox: any Sandbox
    fileprivate let printed: Task<Void, Never>

    /// The app's front page, in a session of its own.
    func ask() async throws -> WebResponse {
        let session = try await connection.openWebSession(.bench)
        let answer = try await session.send(WebRequest(method: .get, path: ""))
        await session.close()
        return answer
    }

    func end() async {
        await connection.close()
        await sandbox.terminate()
        await printed.value
    }
}

extension TrialOutput {
    fileprivate func drain() async { while await readSome() != nil {} }
}

extension WebSessionParameters {
    fileprivate static let bench = WebSessionParameters(
        user: UserInfo(
            displayName: "Bench", preferredHandle: "bench", identityID: Array(1...32), permissions: [true, true]),
        basePath: "http://bench.test", userAgent: "bench", acceptableLanguages: ["en"],
        tabID: [UInt8](repeating: 7, count: 16))
}

/// Debian's bubblewrap with the same mounts, namespaces and filter.
struct BubblewrapStart: StartWay {
    let ground: BenchGround
    private let executable: String
    /// A file without a name that holds the filter.
    private let filter: CInt
    var name: String { "bwrap" }

    /// Nil when it is not installed.
    /// - Parameter launcher: The program that prints the filter.
    init?(ground: BenchGround, launcher: String) throws {
        let places: [String] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"]
        guard let found = places.first(where: { access($0, X_OK) == 0 }) else { return nil }
        self.ground = ground
        executable = found
        filter = try BubblewrapStart.filter(launcher)
    }

    private static func filter(_ launcher: String) throws(HostError) -> CInt {
        let file = clinux_memfd_create("filter", 0)
        guard file >= 0 else { throw fileError("make a file for", "the filter") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, file, 1)
        let argv = [strdup(launcher), strdup("--print-filter"), nil]
        defer { for text in argv { free(text) } }
        var child: pid_t = 0
        var status = posix_spawn(&child, launcher, &actions, nil, argv, environ)
        guard status == 0 else {
            throw HostError(.notFound, "start '\(launcher)': \(String(cString: strerror(status)))")
        }
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw HostError(.failed, "'\(launcher) --print-filter' ended with \(status)") }
        return file
    }

    func start() async throws -> StartSample {
        // bubblewrap reads on from where the last one stopped.
        lseek(filter, 0, SEEK_SET)
        return try await spawnAndMeasure(name, [executable] + walls + ground.command)
    }

    private var walls: [String] {
        [
            "--unshare-all", "--die-with-parent", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox",
            "--ro-bind", ground.root, "/", "--bind", ground.data, "/var", "--size", "16777216", "--tmpfs", "/tmp",
            "--size", "1048576", "--tmpfs", "/dev", "--dev-bind", "/dev/null", "/dev/null",
            "--dev-bind", "/dev/zero", "/dev/zero", "--dev-bind", "/dev/urandom", "/dev/random",
            "--dev-bind", "/dev/urandom", "/dev/urandom", "--size", "16777216", "--tmpfs", "/dev/shm",
            "--remount-ro", "/dev", "--ro-bind", "/proc/cpuinfo", "/proc/cpuinfo", "--chdir", "/", "--clearenv",
            "--seccomp", "\(filter)",
        ]
    }
}
