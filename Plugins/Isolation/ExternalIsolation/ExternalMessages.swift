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
        do {
            let limits = ReaderLimits(traversalWords: 4 * ExternalReply.maximumBytes / 8, nesting: 8, segments: 8)
            let message = try MessageReader(bytes, framing: .stream, limits: limits)
            guard message.byteCount == bytes.count else {
                throw ExternalMistake("a packet of \(bytes.count) bytes whose message has \(message.byteCount)")
            }
            self = try ExternalReply(message.root(Wire.IsolationReply.self))
        } catch let mistake as ExternalMistake {
            throw mistake
        } catch {
            throw ExternalMistake("a packet of \(bytes.count) bytes that is no IsolationReply (\(error))")
        }
    }

    private init(_ reply: Wire.IsolationReply.Reader) throws {
        switch reply.which {
        case .hello: self = .hello(try ExternalHello(reply.hello))
        case .started: self = .started(reply.number)
        case .failed:
            let failure = try reply.failed
            self = .failed(reply.number, failure.reason.code, try failure.message)
        case .exited:
            guard (0...255).contains(reply.exited) else {
                throw ExternalMistake("an exit status of \(reply.exited); 0 to 255 are possible")
            }
            self = .ended(reply.number, .exited(status: reply.exited))
        case .signaled:
            guard (1...64).contains(reply.signaled) else {
                throw ExternalMistake("a signal \(reply.signaled); 1 to 64 are possible")
            }
            self = .ended(reply.number, .signaled(signal: reply.signaled))
        case nil: throw ExternalMistake("a reply of a kind that version \(ExternalHello.version) does not have")
        }
    }
}

extension ExternalHello {
    static let version: UInt16 = 1
    static let maximumGuarantees = 64
    static let maximumNameBytes = 64

    fileprivate init(_ hello: Wire.IsolationHello.Reader) throws {
        guard hello.version == Self.version else {
            throw ExternalMistake("a hello of version \(hello.version); this host speaks version \(Self.version)")
        }
        let names = try hello.guarantees
        guard names.count <= Self.maximumGuarantees else {
            throw ExternalMistake("a hello with \(names.count) guarantees; \(Self.maximumGuarantees) are allowed")
        }
        guarantees = []
        for index in 0..<names.count {
            let name = try names[index].text()
            guard (1...Self.maximumNameBytes).contains(name.utf8.count) else {
                throw ExternalMistake(
                    "a guarantee's name of \(name.utf8.count) bytes; 1 to \(Self.maximumNameBytes) are allowed")
            }
            // Terminals show them.
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
                throw ExternalMistake("a guarantee's name with something else than ASCII letters and digits")
            }
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
