import Barchan
@testable import BarchanControl
import Glibc
import Testing

@Suite struct ControlTests {
    /// A folder that goes with its last user.
    private final class Folder: Sendable {
        let path: String

        init() throws {
            var template = Array("/tmp/barchan-control-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw CancellationError() }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit {
            unlink("\(path)/control.sock")
            rmdir(path)
        }
    }

    private static func echo(_ folder: Folder) throws -> ControlServer {
        try ControlServer(dataDirectory: folder.path, log: .none) { (request) throws(HostError) in
            if request["command"]?.text == "fail" { throw HostError(.notFound, "find 'x': none") }
            return .members(["ok": .boolean(true), "echo": request])
        }
    }

    /// The client blocks, so it gets a thread of its own.
    private static func ask(_ request: JSONValue, _ folder: Folder) async throws -> JSONValue? {
        try await withCheckedThrowingContinuation { continuation in
            let thread = OwnThread {
                continuation.resume(with: Result { try ControlClient.ask(request, dataDirectory: folder.path) })
            }
            thread.start()
        }
    }

    @Test func aRequestIsAnswered() async throws {
        let folder = try Folder(), server = try ControlTests.echo(folder)
        let request = JSONValue.members(["command": .string("x"), "text": .string("a\n\"ä")])
        #expect(try await ControlTests.ask(request, folder)?["echo"] == request)
        server.close()
    }

    @Test func aRefusalComesInTheHostsWords() async throws {
        let folder = try Folder(), server = try ControlTests.echo(folder)
        await #expect(throws: HostError(.notFound, "find 'x': none")) {
            _ = try await ControlTests.ask(.members(["command": .string("fail")]), folder)
        }
        server.close()
    }

    @Test(.timeLimit(.minutes(10))) func whatAnAskerBeganEndsWithItsConnection() async throws {
        let folder = try Folder()
        let (asked, note) = AsyncStream.makeStream(of: String.self)
        let server = try ControlServer(dataDirectory: folder.path, log: .none) { (request) throws(HostError) in
            note.yield(request["command"]?.text ?? "")
            return .members(["ok": .boolean(true), "lastRequest": .members(["command": .string("last")])])
        }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            OwnThread {
                continuation.resume(
                    with: Result {
                        let connection = try ControlClient.connection(dataDirectory: folder.path)
                        for name in ["first", "second"] {
                            _ = try connection.ask(.members(["command": .string(name)]))
                        }
                    })
            }.start()
        }
        var names: [String] = []
        for await name in asked {
            names.append(name)
            if name == "last" { break }
        }
        #expect(names == ["first", "second", "last"])
        server.close()
    }

    /// What would be left out otherwise: a recovery becomes a removal, a limit none.
    @Test func aMemberThatCannotBeReadIsRefused() throws {
        let request = JSONValue.members([
            "recover": .string("true"), "limit": .string("5"), "negative": .integer(-1), "address": .integer(1),
            "nothing": .null, "count": .integer(5), "flag": .boolean(true), "name": .string("x"),
        ])
        for read: () throws -> Void in [
            { _ = try request.flag("recover") }, { _ = try request.optionalNumber("limit") },
            { _ = try request.optionalNumber("negative") }, { _ = try request.optionalText("address") },
        ] {
            let error = #expect(throws: HostError.self) { try read() }
            #expect(error?.code == .invalidArgument)
        }
        for name in ["nothing", "absent"] {
            #expect(try request.optionalNumber(name) == nil)
            #expect(try request.optionalText(name) == nil)
            #expect(try !request.flag(name))
        }
        #expect(try request.optionalNumber("count") == 5)
        #expect(try request.flag("flag"))
        #expect(try request.optionalText("name") == "x")
    }

    @Test func onlyTheHostsUserMayAsk() throws {
        let folder = try Folder(), server = try ControlTests.echo(folder)
        var status = stat()
        #expect(lstat("\(folder.path)/control.sock", &status) == 0 && status.st_mode & 0o777 == 0o600)
        server.close()
    }

    @Test func withoutAHostThereIsNoAnswer() async throws {
        let folder = try Folder()
        #expect(try ControlClient.ask(.null, dataDirectory: folder.path) == nil)
        // Also when a dead host left its socket.
        let server = try ControlTests.echo(folder)
        server.close()
        #expect(try ControlClient.ask(.null, dataDirectory: folder.path) == nil)
        #expect(throws: HostError.self) { try ControlClient.require(.null, dataDirectory: folder.path) }
    }

    @Test func aDeadHostsSocketIsReplaced() async throws {
        let folder = try Folder()
        let first = try ControlTests.echo(folder), second = try ControlTests.echo(folder)
        #expect(try await ControlTests.ask(.object([]), folder) != nil)
        first.close()
        second.close()
    }

    @Test(arguments: ["", "\n", "nonsense\n", "{\"command\":", String(repeating: "x", count: 100_000) + "\n"])
    func otherBytesDoNoHarm(_ text: String) async throws {
        let folder = try Folder(), server = try ControlTests.echo(folder)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder.path)/control.sock".utf8)) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        #expect(connected == 0)
        _ = send(descriptor, Array(text.utf8), text.utf8.count, CInt(MSG_NOSIGNAL))
        close(descriptor)
        #expect(try await ControlTests.ask(.object([]), folder) != nil)
        server.close()
    }

    @Test func aPathThatIsTooLongIsExplained() {
        let folder = "/tmp/" + String(repeating: "x", count: 120)
        #expect(throws: HostError.self) { try ControlClient.ask(.null, dataDirectory: folder) }
    }
}

/// A thread, without Foundation.
struct OwnThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    private let body: Body
    init(_ run: @escaping () -> Void) { body = Body(run) }

    func start() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(body).toOpaque())
        pthread_detach(thread)
    }
}
