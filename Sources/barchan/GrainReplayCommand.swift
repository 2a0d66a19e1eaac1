import ArgumentParser
import Barchan
import CLinux
import Glibc
import GrainRecording

struct GrainReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Plays the host of a recording to an app and says where its answers differ.",
        discussion: """
            The program gets the host's side of the conversation on descriptor 3, at the pace at which it answers, and \
            should run as it does in a grain: 'sandstorm-http-bridge 8000 -- server'. The exit status is 1 when an answer \
            differs or does not come.
            """)

    @Argument(help: "The recording.") var recording: String
    @Argument(parsing: .postTerminator, help: "The program and its arguments, behind '--'.") var program: [String]
    @Option(help: "Seconds without a word of the app after which what is missing counts as not coming.")
    var patience = 10

    func run() throws {
        guard !program.isEmpty else { throw ValidationError("name a program behind '--'") }
        var replay: Replay
        do { replay = try Replay(try RecordingFile.read(recording), playing: .host) } catch let mistake
            as Recording.Mistake
        {
            throw HostError(.invalidArgument, "replay '\(recording)': \(mistake)")
        }
        let app = try ReplayedApp(program)
        app.converse(&replay, patienceSeconds: patience)
        app.end()
        replay.finish()
        for difference in replay.differences { printLine("\(difference)") }
        printLine("\(replay.comparedCount) calls and answers compared, \(replay.differences.count) differences")
        if !replay.differences.isEmpty { throw ExitCode(1) }
    }
}

/// A program whose descriptor 3 is a socket of ours.
final class ReplayedApp {
    private let socket: OwnedDescriptor
    private let process: pid_t

    init(_ command: [String]) throws(HostError) {
        var ends: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HostError(.resourceExhausted, "make a socket pair: \(String(cString: strerror(errno)))")
        }
        socket = OwnedDescriptor(takingOwnershipOf: ends[0])
        defer { close(ends[1]) }
        process = try Self.spawn(command, ends[1])
    }

    private static func spawn(_ command: [String], _ socket: CInt) throws(HostError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, 3)
        var argv = command.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, command[0], &actions, nil, &argv, environ)
        guard failure == 0 else {
            throw HostError(.failed, "start '\(command[0])': \(String(cString: strerror(failure)))")
        }
        return child
    }

    /// Goes on until the script is over, the app is gone, or it says nothing for too long.
    func converse(_ replay: inout Replay, patienceSeconds: Int) {
        var output = replay.start()
        while !replay.isOver || !output.isEmpty {
            guard output.isEmpty || sendAll(output), !replay.isOver else { return }
            var waited = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, CInt(clamping: patienceSeconds * 1000)) > 0 else { return }
            let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                count = max(0, recv(socket.rawValue, buffer.baseAddress, buffer.count, 0))
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
            let count = rest.withUnsafeBytes { send(socket.rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Lets the app see the end of its host, which ends a bridge, and ends it if that does not.
    func end() {
        shutdown(socket.rawValue, CInt(SHUT_RDWR))
        let watch = clinux_pidfd_open(process)
        if watch >= 0 {
            var exit = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
            poll(&exit, 1, 2_000)
            close(watch)
        }
        kill(process, SIGKILL)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}
