import Barchan
import HTTP1Server

/// Answers for the hosts of open grains: starts sessions, checks the cookie and passes requests to the app.
///
/// A class, as ``Site`` and ``CheckedHead`` are: each request is held by several closures, and one reference is cheaper to hold.
final class GrainService: Sendable {
    let host: any FrontendHost
    let site: Site
    let bufferedBodyBytes: Int
    private let bodyRoom: BodyRoom
    let exceptions: OpenExceptions
    let metrics: FrontendMetrics
    /// Whether every request gets a line in its grain's log, or only those that failed.
    let notesAll: Bool
    /// So many lines of one grain's failures are in the host's log.
    let failureLines = AttemptLimiter(perMinute: 10)
    let log: HostLog

    init(
        host: any FrontendHost, site: Site, bufferedBodyBytes: Int, exceptions: OpenExceptions,
        metrics: FrontendMetrics, notesAll: Bool, log: HostLog
    ) {
        self.host = host
        self.site = site
        self.bufferedBodyBytes = bufferedBodyBytes
        bodyRoom = BodyRoom(bodyBytes: bufferedBodyBytes)
        self.exceptions = exceptions
        self.metrics = metrics
        self.notesAll = notesAll
        self.log = log
    }

    func answer(_ request: Request, _ session: SessionID) async -> Answer {
        let origin = origin(session, request.memory)
        var admitted: (any GrainSession)?
        do throws(RequestFault) {
            if let objection = FetchRules.objection(to: request.head, origin: origin.origin) {
                throw RequestFault(403, objection)
            }
            let isTopLevel = FetchRules.isTopLevel(request.head)
            if request.head.target.hasPrefix(SessionStart.path) {
                guard !isTopLevel else { throw GrainService.notOpen }
                return .response(finished(try await start(request.head, origin), request, nil))
            }
            if FetchRules.isNewTab(request.head), let page = await intoShell(request.head, origin) {
                return .response(finished(page, request, nil))
            }
            let session = try await self.admitted(request.head, origin)
            admitted = session
            request.memory.session = session as? any DirectGrainSession
            if isTopLevel { return .response(finished(intoFrame(request.head, session, origin), request, session)) }
            if request.head.asksForWebSocket { return try await openWebSocket(request, session, origin) }
            return .response(finished(try await pass(request, session, origin), request, session))
        } catch {
            let page = errorPage(error.status, error.reason, origin, for: request)
            return .response(finished(page, request, admitted, fault: error))
        }
    }

    private func origin(_ session: SessionID, _ memory: ConnectionMemory) -> GrainOrigin {
        if let known = memory.grainOrigin, known.session == session { return known }
        let origin = GrainOrigin(session, site: site, except: exceptions.of(session))
        memory.grainOrigin = origin
        return origin
    }

    // MARK: Sessions

    private func start(_ head: CheckedHead, _ origin: GrainOrigin) async throws(RequestFault) -> Response {
        guard head.method == "GET", let start = SessionStart(target: head.target) else {
            throw RequestFault(400, "This is not how a grain is opened. Open it from \(site.baseURL).")
        }
        guard let session = await host.sessions.session(origin.session), session.secret == start.secret else {
            throw GrainService.notOpen
        }
        var fields = origin.policy
        fields.add("Set-Cookie", SessionCookie.line(session.secret, site: site))
        fields.add("Location", origin.origin + start.path)
        fields.add("Cache-Control", "no-store")
        return Response(303, fields: fields)
    }

    /// The same for a tab to which the browser does not give the frame's cookie, since the shell is another site to it
    /// (so is `localhost`). There is nothing in the address that lets anybody in, which of links cannot be said.
    private func intoShell(_ head: CheckedHead, _ origin: GrainOrigin) async -> Response? {
        guard let session = await host.sessions.session(origin.session), session.base == "/grain/\(session.grain)"
        else {
            return nil
        }
        return intoFrame(head, session, origin)
    }

    /// The same page where it belongs: in the shell's.
    private func intoFrame(_ head: CheckedHead, _ session: any GrainSession, _ origin: GrainOrigin) -> Response {
        var fields = origin.policy
        fields.add("Location", "\(site.baseURL)\(session.base)\(head.target)")
        fields.add("Cache-Control", "no-store")
        return Response(303, fields: fields)
    }

    /// The session that the host name and the cookie name together.
    private func admitted(_ head: CheckedHead, _ origin: GrainOrigin) async throws(RequestFault) -> any GrainSession {
        guard let session = await host.sessions.session(origin.session), admits(head, to: session) else {
            throw GrainService.notOpen
        }
        return session
    }

    /// Whether the one session cookie is this session's.
    private func admits(_ head: CheckedHead, to session: any GrainSession) -> Bool {
        CookiePairs.value(ofOnly: SessionCookie.name(site: site), in: head).map { session.secret.isWritten($0) }
            ?? false
    }

    static let notOpen = RequestFault(
        403,
        "This page is not open here, or not any more, or your browser refused its cookie: it has to allow cookies in frames of other sites here. "
            + "Go back to your grains and open it again.")

    // MARK: Requests

    private func pass(
        _ request: Request, _ session: any GrainSession, _ origin: GrainOrigin
    ) async throws(RequestFault) -> Response {
        let mapping = RequestMapping(head: request.head, host: origin.host)
        let client = mapping.client(origin: origin.origin, pictures: site.staticOrigin)
        let answer = try await ask(session, request, mapping, client)
        return try response(answer, to: request.head, origin)
    }

    private func ask(
        _ session: any GrainSession, _ request: Request, _ mapping: RequestMapping, _ client: WebClient
    ) async throws(RequestFault) -> WebResponse {
        let method = try mapping.method()
        var mapped = try mapping.request(method)
        let held = mapping.heldBytes(request.body, for: method, maximumBytes: bufferedBodyBytes)
        try bodyRoom.take(held)
        defer { bodyRoom.giveBack(held) }
        mapped.body = try await mapping.body(request.body, for: method, maximumBytes: bufferedBodyBytes)
        do throws(HostError) {
            return try await awake(session, mapped) { session, request throws(HostError) in
                try await session.send(request, from: client)
            }
        } catch { throw fault(error) }
    }

    /// A request like the last one of its connection: the session is known, and nothing of the request has to be read or
    /// waited for. What is wrong with one that is not so is for `answer` to say.
    func begin(_ request: Request, _ completion: @escaping @Sendable (Answer) -> Void) -> (any PendingRequest)? {
        let head = request.head
        guard let origin = request.memory.grainOrigin, origin.host == head.host, let session = request.memory.session,
            session.identifier == origin.session, !head.asksForWebSocket, !head.target.hasPrefix(SessionStart.path),
            FetchRules.objection(to: head, origin: origin.origin) == nil, !FetchRules.isTopLevel(head),
            admits(head, to: session)
        else { return nil }
        let mapping = RequestMapping(head: head, host: origin.host)
        guard let method = try? mapping.method(), let body = mapping.shortBody(request.body, for: method),
            var mapped = try? mapping.request(method)
        else { return nil }
        mapped.body = body
        return session.begin(mapped, from: { mapping.client(origin: origin.origin, pictures: self.site.staticOrigin) })
        {
            result in
            completion(.response(self.response(result, to: request, session, origin)))
        }
    }

    private func response(
        _ result: Result<WebResponse, HostError>, to request: Request, _ session: any GrainSession,
        _ origin: GrainOrigin
    ) -> Response {
        do throws(RequestFault) {
            switch result {
            case .success(let answer):
                return finished(try response(answer, to: request.head, origin), request, session)
            case .failure(let error): throw fault(error)
            }
        } catch {
            let page = errorPage(error.status, error.reason, origin, for: request)
            return finished(page, request, session, fault: error)
        }
    }

    private func response(
        _ answer: WebResponse, to head: CheckedHead, _ origin: GrainOrigin
    ) throws(RequestFault) -> Response {
        try response(
            answer, by: ResponseMapping(head: head, policy: origin.policy, origin: origin.origin, site: site))
    }

    private func response(_ answer: WebResponse, by mapping: ResponseMapping) throws(RequestFault) -> Response {
        do throws(RequestFault) {
            return try mapping.response(answer)
        } catch {
            if case .content(_, let content) = answer.outcome, case .stream(let reader, _) = content.body {
                reader.cancel()
            }
            throw error
        }
    }

    /// A program's request (specification, section 8.3).
    func pass(
        _ call: APICall, _ session: any GrainSession, _ policy: FieldBlock
    ) async throws(RequestFault) -> Answer {
        let mapping = RequestMapping(head: call.request.head, host: call.host, credentials: call.credentials)
        let client = mapping.client(origin: call.origin, pictures: site.staticOrigin)
        if call.request.head.asksForWebSocket {
            return try await openWebSocket(call.request, mapping, client, session, policy)
        }
        let answer = try await ask(session, call.request, mapping, client)
        return .response(
            try response(
                answer,
                by: ResponseMapping(
                    head: call.request.head, policy: policy, origin: call.origin, site: site, hasCookies: false,
                    tokenPath: call.credentials.path)))
    }

    private func openWebSocket(
        _ request: Request, _ session: any GrainSession, _ origin: GrainOrigin
    ) async throws(RequestFault) -> Answer {
        let mapping = RequestMapping(head: request.head, host: origin.host)
        let client = mapping.client(origin: origin.origin, pictures: site.staticOrigin)
        return try await openWebSocket(request, mapping, client, session, origin.policy)
    }

    private func openWebSocket(
        _ request: Request, _ mapping: RequestMapping, _ client: WebClient, _ session: any GrainSession,
        _ policy: FieldBlock
    ) async throws(RequestFault) -> Answer {
        let handshake = try WebSocketHandshake(request.head)
        guard let incoming = request.upgraded else { throw RequestFault(400, "This is no request for a web socket.") }
        var opening = WebSocketRequest(path: mapping.path)
        opening.cookies = mapping.hasCookies ? mapping.cookies : []
        opening.protocols = handshake.protocols
        opening.additionalHeaders = mapping.additionalHeaders
        do throws(HostError) {
            let response = try await awake(session, opening) { session, opening throws(HostError) in
                try await session.openWebSocket(opening, from: client, incoming: incoming)
            }
            metrics.noteGrain(101, since: request.begin)
            var fields = handshake.accepted(response, policy: policy)
            fields.add(request.trace)
            return .webSocket(fields, outgoing: response.outgoing)
        } catch { throw fault(error) }
    }

    /// Starting a grain takes a while and may block: it happens away from the loop that serves other connections.
    private func awake<Asked: Sendable, Answer: Sendable>(
        _ session: any GrainSession, _ asked: Asked,
        _ ask: @Sendable (any GrainSession, Asked) async throws(HostError) -> Answer
    ) async throws(HostError) -> Answer {
        if await session.state == .running { return try await ask(session, asked) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { () throws(HostError) in
            try await ask(session, asked)
        }
    }

    private func fault(_ error: HostError) -> RequestFault {
        switch error.code {
        case .notFound: return GrainService.notOpen
        case .permissionDenied: return RequestFault(403, error.message)
        case .invalidArgument: return RequestFault(400, error.message)
        case .unsupported: return RequestFault(501, "The app does not know this kind of request: \(error.message)")
        case .disconnected:
            return RequestFault(
                503, "The app went away before it answered. Load the page again to start it anew. Why: \(error.message)"
            )
        case .resourceExhausted, .cancelled:
            return RequestFault(503, error.message, retryAfterSeconds: error.retryAfter?.components.seconds)
        case .timedOut: return RequestFault(504, error.message)
        default: return RequestFault(500, error.message)
        }
    }
}
