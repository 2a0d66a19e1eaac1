import Barchan
import CapnProto
import GrainSchemas
import SandboxProtocol

/// What the host asks of the program; see Schemas/plugin/isolation.capnp.
enum ExternalRequest {
    static func launch(_ number: UInt64, grain: GrainID, _ order: LaunchOrder) -> [UInt8] {
        let message = MessageBuilder()
        let request = message.initRoot(Wire.IsolationRequest.self)
        request.setNumber(number)
        let launch = request.initLaunch()
        launch.setGrain("\(grain)")
        launch.setLayers(order.layers)
        launch.setData(order.data)
        launch.setArguments(order.arguments)
        launch.setEnvironment(order.environment)
        launch.setOpenFilesSoft(order.openFilesSoft)
        launch.setOpenFilesHard(order.openFilesHard)
        launch.setTemporaryBytes(order.temporaryBytes)
        launch.setTemporaryInodes(order.temporaryInodes)
        launch.setMemoryBytes(order.memoryBytes)
        launch.setProcesses(order.processes)
        return message.streamBytes
    }

    static func terminate(_ number: UInt64) -> [UInt8] {
        let message = MessageBuilder()
        let request = message.initRoot(Wire.IsolationRequest.self)
        request.setNumber(number)
        request.setTerminate()
        return message.streamBytes
    }
}

/// What the program says of itself.
struct ExternalHello: Sendable, Equatable {
    var guarantees: Set<Guarantee>
    var owner: FileOwner
}

/// One reply of the program.
enum ExternalReply: Equatable {
    case hello(ExternalHello)
    case started(UInt64)
    case failed(UInt64, HostError.Code, String)
    case ended(UInt64, SandboxExit)

    /// The longest packet that is looked at.
    static let maximumBytes = 4096

    /// - Throws: ``ExternalMistake`` for anything that is not exactly one reply.
    init(_ bytes: [UInt8]) throws(ExternalMistake) {
        do throws(MessageError) {
            let limits = ReaderLimits(traversalWords: 4 * ExternalReply.maximumBytes / 8, nesting: 8, segments: 8)
            let message = try MessageReader(bytes, framing: .stream, limits: limits)
            guard let reply = try ExternalReply(message.root(Wire.IsolationReply.self)),
                message.byteCount == bytes.count
            else { throw MessageError.truncated }
            self = reply
        } catch {
            throw ExternalMistake("a packet of \(bytes.count) bytes that is no IsolationReply (\(error))")
        }
    }

    private init?(_ reply: Wire.IsolationReply.Reader) throws(MessageError) {
        switch reply.which {
        case .hello:
            guard let hello = try ExternalHello(reply.hello) else { return nil }
            self = .hello(hello)
        case .started: self = .started(reply.number)
        case .failed:
            let failure = try reply.failed
            self = .failed(reply.number, failure.reason.code, try failure.message)
        case .exited:
            guard (0...255).contains(reply.exited) else { return nil }
            self = .ended(reply.number, .exited(status: reply.exited))
        case .signaled:
            guard (1...64).contains(reply.signaled) else { return nil }
            self = .ended(reply.number, .signaled(signal: reply.signaled))
        case nil: return nil
        }
    }
}

extension ExternalHello {
    fileprivate init?(_ hello: Wire.IsolationHello.Reader) throws(MessageError) {
        guard hello.version == 1 else { return nil }
        let names = try hello.guarantees
        guard names.count <= 64 else { return nil }
        guarantees = []
        for index in 0..<names.count {
            let name = try names[index].text()
            guard (1...64).contains(name.utf8.count) else { return nil }
            guarantees.insert(Guarantee(name))
        }
        owner = FileOwner(user: hello.user, group: hello.group)
    }
}

extension Wire.IsolationFailure.Reason? {
    fileprivate var code: HostError.Code {
        switch self {
        case .invalidArgument: .invalidArgument
        case .resourceExhausted: .resourceExhausted
        case .failed, nil: .failed
        }
    }
}

/// What a program must not do.
struct ExternalMistake: Error {
    /// "It sent …".
    let text: String
    init(_ text: String) { self.text = text }
}
