import Barchan
import CLinux
import Glibc

/// A package with nothing but `sandbox-probe` and the mount points, an empty volume, and programs run on them.
///
/// Lives in a temporary directory that goes with it.
public final class IsolationTrial: Sendable {
    public let provider: any IsolationProvider
    public var directory: String { place.path }
    private let place: TemporaryDirectory

    public var package: String { "\(directory)/package" }
    public var data: String { "\(directory)/data" }

    /// - Parameter probe: Path of the static `sandbox-probe`.
    public init(_ provider: any IsolationProvider, probe: String) throws {
        self.provider = provider
        place = try TemporaryDirectory()
        for name in ["package", "package/dev", "package/tmp", "package/var", "package/proc", "data"] {
            try TemporaryTree.makeDirectory("\(directory)/\(name)")
        }
        try TemporaryTree.write([], to: "\(directory)/package/proc/cpuinfo", mode: 0o644)
        try TemporaryTree.copy(probe, to: "\(directory)/package/probe")
        let owner = provider.fileOwner
        try require(
            chmod(data, 0o770) == 0 && (geteuid() != 0 || chown(data, owner.user, owner.group) == 0),
            "the volume cannot be given to \(owner)")
    }

    public func specification(_ arguments: [String], environment: [String] = []) -> SandboxSpecification {
        SandboxSpecification(
            grain: .random(), package: PackageTree(layers: [package]), data: data,
            command: Command(arguments: arguments, environment: environment))
    }

    /// Starts the probe with these families and actions.
    public func start(
        _ arguments: [String], environment: [String] = [], limits: SandboxLimits = SandboxLimits()
    ) async throws -> RunningTrial {
        var specification = specification(["/probe"] + arguments, environment: environment)
        specification.limits = limits
        return try await start(specification)
    }

    public func start(_ specification: SandboxSpecification) async throws -> RunningTrial {
        let (host, grain) = try TrialDescriptors.socketPair()
        let (reader, writer) = try TrialDescriptors.pipe()
        let sandbox = try await provider.launch(
            specification, socket: OwnedDescriptor(takingOwnershipOf: grain),
            output: OwnedDescriptor(takingOwnershipOf: writer))
        return RunningTrial(sandbox: sandbox, output: TrialOutput(reader), socket: TrialOutput(host))
    }

    /// Opens a file of the host ten times while a sandbox watches what it has under that name (inotify(7)).
    /// - Returns: What the probe says it saw: `watched`, and how often.
    public func watch(_ path: String) async throws -> String? {
        let running = try await start(["watch-when-told", path])
        try require(await running.output.line() == "watching ok", "it cannot watch")
        for _ in 0..<10 { close(open(path, O_RDONLY | O_CLOEXEC)) }
        try require(write(running.socket.descriptor, "x", 1) == 1, "it cannot be told")
        let seen = await running.output.line()
        await running.sandbox.terminate()
        return seen
    }

    /// Runs the probe until its first process ends, and then ends the sandbox.
    public func facts(
        _ arguments: [String], environment: [String] = [], limits: SandboxLimits = SandboxLimits()
    ) async throws -> ProbeFacts {
        try await start(arguments, environment: environment, limits: limits).finish()
    }

    /// The error of a launch that must not succeed.
    public func refusal(of specification: SandboxSpecification) async throws -> HostError {
        do {
            let running = try await start(specification)
            await running.sandbox.terminate()
        } catch let error as HostError {
            return error
        }
        throw ConformanceFailure("it was launched")
    }
}

/// A probe that runs, and the host's ends of its descriptors.
public struct RunningTrial: Sendable {
    public let sandbox: any Sandbox
    public let output: TrialOutput
    public let socket: TrialOutput

    /// What the first process says until it ends, and how it ended. Then the sandbox is ended, and nobody waits for what a
    /// back end leaves of it.
    public func finish() async -> ProbeFacts {
        async let lines = output.rest()
        let exit = await sandbox.waitForExit()
        await sandbox.terminate()
        // All that the first process wrote is in the pipe by now; whoever is left may hold it for ever.
        output.stopWaiting()
        return ProbeFacts(lines: await lines, exit: exit)
    }

    /// Waits until no process holds the output any more.
    /// - Parameter time: How long, at most. A sandbox that ends takes moments.
    public func requireNobodyLeft(within time: Duration = .seconds(60)) async throws {
        let output = output
        let limit = Task {
            try await Task.sleep(for: time)
            output.stopWaiting()
        }
        _ = await output.rest()
        limit.cancel()
        guard case .success = await limit.result else { return }
        await sandbox.terminate()
        throw ConformanceFailure("a process holds the output \(time) after the end")
    }
}

/// What a probe said.
public struct ProbeFacts: Sendable {
    public let lines: [String]
    public let exit: SandboxExit

    public init(lines: [String], exit: SandboxExit) {
        self.lines = lines
        self.exit = exit
    }

    /// The value behind `name`; names may contain spaces.
    public subscript(name: String) -> String? { all(name).first }

    public func all(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// Throws unless the fact is exactly this.
    public func require(_ name: String, _ expected: String...) throws {
        let found = self[name] ?? "nothing"
        guard !expected.contains(found) else { return }
        throw ConformanceFailure(
            "'\(name)' is '\(found)', not '\(expected.joined(separator: "' or '"))' (ended: \(exit))")
    }
}

/// A descriptor that is read on threads of its own, so that waiting for a sandbox blocks nobody else.
public final class TrialOutput: @unchecked Sendable {
    // Used by one caller at a time.
    public let descriptor: CInt
    private var buffer: [UInt8] = []
    /// Readable when nobody waits for more (eventfd(2)).
    private let enough = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))

    public init(_ descriptor: CInt) { self.descriptor = descriptor }
    deinit {
        close(descriptor)
        if enough >= 0 { close(enough) }
    }

    /// What is there already is still read; then comes the end. May be called while another reads.
    public func stopWaiting() {
        var one: UInt64 = 1
        _ = write(enough, &one, 8)
    }

    /// The next line without its end, or nil after the last.
    public func line() async -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeSubrange(...end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            guard let bytes = await readSome() else { return nil }
            buffer += bytes
        }
    }

    /// Every line up to the end, which comes when no process holds the other end any more, or after ``stopWaiting()``.
    public func rest() async -> [String] {
        var lines: [String] = []
        while let line = await line() { lines.append(line) }
        return lines
    }

    public func readSome() async -> [UInt8]? {
        let descriptor = descriptor, enough = enough
        return await onThread {
            var sources = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: enough, events: Int16(POLLIN), revents: 0),
            ]
            while poll(&sources, 2, -1) < 0 && errno == EINTR {}
            guard sources[0].revents != 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &bytes, bytes.count)
            return count > 0 ? Array(bytes.prefix(count)) : nil
        }
    }
}

/// Runs what blocks on a thread of its own.
public func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        let work = Unmanaged.passRetained(ThreadWork { continuation.resume(returning: body()) })
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if result == 0 { pthread_detach(thread) } else { work.takeRetainedValue().body() }
    }
}

private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
