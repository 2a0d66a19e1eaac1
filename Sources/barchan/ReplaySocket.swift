import Barchan
import BarchanConformance
import CLinux
import Glibc
import GrainRecording

/// One end of a played conversation.
final class ReplaySocket: Sendable {
    private let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// A socket and the descriptor of its other end, which is the caller's.
    static func pair() throws(HostError) -> (socket: ReplaySocket, other: CInt) {
        var ends: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HostError(.resourceExhausted, "make a socket pair: \(String(cString: strerror(errno)))")
        }
        return (ReplaySocket(OwnedDescriptor(takingOwnershipOf: ends[0])), ends[1])
    }

    /// Goes on until the script is over, the other side is gone, or it says nothing for too long.
    func converse(_ replay: inout Replay, patienceSeconds: Int) {
        var output = replay.start()
        while !replay.isOver || !output.isEmpty {
            guard output.isEmpty || sendAll(output), !replay.isOver else { return }
            var waited = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, CInt(clamping: patienceSeconds * 1000)) > 0 else { return }
            let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                count = max(0, recv(descriptor.rawValue, buffer.baseAddress, buffer.count, 0))
            }
            guard !bytes.isEmpty else { return }
            do throws(Recording.Mistake) { output = try replay.receive(bytes) } catch {
                return replay.note("\(error)")
            }
        }
    }

    private func sendAll(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor.rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The other side sees the end.
    func end() { shutdown(descriptor.rawValue, CInt(SHUT_RDWR)) }
}

/// A program whose descriptor 3 is a socket of ours.
final class ReplayedApp {
    let socket: ReplaySocket
    private let process: pid_t

    init(_ command: [String]) throws(HostError) {
        let (socket, grainEnd) = try ReplaySocket.pair()
        defer { close(grainEnd) }
        self.socket = socket
        process = try Self.spawn(command, grainEnd)
    }

    private static func spawn(_ command: [String], _ socket: CInt) throws(HostError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, 3)
        // A group of its own, so that the server of a bridge that gave up ends, too.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var argv = command.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, command[0], &actions, &attributes, &argv, environ)
        guard failure == 0 else {
            throw HostError(.failed, "start '\(command[0])': \(String(cString: strerror(failure)))")
        }
        return child
    }

    /// Lets the app see the end of its host, which ends a bridge, and ends what is left of it and of its process group.
    func end() {
        socket.end()
        let watch = clinux_pidfd_open(process)
        if watch >= 0 {
            var exit = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
            poll(&exit, 1, 2_000)
            close(watch)
        }
        kill(process, SIGKILL)
        kill(-process, SIGKILL)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}

/// The played app of a transport, on a thread of its own because it waits in system calls.
final class ReplayedPeer: @unchecked Sendable {
    // Used by the thread from its start to the end of `play`.
    private let socket: ReplaySocket
    private var replay: Replay
    private let patienceSeconds: Int
    private var continuation: CheckedContinuation<Replay, Never>?

    init(_ socket: ReplaySocket, _ replay: Replay, patienceSeconds: Int) {
        self.socket = socket
        self.replay = replay
        self.patienceSeconds = patienceSeconds
    }

    func play() async -> Replay {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<ReplayedPeer>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            pthread_detach(thread)
        }
    }

    private func run() {
        socket.converse(&replay, patienceSeconds: patienceSeconds)
        // Whoever still waits for an answer learns that none comes.
        socket.end()
        continuation?.resume(returning: replay)
    }
}

extension RecordedHost {
    /// Asks `provider` for every session and page, at the same time where that was so in the recording. What it gets for
    /// them is the player's own and not looked at.
    func ask(_ provider: any TransportProvider, over socket: consuming OwnedDescriptor) async {
        do throws(HostError) {
            let connection = try await provider.connect(over: socket, offering: MemoryGrainHost())
            var sessions: [any WebSession] = []
            var underWay: [Int: Task<Void, Never>] = [:]
            for (call, unanswered, step) in steps {
                for (earlier, task) in underWay where !unanswered.contains(earlier) {
                    await task.value
                    underWay[earlier] = nil
                }
                switch step {
                case .open(let parameters): sessions.append(try await connection.openWebSession(parameters))
                case .send(let request, let number):
                    let session = sessions[number]
                    underWay[call] = Task { await Self.ask(session, request) }
                case .openWebSocket(let request, let number, let frames):
                    let session = sessions[number]
                    underWay[call] = Task { await Self.open(session, request, sending: frames) }
                case .skip(let what): printLine("not asked again: \(what)")
                }
            }
            for task in underWay.values { await task.value }
            await connection.waitForClose()
            await connection.close()
        } catch { printLine("the transport failed: \(error.message)") }
    }

    /// Returns when the answer has begun; its body is read to the end behind that.
    private static func ask(_ session: any WebSession, _ request: WebRequest) async {
        do throws(HostError) {
            let response = try await session.send(request)
            guard case .content(_, let content) = response.outcome, case .stream(let reader, _) = content.body else {
                return
            }
            Task { while (try? await reader.next()) != nil {} }
        } catch {
            // An answer that is an error was one in the recording, too, or is reported by the player.
        }
    }

    /// Returns when the web socket is open; it is read to its end behind that.
    private static func open(
        _ session: any WebSession, _ request: WebSocketRequest, sending frames: RecordedBody
    ) async {
        do throws(HostError) {
            let response = try await session.openWebSocket(request, incoming: frames)
            Task { while (try? await response.outgoing.next()) != nil {} }
        } catch {
            // As above.
        }
    }
}
