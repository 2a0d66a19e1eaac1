import CCapnpRPC
import CLinux
import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

/// Where the fixtures are, and the bridge that was built beside this test bundle.
enum Place {
    static let fixtures: String = {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/Fixtures/bridge/"
    }()

    static let bridge: String = {
        if let path = getenv("BARCHAN_BRIDGE") { return String(cString: path) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = bytes.baseAddress else { return 0 }
            return readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        let path = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        return "/" + path.split(separator: "/").dropLast().joined(separator: "/") + "/barchan-http-bridge"
    }()

    static func contents(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func temporaryFolder() throws -> String {
        var template = Array("/tmp/barchan-bridge-XXXXXX\u{0}".utf8CString)
        try #require(mkdtemp(&template) != nil)
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A port for an app that binds it with SO_REUSEADDR. It stays bound here, too, so that nobody else gets it.
    static func freePort() throws -> UInt16 { try boundSocket().port }

    static func boundSocket() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) | getsockname(descriptor, pointer, &size)
            }
        }
        try #require(result == 0)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// Plays the host to a bridge that runs as it does in a grain. To be used on one thread, and closed.
final class GrainHost {
    let loop: EventLoop
    let process: pid_t
    private let connection: OpaquePointer
    let view: Capability

    /// - Parameters:
    ///   - offering: What the grain gets from its host.
    ///   - errors: A new file for what the bridge and the app say on standard error; nil for this program's own.
    init(
        config: String = Place.fixtures + "bridge-config.bin", options: [String] = [],
        offering: any RPCObject = NothingOffered(), port: UInt16, command: [String],
        errors: String? = nil
    ) throws {
        loop = try #require(EventLoop())
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        let fixed = [Place.bridge, "--config", config, "--api-socket", "", "--proxy-port", "0"]
        process = try Self.spawn(
            fixed + options + [String(port), "--"] + command, descriptor3: ends[1], errors: errors)
        Glibc.close(ends[1])
        let bootstrap = Capability(to: offering, on: loop)
        var limits = bcr_limits_default()
        connection = bcr_connection_create(
            loop.handle, ends[0], bcr_server, bootstrap.handle, &limits, { _, _ in }, nil)
        view = Capability(owning: bcr_connection_bootstrap(connection))
    }

    /// Ends the conversation and waits for the bridge to go.
    /// - Returns: The status it exited with.
    @discardableResult
    func close() -> Int32 {
        bcr_connection_close(connection)
        bcr_loop_post(
            loop.handle, { loop in if let loop { bcr_loop_stop(OpaquePointer(loop)) } },
            UnsafeMutableRawPointer(loop.handle))
        loop.run()
        return waitForExit()
    }

    func waitForExit() -> Int32 {
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return clinux_wexitstatus(status)
    }

    /// Runs the loop until `start` calls what it is given. Five minutes later that is a failure.
    func wait(_ start: (@escaping () -> Void) -> Void) {
        let loop = loop.handle
        let alarm = Timer(on: self.loop, afterMicroseconds: 300_000_000) {
            Issue.record("nothing happened for five minutes")
            bcr_loop_stop(loop)
        }
        // What is told later, when nobody waits for it, must not end the next wait.
        var isOver = false
        start {
            if !isOver { bcr_loop_stop(loop) }
            isOver = true
        }
        withExtendedLifetime(alarm) { self.loop.run() }
    }

    /// Makes a call and waits for what comes of it; `read` sees the results while they are there.
    func call<Params, Results, Value>(
        _ target: Capability, _ method: Method<Params, Results>,
        _ build: (inout Payload, Params.Builder) throws -> Void,
        _ read: @escaping (Results.Reader, ReceivedMessage) throws -> Value
    ) throws -> Value {
        var payload = Payload()
        try build(&payload, payload.message.initRoot(Params.self))
        var outcome: Result<Value, any Error>?
        wait { done in
            OutgoingCall(target, method, payload) { result in
                outcome = Result { try read(try result.get().reader.root(Results.self), try result.get()) }
                done()
            }
        }
        return try #require(outcome).get()
    }

    static func spawn(_ command: [String], descriptor3: Int32, errors: String? = nil) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptor3, 3)
        if let errors { posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), strdup("SANDSTORM=1"), nil]
        defer { for string in arguments + environment { free(string) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, command[0], &actions, nil, &arguments, &environment) == 0, "\(command[0])")
        return process
    }
}

/// The host's side, when nothing is asked of it.
final class NothingOffered: RPCObject {
    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) { throw .unimplemented(call) }
}

/// Collects what a ByteStream or a web socket gets.
final class Sink: RPCObject {
    enum Event: Equatable {
        case expectSize(UInt64)
        case bytes([UInt8])
        case done
        case dropped
    }

    private(set) var events: [Event] = []
    var onEvent: (() -> Void)?
    /// Whether writes are answered at once. The others wait in `unanswered`.
    var answers = true
    private(set) var unanswered: [IncomingCall] = []

    var bytes: [UInt8] {
        events.flatMap { event -> [UInt8] in if case .bytes(let bytes) = event { bytes } else { [] } }
    }
    var isOver: Bool { events.contains(.done) || events.contains(.dropped) }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        do {
            if call.isCall(of: Wire.ByteStream.Methods.write) {
                events.append(.bytes(try params.reader.root(Wire.ByteStream.WriteParams.self).data.array))
            } else if call.isCall(of: Wire.WebSession.WebSocketStream.Methods.sendBytes) {
                let message = try params.reader.root(Wire.WebSession.WebSocketStream.SendBytesParams.self).message
                events.append(.bytes(message.array))
            } else if call.isCall(of: Wire.ByteStream.Methods.expectSize) {
                events.append(.expectSize(try params.reader.root(Wire.ByteStream.ExpectSizeParams.self).size))
            } else if call.isCall(of: Wire.ByteStream.Methods.done) {
                events.append(.done)
            }
        } catch { throw .failed("\(error)") }
        if answers { call.reply() } else { unanswered.append(call) }
        onEvent?()
    }

    func dropped() {
        events.append(.dropped)
        onEvent?()
    }

    func answerAll() {
        answers = true
        let calls = unanswered
        unanswered = []
        for call in calls { call.reply() }
    }
}
