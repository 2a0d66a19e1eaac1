import Barchan
import BarchanConformance
import CLinux
import Glibc
import SandboxProtocol
import Testing

/// Sandboxes that wait, by the messages between host and launcher: who claims one first has it.
@Suite(.timeLimit(.minutes(10)))
struct ParkedClaimTests {
    @Test func theHostStartsAGrainWithoutTheLauncher() async throws {
        try await skipping {
            let host = try await ParkedHost()
            defer { host.end() }
            let parked = try await host.nextParked()
            try require(parked.takeClaim(), "nobody else wants it")
            // Nothing of this takes the launcher.
            let launcher = try LauncherProcesses(program: host.program).inner
            kill(launcher, SIGSTOP)
            defer { kill(launcher, SIGCONT) }
            let output = try host.start(["exit", "7"], number: 21, in: parked.channel)
            _ = await output.rest()
            kill(launcher, SIGCONT)
            try host.expect { if case .started(number: 21, _) = $0 { true } else { false } }
            try host.expect { if case .exited(number: 21, .status, value: 7, _) = $0 { true } else { false } }
        }
    }

    @Test func theHostNeedNotRepeatWhatTheSandboxWasMadeReadyWith() async throws {
        try await skipping {
            let host = try await ParkedHost()
            defer { host.end() }
            let parked = try await host.nextParked()
            #expect(parked.order.arguments == ["/probe", "exit", "0"])
            try require(parked.takeClaim(), "nobody else wants it")
            let output = try host.start(["exit", "9"], number: 23, in: parked.channel) { .take(number: $0) }
            _ = await output.rest()
            try host.expect { if case .started(number: 23, _) = $0 { true } else { false } }
            // As the grain before.
            try host.expect { if case .exited(number: 23, .status, value: 0, _) = $0 { true } else { false } }
        }
    }

    @Test func announcedGrainsMayComeLateOrNotAtAll() async throws {
        try await skipping {
            let host = try await ParkedHost()
            defer { host.end() }
            let parked = try await host.nextParked()
            for _ in 0..<3 { try host.send(.wake, to: parked.channel) }
            try require(parked.takeClaim(), "nobody else wants it")
            let output = try host.start(["exit", "4"], number: 24, in: parked.channel)
            _ = await output.rest()
            try host.expect { if case .started(number: 24, _) = $0 { true } else { false } }
            try host.expect { if case .exited(number: 24, .status, value: 4, _) = $0 { true } else { false } }
        }
    }

    @Test func whatTheHostHasClaimedIsNotEnded() async throws {
        try await skipping {
            let host = try await ParkedHost()
            defer { host.end() }
            let parked = try await host.nextParked()
            try require(parked.takeClaim(), "nobody else wants it")
            try host.send(.release(ticket: 5, layers: [host.trial.package]))
            // It waits for nothing: what was claimed is a grain's.
            try host.expect { $0 == .released(ticket: 5) }
            let output = try host.start(["exit", "8"], number: 22, in: parked.channel)
            _ = await output.rest()
            try host.expect { if case .started(number: 22, _) = $0 { true } else { false } }
            try host.expect { if case .exited(number: 22, .status, value: 8, _) = $0 { true } else { false } }
        }
    }

    @Test func whatTheLauncherEndsCannotBeClaimed() async throws {
        try await skipping {
            let host = try await ParkedHost()
            defer { host.end() }
            let parked = try await host.nextParked()
            try host.send(.release(ticket: 6, layers: []))
            try host.expect { $0 == .withdrawn(token: parked.token) }
            try host.expect { $0 == .released(ticket: 6) }
            #expect(!parked.takeClaim())
        }
    }

    @Test func aClaimedSandboxThatIsLostIsWithdrawn() async throws {
        try await skipping {
            let host = try await ParkedHost()
            defer { host.end() }
            let parked = try await host.nextParked()
            try require(parked.takeClaim(), "nobody else wants it")
            // Nothing that it understands: it ends before it knows of a grain.
            let request = LauncherRequest.terminate(number: 1).encoded()
            try require(clinux_send(parked.channel, request, request.count, nil, 0) == request.count, "not sent")
            try host.expect { $0 == .withdrawn(token: parked.token) }
        }
    }
}

/// The host's side of a launcher, by hand.
private final class ParkedHost {
    let trial: IsolationTrial
    /// The launcher's program, under a name of its own.
    let program: String
    private let directory: TemporaryDirectory
    private let control: CInt
    private let launcher: pid_t

    struct Parked {
        let token: UInt64
        let order: LaunchOrder
        let channel: CInt
        let claim: CInt

        func takeClaim() -> Bool {
            var value: UInt64 = 0
            return read(claim, &value, 8) == 8
        }
    }

    init() async throws {
        trial = try IsolationTrial(await Machine.provider(), probe: Programs.path("sandbox-probe"))
        directory = try TemporaryDirectory()
        program = "\(directory.path)/barchan-sandbox"
        try require(symlink(Programs.path("barchan-sandbox"), program) == 0, "no link")
        let owner = trial.provider.fileOwner
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        try require(socketpair(AF_UNIX, type, 0, &ends) == 0, "no sockets")
        control = ends[0]
        launcher = try Command.start(
            [program, "--user", "\(owner.user)", "--group", "\(owner.group)", "--pool", "1", "--parked", "1"],
            descriptor: ends[1])
        close(ends[1])
        try expect { if case .ready = $0 { true } else { false } }
    }

    func end() {
        close(control)
        var status: CInt = 0
        waitpid(launcher, &status, 0)
    }

    /// Starts a grain, after which the launcher makes a sandbox ready for the next.
    func nextParked() async throws -> Parked {
        let output = try start(["exit", "0"], number: 20, in: control)
        _ = await output.rest()
        var parked: Parked?, hasEnded = false
        while true {
            let (reply, descriptors) = try receive()
            if case .exited(number: 20, _, _, _) = reply { hasEnded = true }
            if case .parked(let token, _, let order) = reply {
                try require(descriptors.count == 2, "\(descriptors.count) descriptors instead of 2")
                parked = Parked(token: token, order: order, channel: descriptors[0], claim: descriptors[1])
            }
            if let parked, hasEnded { return parked }
        }
    }

    /// - Parameter otherwise: What to send in place of the whole order.
    func start(
        _ arguments: [String], number: UInt64, in channel: CInt,
        _ otherwise: ((UInt64) -> LauncherRequest)? = nil
    ) throws -> TrialOutput {
        let (reader, writer) = try TrialDescriptors.pipe()
        let (mine, theirs) = try TrialDescriptors.socketPair()
        let data = channel == control ? -1 : clinux_private_tree(trial.data, CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV)
        let descriptors = (channel == control ? [] : [data]) + [theirs, writer]
        defer { for descriptor in [mine] + descriptors { close(descriptor) } }
        let order = LaunchOrder(
            layers: [trial.package], data: trial.data, arguments: ["/probe"] + arguments, environment: [])
        try send(otherwise?(number) ?? .launch(number: number, order), descriptors, to: channel)
        return TrialOutput(reader)
    }

    func send(_ request: LauncherRequest, _ descriptors: [CInt] = [], to channel: CInt? = nil) throws {
        let bytes = request.encoded()
        let sent = clinux_send(channel ?? control, bytes, bytes.count, descriptors, CInt(descriptors.count))
        try require(sent == bytes.count, "not sent: \(String(cString: strerror(errno)))")
    }

    /// The next reply, but that another sandbox is ready: the launcher makes one whenever it has time.
    func expect(_ isExpected: (LauncherReply) -> Bool) throws {
        while true {
            let (reply, descriptors) = try receive()
            guard case .parked = reply else { return try require(isExpected(reply), "it says \(reply)") }
            for descriptor in descriptors { close(descriptor) }
        }
    }

    private func receive() throws -> (reply: LauncherReply, descriptors: [CInt]) {
        var bytes = [UInt8](repeating: 0, count: LauncherReply.maximumBytes)
        var descriptors = [CInt](repeating: -1, count: 8), count: CInt = 0
        let length = clinux_receive(control, &bytes, bytes.count, &descriptors, &count, 0)
        let reply = try require(LauncherReply(decoding: Array(bytes.prefix(max(0, length)))), "no reply")
        return (reply, Array(descriptors.prefix(Int(count))))
    }
}
