import Barchan
import CapnProto
import GrainRecording
import GrainSchemas

/// What the host of a recording wanted of its grain, as a transport is asked for it.
struct RecordedHost {
    enum Step {
        case open(WebSessionParameters)
        /// The session is the n-th that was opened.
        case send(WebRequest, session: Int)
        case openWebSocket(WebSocketRequest, session: Int, frames: RecordedBody)
        /// Cannot be asked through a transport by this program.
        case skip(String)
    }

    /// By call of the recording, in order, with the calls that had no answer yet then.
    private(set) var steps: [(call: Int, unanswered: Set<Int>, step: Step)] = []
    /// By call of the recording: the session it opened, or the step whose bytes are sent to what it returned.
    private var sessions: [Int: Int] = [:]
    private var sessionCount = 0
    private var uploads: [Int: Int] = [:]
    /// The API session that was opened last; a transport opens a web session in its place by itself.
    private var lastAPISession: Int?

    init(_ recording: Recording) throws(HostError) {
        do {
            for (index, call) in try recording.hostCalls().enumerated() { try take(call, index) }
        } catch { throw HostError(.invalidArgument, "read what the recorded host asked: \(error)") }
    }

    private mutating func take(_ call: HostCall, _ index: Int) throws {
        let message = try MessageReader(call.params, framing: .flat)
        switch call.interfaceID {
        case Wire.UiView.interfaceID: try view(call, index, message)
        case Wire.WebSession.interfaceID:
            guard let session = call.target.flatMap({ sessions[$0] }) else {
                return append(.skip("method \(call.ordinal) of a session that was not opened here"), call, index)
            }
            try request(call, index, message, session)
        case Wire.ByteStream.interfaceID: try upload(call, message)
        case Wire.WebSession.WebSocketStream.interfaceID: try frame(call, message)
        default: return
        }
    }

    private mutating func append(_ step: Step, _ call: HostCall, _ index: Int) {
        steps.append((index, call.unanswered, step))
    }

    // MARK: Sessions

    private mutating func view(_ call: HostCall, _ index: Int, _ message: MessageReader) throws {
        typealias Methods = Wire.UiView.Methods
        switch call.ordinal {
        case Methods.newSession.ordinal:
            let params = try message.root(Wire.UiView.NewSessionParams.self)
            if let fallback = lastAPISession, try params.isFallback {
                sessions[index] = fallback
                return
            }
            open(try WebSessionParameters(params), call, index)
        case Methods.newRequestSession.ordinal:
            open(try WebSessionParameters(try message.root(Wire.UiView.NewRequestSessionParams.self)), call, index)
        // A transport asks this by itself.
        case Methods.getViewInfo.ordinal: return
        default: append(.skip("method \(call.ordinal) of the app's view"), call, index)
        }
    }

    private mutating func open(_ parameters: WebSessionParameters?, _ call: HostCall, _ index: Int) {
        guard let parameters else { return append(.skip("a session of a type that is not known"), call, index) }
        sessions[index] = sessionCount
        if case .api = parameters.kind { lastAPISession = sessionCount } else { lastAPISession = nil }
        sessionCount += 1
        append(.open(parameters), call, index)
    }

    // MARK: Requests

    private mutating func request(
        _ call: HostCall, _ index: Int, _ message: MessageReader, _ session: Int
    ) throws {
        if call.ordinal == Wire.WebSession.Methods.openWebSocket.ordinal {
            let request = try WebSocketRequest(try message.root(Wire.WebSession.OpenWebSocketParams.self))
            uploads[index] = steps.count
            return append(.openWebSocket(request, session: session, frames: RecordedBody()), call, index)
        }
        guard let request = try WebRequest(call.ordinal, message) else {
            return append(.skip("method \(call.ordinal) of a WebSession"), call, index)
        }
        if case .stream = request.body { uploads[index] = steps.count }
        append(.send(request, session: session), call, index)
    }

    /// A piece of a body that was opened before.
    private mutating func upload(_ call: HostCall, _ message: MessageReader) throws {
        guard let step = call.target.flatMap({ uploads[$0] }), case .send(var request, let session) = steps[step].step,
            case .stream(let reader, var length) = request.body, let body = reader as? RecordedBody
        else { return }
        if call.ordinal == Wire.ByteStream.Methods.write.ordinal {
            body.append(try message.root(Wire.ByteStream.WriteParams.self).data.array)
        } else if call.ordinal == Wire.ByteStream.Methods.expectSize.ordinal {
            length = Int64(clamping: try message.root(Wire.ByteStream.ExpectSizeParams.self).size)
        }
        request.body = .stream(body, length: length)
        steps[step].step = .send(request, session: session)
    }

    /// What a browser sent through a web socket that was opened before.
    private func frame(_ call: HostCall, _ message: MessageReader) throws {
        guard let step = call.target.flatMap({ uploads[$0] }), case .openWebSocket(_, _, let frames) = steps[step].step
        else { return }
        frames.append(try message.root(Wire.WebSession.WebSocketStream.SendBytesParams.self).message.array)
    }
}

/// The pieces of a recorded body. Filled before it is read.
final class RecordedBody: ByteReader, @unchecked Sendable {
    // One reader at a time, after the one that fills it.
    private var pieces: [[UInt8]] = []

    func append(_ piece: [UInt8]) { pieces.append(piece) }
    func next() async throws(HostError) -> [UInt8]? { pieces.isEmpty ? nil : pieces.removeFirst() }
    func cancel() {}
}
