import Barchan
import BarchanControl
import Glibc
import Testing

/// `barchan grain log`, asked of a host that answers with an app's worst.
@Suite struct GrainLogTests {
    private static let log =
        "\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7} \u{1b}[2J\u{1b}[10;10Hmoved \u{9b}2J \u{202e}turned\rover\n\tend \u{1b}[3"
    private static let barchan =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/.build/debug/barchan"

    /// Runs the command with its standard output open at `place`, while something answers it.
    private func run(outputAt place: String, reading: @escaping @Sendable () -> [UInt8]) async throws -> String {
        var template = Array("/tmp/barchan-log-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unlink("\(folder)/control.sock")
            rmdir(folder)
        }
        let server = try ControlServer(dataDirectory: folder, log: .none) { (_) throws(HostError) in
            .members(["ok": .boolean(true), "log": .string(Self.log)])
        }
        defer { server.close() }
        let words = [Self.barchan, "grain", "log", "--data", folder, "--", GrainID.random().text]
        let bytes = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<[UInt8], any Error>) in
            OwnThread {
                continuation.resume(
                    with: Result {
                        var arguments = words.map { strdup($0) } + [nil], child = pid_t(), status: CInt = 0
                        defer { for argument in arguments { free(argument) } }
                        var actions = posix_spawn_file_actions_t()
                        posix_spawn_file_actions_init(&actions)
                        defer { posix_spawn_file_actions_destroy(&actions) }
                        posix_spawn_file_actions_addopen(&actions, 1, place, O_WRONLY | O_NOCTTY, 0)
                        guard posix_spawn(&child, words[0], &actions, nil, &arguments, environ) == 0 else {
                            throw HostError(.failed, "spawn")
                        }
                        let bytes = reading()
                        while waitpid(child, &status, 0) < 0, errno == EINTR {}
                        guard status == 0 else { throw HostError(.failed, "status \(status)") }
                        return bytes
                    })
            }.start()
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func readAll(_ number: CInt) -> [UInt8] {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 4096)
        // A terminal that nobody has open any more says EIO.
        while case let count = read(number, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    @Test func aTerminalGetsColoursAndNothingElseThatItObeys() async throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var number: CInt = -1, locked: CInt = 0
        // TIOCSPTLCK and TIOCGPTN: ioctl_tty(2).
        try #require(
            terminal >= 0 && ioctl(terminal, 0x4004_5431, &locked) == 0 && ioctl(terminal, 0x8004_5430, &number) == 0)
        defer { close(terminal) }
        let shown = try await run(outputAt: "/dev/pts/\(number)") { Self.readAll(terminal) }
        #expect(
            shown.split(whereSeparator: \.isNewline) == [
                "\u{1b}[1;31mred\u{1b}[0m  ]0;title   [2J [10;10Hmoved  2J  turned over", "\tend  [3\u{1b}[0m",
            ], "\(shown.debugDescription)")
    }

    @Test func aPipeGetsEveryByte() async throws {
        var template = Array("/tmp/barchan-log-pipe-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        try #require(file >= 0)
        let place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(file)
            unlink(place)
        }
        _ = try await run(outputAt: place) { [] }
        #expect(String(decoding: Self.readAll(file), as: UTF8.self) == Self.log)
    }
}
