import Barchan
import HTTP1Server

/// One request as the services see it.
struct Request: Sendable {
    let head: CheckedHead
    let body: RequestBody
    /// What comes behind the head once the connection is a web socket; nil when the head asks for none.
    let upgraded: (any ByteReader)?
    let memory: ConnectionMemory
    let trace: TraceID
    /// When its head was there, in nanoseconds of ``uptimeNanoseconds()``.
    let begin = uptimeNanoseconds()
}

/// What services remember from one request of a connection to the next. Used by one request at a time.
final class ConnectionMemory: @unchecked Sendable {
    var grainOrigin: GrainOrigin?
    /// 4 or 16 bytes; nil for what has none, such as a socket file.
    var remoteAddress: [UInt8]?
    /// Whether it is a proxy's that may speak for others.
    var isProxy = false
    /// The session that the last request was let into.
    var session: (any DirectGrainSession)?
    var traces = TraceSource()
    /// The client's IP address as text; empty when it has none.
    var clientAddress: String { ClientAddress.text(remoteAddress ?? []) }
}

/// Answers requests.
protocol RequestService: Sendable {
    func answer(_ request: Request) async -> Answer
    /// The same without a task, where nothing has to be waited for but an app.
    /// - Parameter completion: Comes once, on any thread, after this has returned.
    /// - Returns: Nil, having done nothing, when `answer` has to do it.
    func begin(_ request: Request, _ completion: @escaping @Sendable (Answer) -> Void) -> (any PendingRequest)?
    /// The answer to what is no proper request.
    func refusal(_ fault: RequestFault, host: String?, _ trace: TraceID) -> Response
}

enum Answer: Sendable {
    case response(Response)
    case webSocket(FieldBlock, outgoing: any ByteReader)
}

struct Response: Sendable {
    var status: Int
    /// Without those that frame the body.
    var fields = FieldBlock()
    var body = Body.none

    enum Body: Sendable {
        case none
        case bytes([UInt8])
        case stream(any ByteReader, length: Int64?)
    }

    init(_ status: Int, fields: FieldBlock = FieldBlock(), body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

extension Response {
    /// A failure in a line of text.
    static func sentence(_ status: Int, _ reason: String, _ policy: FieldBlock) -> Response {
        var fields = policy
        fields.add("Cache-Control", "no-store")
        fields.add("Content-Type", "text/plain; charset=utf-8")
        let text = "\(status) \(StatusLine.name(status)): \(reason)\n"
        return Response(status, fields: fields, body: .bytes(Array(text.utf8)))
    }
}

/// One request under way, on its connection's loop.
final class Exchange {
    let head: CheckedHead
    let trace: TraceID
    var taker: BodyTaker
    /// A short body on its way in.
    var collected: [UInt8] = []
    /// Who waits for a piece of a long body, or for bytes behind the upgrade.
    var waiter: CheckedContinuation<Result<[UInt8]?, HostError>, Never>?
    var fault: RequestFault?
    var sentContinue = false
    /// The head of the answer is on its way.
    var isAnswerBegun = false
    /// Nobody wants the rest of the body.
    var isBodyUnwanted = false
    var isUpgraded = false
    var task: Task<Void, Never>?
    var pending: (any PendingRequest)?

    init(head: CheckedHead, limits: RequestLimits, trace: TraceID) {
        self.head = head
        self.trace = trace
        taker = BodyTaker(framing: head.framing, limits: limits)
    }

    /// Nobody wants the answer any more.
    func cancel() {
        task?.cancel()
        pending?.cancel()
        pending = nil
    }
}
