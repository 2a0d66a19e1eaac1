import Barchan
import BarchanConformance
import CLinux
import Glibc
import SandboxProtocol
import Testing

/// Whoever dies, every grain goes along.
@Suite(.timeLimit(.minutes(10)))
struct LauncherLifeTests {
    /// A grain with daemons that ignore every signal; the pipe ends when all of them are gone.
    private func running(_ trial: IsolationTrial) async throws -> RunningTrial {
        let running = try await trial.start(["descendants", "ignore", "wait"])
        try require(await running.output.line() == "descendants 3", "the probe does not run")
        return running
    }

    @Test(arguments: [false, true]) func killedLauncherEndsEveryGrain(_ killsInner: Bool) async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            // A name of its own makes the processes of this test recognizable.
            let launcher = "\(directory.path)/barchan-sandbox"
            try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
            let provider = try await Machine.provider(["launcher": .string(launcher)])
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let first = try await running(trial), second = try await running(trial)
            let processes = try LauncherProcesses(program: launcher)
            try require(kill(killsInner ? processes.inner : processes.keeper, SIGKILL) == 0, "it cannot be killed")
            _ = await first.output.rest()
            _ = await second.output.rest()
            guard case .lost = await first.sandbox.waitForExit() else {
                throw ConformanceFailure("the sandbox was not lost")
            }
            await second.sandbox.terminate()
            // Another one comes by itself, and the next launch goes there.
            while (try? LauncherProcesses(program: launcher).keeper) ?? processes.keeper == processes.keeper {
                try await Task.sleep(for: .milliseconds(20))
            }
            let facts = try await trial.facts(["exit", "5"])
            #expect(facts.exit == .exited(status: 5))
        }
    }

    /// Stopped, it reads nothing, and not even the end of its socket.
    @Test(arguments: [false, true]) func aLauncherThatDoesNotAnswerIsEndedByForce(_ stopsInner: Bool) async throws {
        try await skipping {
            let directory = try TemporaryDirectory(), launcher = "\(directory.path)/barchan-sandbox"
            try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
            let provider = try await Machine.provider(["launcher": .string(launcher)])
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let grain = try await running(trial), processes = try LauncherProcesses(program: launcher)
            try require(kill(stopsInner ? processes.inner : processes.keeper, SIGSTOP) == 0, "it cannot be stopped")
            try require(provider as? any AbortableIsolationProvider, "it cannot be ended by force").abort()
            _ = await grain.output.rest()
            guard case .lost = await grain.sandbox.waitForExit() else {
                throw ConformanceFailure("the sandbox was not lost")
            }
        }
    }

    /// The host's end of the control socket is held by a process that is then killed, as a host would be.
    @Test func killedHostEndsEveryGrain() async throws {
        try await skipping {
            _ = try await Machine.provider()
            let owner =
                geteuid() == 0
                ? FileOwner(user: 1_900_000_000, group: 1_900_000_000) : FileOwner(user: geteuid(), group: getegid())
            let trial = try IsolationTrial(OwnerOnly(fileOwner: owner), probe: Programs.path("sandbox-probe"))
            let (host, control) = try messageSockets()
            let launcher = try Command.start(
                [
                    Programs.path("barchan-sandbox"), "--user", "\(owner.user)", "--group", "\(owner.group)", "--pool",
                    "1",
                ],
                descriptor: control)
            close(control)
            let (reader, writer) = try TrialDescriptors.pipe()
            let (_, socket) = try TrialDescriptors.socketPair()
            try expect(host) { if case .ready = $0 { true } else { false } }
            let order = LaunchOrder(
                layers: [trial.package], data: trial.data, arguments: ["/probe", "descendants", "ignore", "wait"],
                environment: [])
            let request = LauncherRequest.launch(number: 9, order).encoded()
            try require(clinux_send(host, request, request.count, [socket, writer], 2) == request.count, "not sent")
            close(writer)
            close(socket)
            try expect(host) { if case .started(number: 9, _) = $0 { true } else { false } }
            let holder = try Command.start(["sleep", "1000"], descriptor: host)
            close(host)
            let output = TrialOutput(reader)
            try require(await output.line() == "descendants 3", "the grain went before the host")
            kill(holder, SIGKILL)
            _ = await output.rest()
            var status: CInt = 0
            waitpid(holder, &status, 0)
            waitpid(launcher, &status, 0)
        }
    }

    @Test func endOfTheProviderEndsEveryGrain() async throws {
        try await skipping {
            var output: TrialOutput?
            do {
                let trial = try IsolationTrial(await Machine.provider(), probe: Programs.path("sandbox-probe"))
                output = try await running(trial).output
            }
            _ = await output?.rest()
        }
    }

    private func messageSockets() throws -> (CInt, CInt) {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        try require(socketpair(AF_UNIX, type, 0, &ends) == 0, "no sockets")
        return (ends[0], ends[1])
    }

    private func expect(_ socket: CInt, _ isExpected: (LauncherReply) -> Bool) throws {
        var bytes = [UInt8](repeating: 0, count: LauncherReply.maximumBytes)
        let count = recv(socket, &bytes, bytes.count, 0)
        let reply = try require(LauncherReply(decoding: Array(bytes.prefix(max(0, count)))), "no reply")
        try require(isExpected(reply), "it says \(reply)")
    }
}

/// Only there to make a package and a volume.
private struct OwnerOnly: IsolationProvider {
    let guarantees: Set<Guarantee> = []
    let fileOwner: FileOwner

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        throw HostError(.unsupported, "launch with this provider: it only says who owns files")
    }
}

/// The two processes of a launcher, found by the program's path.
struct LauncherProcesses {
    let keeper: pid_t
    let inner: pid_t

    init(program: String) throws {
        let all = try LauncherProcesses.processes(running: program)
        // The keeper is a child of this process, the launcher a child of the keeper.
        keeper = try require(all.first { $0.parent == getpid() }?.process, "no keeper among \(all.count) processes")
        let keeper = keeper
        inner = try require(all.first { $0.parent == keeper }?.process, "no launcher among \(all.count) processes")
    }

    /// How many descriptors the launcher has open.
    func openDescriptors() throws -> Int {
        try Text.descriptors(of: inner)
    }

    /// How many sandboxes there are, running or made ahead of time.
    func children() throws -> Int { try descendants(inSandboxes: true).count }

    /// The process that answers virtual calls.
    func supervisor() throws -> pid_t {
        // A process beside a sandbox that waits has given up its capabilities.
        let able = try descendants(inSandboxes: false).filter { process in
            try !Text.lines(of: "/proc/\(process)/status").contains("CapEff:\t0000000000000000")
        }
        return try require(able.first, "no supervisor")
    }

    /// The launcher's children: sandboxes have a pid namespace of their own, the supervisor has the launcher's.
    private func descendants(inSandboxes: Bool) throws -> [pid_t] {
        let lines = try Text.lines(of: "/proc/\(inner)/task/\(inner)/children")
        let all = lines.first?.split(separator: " ").compactMap { pid_t($0) } ?? []
        let own = try depth(inner)
        return all.filter { process in (try? depth(process)).map { ($0 > own) == inSandboxes } ?? false }
    }

    /// In how many pid namespaces a process has a number.
    private func depth(_ process: pid_t) throws -> Int {
        let line = try Text.lines(of: "/proc/\(process)/status").first { $0.hasPrefix("NSpid:") }
        return line?.split(separator: "\t").count ?? 0
    }

    private static func processes(running program: String) throws -> [(process: pid_t, parent: pid_t)] {
        guard let stream = opendir("/proc") else { throw ConformanceSkip("there is no /proc") }
        defer { closedir(stream) }
        var found: [(pid_t, pid_t)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let process = pid_t(name),
                let command = try? Text.lines(of: "/proc/\(process)/cmdline").first, command.hasPrefix(program + "\0"),
                let parent = try? Text.lines(of: "/proc/\(process)/status").first(where: { $0.hasPrefix("PPid:") })
            else { continue }
            found.append((process, pid_t(parent.split(separator: "\t").last ?? "") ?? 0))
        }
        return found
    }
}
