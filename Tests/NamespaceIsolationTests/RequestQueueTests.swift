import Barchan
import BarchanConformance
import CLinux
import Glibc
import SandboxLauncher
import SandboxProtocol
import Synchronization
import Testing

/// A program that does not read what it is sent holds up nobody, and what cannot be sent to it does not end it.
@Suite(.timeLimit(.minutes(10)))
struct RequestQueueTests {
    private let queue: RequestQueue
    private let peer: CInt
    private let refusals = Refusals()

    init() throws {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        try require(socketpair(AF_UNIX, type, 0, &ends) == 0, "no sockets")
        (queue, peer) = (RequestQueue(ends[0]), ends[1])
    }

    private func send(_ bytes: [UInt8], _ descriptors: [CInt] = []) {
        queue.send(bytes, descriptors) { [refusals] in refusals.add($0) }
    }

    private struct Packet: Equatable {
        var first: UInt8
        var length = 1
        var descriptors = 0
    }

    private func receive() -> Packet {
        var bytes = [UInt8](repeating: 0, count: 1 << 17), descriptors = [CInt](repeating: -1, count: 8)
        var count: CInt = 0
        let length = clinux_receive(peer, &bytes, bytes.count, &descriptors, &count, 0)
        for descriptor in descriptors.prefix(Int(count)) { close(descriptor) }
        return Packet(first: bytes[0], length: length, descriptors: Int(count))
    }

    @Test func everythingArrivesInOrder() throws {
        defer { close(peer) }
        for number in UInt8(0)..<200 { send([number] + [UInt8](repeating: 0, count: 90_000), [peer]) }
        // Nobody has read anything yet.
        for number in UInt8(0)..<200 { #expect(receive() == Packet(first: number, length: 90_001, descriptors: 1)) }
        send([201])
        #expect(receive() == Packet(first: 201))
        #expect(refusals.all.isEmpty)
    }

    @Test func whatWaitsIsBoundedAndGoesWithTheProgram() async throws {
        try await skipping {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            guard limit.rlim_cur >= 8192 else { throw ConformanceSkip("only \(limit.rlim_cur) files may be open") }
            let (reader, writer) = try TrialDescriptors.pipe()
            var sent = 0
            while refusals.all.isEmpty && sent < 100_000 {
                send([1], [writer])
                sent += 1
            }
            #expect(refusals.all == [EAGAIN] && sent > RequestQueue.capacity)
            // What a running sandbox needs is not refused.
            send([2])
            #expect(refusals.all == [EAGAIN])
            queue.shutDown()
            close(peer)
            close(writer)
            // Ends when nobody has a copy any more.
            _ = await TrialOutput(reader).rest()
            #expect(refusals.all == [EAGAIN])
        }
    }

    @Test func whatCannotBeSentIsRefusedAlone() throws {
        defer { close(peer) }
        var small: CInt = 8192
        setsockopt(queue.socket, SOL_SOCKET, SO_SNDBUF, &small, socklen_t(MemoryLayout<CInt>.size))
        send([1] + [UInt8](repeating: 0, count: 100_000))
        #expect(refusals.all == [EMSGSIZE])
        send([2])
        #expect(receive() == Packet(first: 2))
    }

    @Test func theEndOfTheProgramIsToldToTheReader() throws {
        close(peer)
        send([1])
        #expect(refusals.all.isEmpty)
        var byte: UInt8 = 0
        #expect(recv(queue.socket, &byte, 1, 0) <= 0)
    }

    @Test func aGrainMayOpenWellLessThanTheHost() throws {
        var limit: UInt64 = 0
        _ = clinux_hard_limit(CLINUX_RLIMIT_NOFILE, &limit)
        var specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: ["/nowhere"]), data: "/nowhere",
            command: Barchan.Command(arguments: ["/x"], environment: []))
        specification.limits.openFilesHard = .max
        specification.limits.openFilesSoft = .max
        let order = try LaunchOrder(specification)
        #expect(order.openFilesHard == limit / 2 && order.openFilesSoft == limit / 2)
    }

    /// A launcher that is busy for a while gets every order in the end. It ends at last, so that a host that waits for it fails
    /// here instead of standing still.
    @Test func aBusyLauncherLosesNoOrder() async throws {
        let directory = try TemporaryDirectory()
        let gate = "\(directory.path)/gate", launcher = "\(directory.path)/launcher"
        let count = Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))) + 16
        let answers = (1...count).map {
            LauncherReply.failed(number: UInt64($0), LaunchFailure(.execute, ENOENT)).encoded()
        }
        let script = """
            #!/usr/bin/python3
            import os, socket, sys, time
            host = socket.socket(fileno=3)
            host.send(bytes(\(LauncherReply.ready([]).encoded())))
            end = time.monotonic() + 120
            while not os.path.exists('\(gate)'):
                if time.monotonic() > end: sys.exit(1)
                time.sleep(0.02)
            for answer in \(answers): host.recv(1 << 18)
            for answer in \(answers): host.send(bytes(answer))
            host.recv(1)
            """
        try TemporaryTree.write(Array(script.utf8), to: launcher, mode: 0o755)
        let trial = try IsolationTrial(
            await Machine.provider(["launcher": .string(launcher)]), probe: Programs.path("sandbox-probe"))
        let environment = (0..<90).map { "V\($0)=" + String(repeating: "x", count: 1000) }
        try await withThrowingTaskGroup(of: HostError.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await trial.refusal(of: trial.specification(["/probe"], environment: environment))
                }
            }
            try TemporaryTree.write([], to: gate, mode: 0o600)
            for try await error in group { #expect(error.code == .invalidArgument, "\(error)") }
        }
    }
}

private final class Refusals: Sendable {
    private let errors = Mutex<[CInt]>([])
    var all: [CInt] { errors.withLock { $0 } }
    func add(_ error: CInt) { errors.withLock { $0.append(error) } }
}
