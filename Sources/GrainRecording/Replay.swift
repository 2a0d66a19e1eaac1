import CapnProto
import GrainSchemas

/// Plays one side of a recorded conversation again and compares what the other side says now with what it said then.
///
/// Pure: give it what comes and send what it says. It goes on with its side only when the other has made every call and
/// given every answer that stood before that in the recording. Numbers that the other side gives out otherwise than then
/// are translated. Long bodies come in pieces of any size, so these are answered as they come and compared as a whole.
public struct Replay: Sendable {
    /// Something that is otherwise than in the recording.
    public struct Difference: Sendable, Equatable, CustomStringConvertible {
        public let description: String
    }

    private let script: [(isOurs: Bool, message: ProtocolMessage)]
    private var position = 0
    /// What the other side said then and has not said yet.
    private var expected: [ProtocolMessage] = []
    /// What it has said and was not yet expected.
    private var early: [ProtocolMessage] = []
    private var received: [UInt8] = []
    private var hasAborted = false

    /// By the numbers of the recording: those of now.
    private var questions: [UInt32: UInt32] = [:]
    private var exports: [UInt32: UInt32] = [:]
    /// Numbers of now that also stand for what a promise of the recording resolved to.
    private var promises: Set<UInt32> = []
    /// Our questions, to name their answers.
    private var asked: [UInt32: MethodName] = [:]
    /// Questions of the recording that carried a piece of a body; nobody waits for their answers.
    private var pieceQuestions: Set<UInt32> = []
    private var bodies: [UInt32: Body] = [:]

    private struct Body {
        var recorded: [UInt8] = []
        var actual: [UInt8] = []
    }

    public private(set) var differences: [Difference] = []
    /// Calls and answers of the other side that were compared.
    public private(set) var comparedCount = 0

    /// - Parameter side: Whose part is played.
    /// - Throws: ``Recording/Mistake`` when the recording holds what is no message.
    public init(_ recording: Recording, playing side: Recording.Side) throws(Recording.Mistake) {
        var script: [(isOurs: Bool, message: ProtocolMessage)] = []
        for piece in try recording.messages() {
            guard let message = try? ProtocolMessage(piece.bytes) else {
                throw Recording.Mistake(description: "a message cannot be read")
            }
            script.append((piece.from == side, message))
        }
        self.script = script
    }

    /// The whole script was played and everything expected has come.
    public var isOver: Bool {
        hasAborted
            || position == script.count && expected.isEmpty
                && bodies.values.allSatisfy { $0.actual.count >= $0.recorded.count }
    }

    /// What to send before anything has come.
    public mutating func start() -> [UInt8] { advance() }

    /// Takes bytes of the other side.
    /// - Returns: What to send now.
    /// - Throws: ``Recording/Mistake`` when they are no message.
    public mutating func receive(_ bytes: some Sequence<UInt8>) throws(Recording.Mistake) -> [UInt8] {
        received.append(contentsOf: bytes)
        var answers: [UInt8] = []
        var start = 0
        while let count = try Recording.messageBytes(received[start...]), count <= received.count - start {
            guard let message = try? ProtocolMessage(Array(received[start..<(start + count)])) else {
                throw Recording.Mistake(description: "the other side sent what is no message")
            }
            answers += take(message)
            start += count
        }
        received.removeFirst(start)
        return answers + advance()
    }

    /// Ends the comparison: what has not come is a difference, too.
    public mutating func finish() {
        for message in expected { note("\(describe(message)) did not come") }
        for message in early where message.isCall { note("\(describe(message)) is new") }
        if position < script.count, !hasAborted, expected.isEmpty { note("the conversation ended early") }
        for (_, body) in bodies.sorted(by: { $0.key < $1.key }) where body.recorded != body.actual {
            note("a body has \(body.actual.count) bytes instead of \(body.recorded.count), or others")
        }
        expected = []
        early = []
        bodies = [:]
    }

    /// Adds what whoever carries the bytes found.
    public mutating func note(_ sentence: String) { differences.append(Difference(description: sentence)) }
}

// MARK: Our side

extension Replay {
    private mutating func advance() -> [UInt8] {
        var output: [UInt8] = []
        while position < script.count, !hasAborted {
            let (isOurs, message) = script[position]
            if isOurs {
                guard expected.isEmpty else { break }
                output += say(message)
            } else {
                expect(message)
            }
            position += 1
        }
        return output
    }

    private mutating func say(_ recorded: ProtocolMessage) -> [UInt8] {
        var message = recorded
        switch message.kind {
        case .return:
            guard !pieceQuestions.contains(message.number) else { return [] }
            message.number = questions[message.number] ?? message.number
        case .release:
            // Its object may stand for what it resolved to, or was never handed out this time.
            guard let now = exports[message.number], !promises.contains(now) else { return [] }
        case .call: asked[message.number] = message.method
        // An answer to the other side's own of these, which may come otherwise this time.
        case .disembargo, .unimplemented, .abort: return []
        default: break
        }
        message.renumberImports { [self] in actual($0) }
        return message.flat.message
    }

    private func actual(_ export: UInt32) -> UInt32 { exports[export] ?? export }
}

// MARK: The other side

extension Replay {
    private mutating func expect(_ message: ProtocolMessage) {
        switch message.kind {
        case .call where isPiece(message):
            pieceQuestions.insert(message.number)
            bodies[target(message), default: Body()].recorded += piece(message)
        case .call:
            pieceQuestions.remove(message.number)
            want(message)
        case .return, .bootstrap: want(message)
        case .resolve:
            // This time it may be there at once, and what it resolves to has no number of its own.
            if let object = message.exports.first {
                exports[object] = actual(message.number)
                promises.insert(actual(message.number))
            }
        default: break
        }
    }

    private mutating func want(_ message: ProtocolMessage) {
        let index =
            early.firstIndex { fits(message, $0) && difference(message, $0) == nil }
            ?? early.firstIndex { fits(message, $0) }
        guard let index else { return expected.append(message) }
        compare(message, early.remove(at: index))
    }

    /// - Returns: What is to be answered at once.
    private mutating func take(_ message: ProtocolMessage) -> [UInt8] {
        switch message.kind {
        case .call where isPiece(message):
            bodies[target(message), default: Body()].actual += piece(message)
            return ProtocolMessage.emptyReturn(to: message.number)
        case .call, .return, .bootstrap:
            // Calls that were made at the same time may come in another order.
            let index =
                expected.firstIndex { fits($0, message) && difference($0, message) == nil }
                ?? expected.firstIndex { fits($0, message) }
            if let index {
                compare(expected.remove(at: index), message)
            } else {
                early.append(message)
            }
        case .abort:
            hasAborted = true
            note("the other side gave up")
        default: break
        }
        return []
    }

    private func fits(_ recorded: ProtocolMessage, _ actual: ProtocolMessage) -> Bool {
        guard recorded.kind == actual.kind else { return false }
        switch recorded.kind {
        case .call: return recorded.method == actual.method
        case .return: return recorded.number == actual.number
        default: return true
        }
    }

    private mutating func compare(_ recorded: ProtocolMessage, _ actual: ProtocolMessage) {
        comparedCount += 1
        if recorded.kind != .return { questions[recorded.number] = actual.number }
        for (then, now) in zip(recorded.exports, actual.exports) { exports[then] = now }
        guard recorded.outcome == actual.outcome else {
            return note("\(describe(recorded)) is \(outcome(actual)) instead of \(outcome(recorded))")
        }
        if let found = difference(recorded, actual) { note("\(describe(recorded)): \(found)") }
    }

    private func difference(_ recorded: ProtocolMessage, _ actual: ProtocolMessage) -> String? {
        let comparison = Comparison(recorded: recorded.flat, actual: actual.flat)
        return comparison.difference(recorded.content, actual.content)
            ?? comparison.difference(recorded.exception, actual.exception)
    }

    private func outcome(_ message: ProtocolMessage) -> String {
        switch message.outcome {
        case .results: "results"
        case .exception: "an exception"
        case nil: "something else"
        }
    }

    private func describe(_ message: ProtocolMessage) -> String {
        switch message.kind {
        case .call: "the call of \(message.method)"
        case .return: "the answer to \(asked[message.number].map { "\($0)" } ?? "the bootstrap question")"
        default: "the question for the bootstrap object"
        }
    }
}

// MARK: Bodies

extension Replay {
    private static let pieceMethods: Set<MethodName> = [
        MethodName(Wire.ByteStream.Methods.write), MethodName(Wire.WebSession.WebSocketStream.Methods.sendBytes),
    ]

    private func isPiece(_ message: ProtocolMessage) -> Bool { Replay.pieceMethods.contains(message.method) }

    /// The object of ours that a piece is for. Numbers come again, so a body here may be several, one after the other.
    private func target(_ message: ProtocolMessage) -> UInt32 { message.importedTarget ?? .max }

    private func piece(_ message: ProtocolMessage) -> ArraySlice<UInt8> {
        guard let content = message.content.flatMap(message.flat.follow),
            let bytes = content.pointer(0).flatMap(message.flat.follow), bytes.kind == .bytes
        else { return [] }
        return message.flat.contents(of: bytes)
    }
}

extension MethodName: CustomStringConvertible {
    init<Params, Results>(_ method: Method<Params, Results>) {
        self.init(interfaceID: method.interfaceID, ordinal: method.ordinal)
    }

    /// `Interface.method` where it is one that hosts and apps usually call.
    var description: String {
        MethodName.names[self] ?? "method \(ordinal) of interface 0x\(String(interfaceID, radix: 16))"
    }

    private static let names: [MethodName: String] = {
        typealias View = Wire.UiView.Methods
        typealias Web = Wire.WebSession.Methods
        typealias Upload = Wire.WebSession.RequestStream.Methods
        typealias Bytes = Wire.ByteStream.Methods
        var names: [MethodName: String] = [:]
        func add<Params, Results>(_ method: Method<Params, Results>) { names[MethodName(method)] = method.name }
        add(View.getViewInfo)
        add(View.newSession)
        add(Web.get)
        add(Web.post)
        add(Web.put)
        add(Web.delete)
        add(Web.patch)
        add(Web.options)
        add(Web.postStreaming)
        add(Web.putStreaming)
        add(Web.openWebSocket)
        add(Upload.getResponse)
        add(Bytes.write)
        add(Bytes.done)
        add(Bytes.expectSize)
        return names
    }()
}
