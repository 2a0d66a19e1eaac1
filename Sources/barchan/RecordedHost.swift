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
        /// Cannot be asked through a transport by this program.
        case skip(String)
    }

    /// By call of the recording, in order, with the calls that had no answer yet then.
    private(set) var steps: [(call: Int, unanswered: Set<Int>, step: Step)] = []
    /// By call of the recording: the session it opened, or the step whose body is sent to what it returned.
    private var sessions: [Int: Int] = [:]
    private var uploads: [Int: Int] = [:]

    init(_ recording: Recording) throws(HostError) {
        do {
            for (index, call) in try recording.hostCalls().enumerated() { try take(call, index) }
        } catch { throw HostError(.invalidArgument, "read what the recorded host asked: \(error)") }
    }

    private mutating func take(_ call: HostCall, _ index: Int) throws {
        let message = try MessageReader(call.params, framing: .flat)
        switch call.interfaceID {
        case Wire.UiView.interfaceID where call.ordinal == Wire.UiView.Methods.newSession.ordinal:
            let params = try message.root(Wire.UiView.NewSessionParams.self)
            guard params.sessionType == Wire.WebSession.interfaceID else {
                return append(.skip("a session of another type than WebSession"), call, index)
            }
            sessions[index] = sessions.count
            append(.open(try WebSessionParameters(params)), call, index)
        // A transport asks this by itself.
        case Wire.UiView.interfaceID where call.ordinal == Wire.UiView.Methods.getViewInfo.ordinal: return
        case Wire.WebSession.interfaceID:
            guard let session = call.target.flatMap({ sessions[$0] }),
                let request = try WebRequest(call.ordinal, message)
            else { return append(.skip("method \(call.ordinal) of a WebSession"), call, index) }
            if case .stream = request.body { uploads[index] = steps.count }
            append(.send(request, session: session), call, index)
        case Wire.ByteStream.interfaceID: try upload(call, message)
        default: return
        }
    }

    private mutating func append(_ step: Step, _ call: HostCall, _ index: Int) {
        steps.append((index, call.unanswered, step))
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
}

/// The pieces of a recorded body. Filled before it is read.
final class RecordedBody: ByteReader, @unchecked Sendable {
    // One reader at a time, after the one that fills it.
    private var pieces: [[UInt8]] = []

    func append(_ piece: [UInt8]) { pieces.append(piece) }
    func next() async throws(HostError) -> [UInt8]? { pieces.isEmpty ? nil : pieces.removeFirst() }
    func cancel() {}
}

// MARK: From the wire

extension WebSessionParameters {
    fileprivate init(_ params: Wire.UiView.NewSessionParams.Reader) throws {
        let info = try params.userInfo
        let web = try params.sessionParams.structure(Wire.WebSession.Params.self)
        self.init(
            user: UserInfo(
                displayName: try info.displayName.defaultText, preferredHandle: try info.preferredHandle,
                identityID: try info.identityId.array, pictureURL: try info.pictureUrl,
                pronouns: UserInfo.Pronouns(rawValue: info.pronouns?.rawValue ?? 0) ?? .neutral,
                permissions: Array(try info.permissions)),
            basePath: try web.basePath, userAgent: try web.userAgent,
            acceptableLanguages: try web.acceptableLanguages.map { try $0.text() }, tabID: try params.tabId.array)
    }
}

extension WebRequest {
    /// Nil for a method that this program does not know.
    fileprivate init?(_ ordinal: UInt16, _ message: MessageReader) throws {
        typealias Methods = Wire.WebSession.Methods
        switch ordinal {
        case Methods.get.ordinal:
            let params = try message.root(Wire.WebSession.GetParams.self)
            self.init(method: params.ignoreBody ? .head : .get, path: try params.path)
            try fill(try params.context)
        case Methods.post.ordinal:
            let params = try message.root(Wire.WebSession.PostParams.self)
            self.init(method: .post, path: try params.path)
            let content = try params.content
            (contentType, contentEncoding) = (try content.mimeType, try content.encoding)
            body = .bytes(try content.content.array)
            try fill(try params.context)
        case Methods.put.ordinal:
            let params = try message.root(Wire.WebSession.PutParams.self)
            self.init(method: .put, path: try params.path)
            let content = try params.content
            (contentType, contentEncoding) = (try content.mimeType, try content.encoding)
            body = .bytes(try content.content.array)
            try fill(try params.context)
        case Methods.delete.ordinal:
            let params = try message.root(Wire.WebSession.DeleteParams.self)
            self.init(method: .delete, path: try params.path)
            try fill(try params.context)
        case Methods.options.ordinal:
            let params = try message.root(Wire.WebSession.OptionsParams.self)
            self.init(method: .options, path: try params.path)
            try fill(try params.context)
        case Methods.postStreaming.ordinal:
            let params = try message.root(Wire.WebSession.PostStreamingParams.self)
            self.init(method: .post, path: try params.path)
            (contentType, contentEncoding) = (try params.mimeType, try params.encoding)
            body = .stream(RecordedBody(), length: nil)
            try fill(try params.context)
        case Methods.putStreaming.ordinal:
            let params = try message.root(Wire.WebSession.PutStreamingParams.self)
            self.init(method: .put, path: try params.path)
            (contentType, contentEncoding) = (try params.mimeType, try params.encoding)
            body = .stream(RecordedBody(), length: nil)
            try fill(try params.context)
        default: return nil
        }
    }

    private mutating func fill(_ context: Wire.WebSession.Context.Reader) throws {
        cookies = try context.cookies.map { KeyValue(try $0.key, try $0.value) }
        accept = try context.accept.map { AcceptedType(mimeType: try $0.mimeType, quality: $0.qValue) }
        acceptEncoding = try context.acceptEncoding.map {
            AcceptedEncoding(coding: try $0.contentCoding, quality: $0.qValue)
        }
        additionalHeaders = try context.additionalHeaders.map { KeyValue(try $0.name, try $0.value) }
        let condition = context.eTagPrecondition
        switch condition.which {
        case .exists: precondition = .exists
        case .doesntExist: precondition = .doesntExist
        case .matchesOneOf: precondition = .matchesOneOf(try Self.tags(try condition.matchesOneOf))
        case .matchesNoneOf: precondition = .matchesNoneOf(try Self.tags(try condition.matchesNoneOf))
        case .none?, nil: precondition = .none
        }
    }

    private static func tags(_ tags: StructList<Wire.WebSession.ETag>) throws -> [ETag] {
        try tags.map { ETag(value: try $0.value, isWeak: $0.weak) }
    }
}
