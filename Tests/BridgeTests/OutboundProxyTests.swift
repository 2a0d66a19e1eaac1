import CCapnpRPC
import CLinux
import CapnProto
import Glibc
import GrainSchemas
import HTTP1
import Testing

@testable import HTTPBridge

/// What an app's HTTP clients reach through the proxy in their environment (specification, section 7.9).
@Suite struct OutboundProxyTests {
    @Test(
        arguments: [
            ("POST http://http-bridge/session/12/claim", "", .claim(session: "12")),
            ("POST /session/12/claim", "Host: HTTP-Bridge:80\r\n", .claim(session: "12")),
            ("POST http://http-bridge/session/12/claim/x", "", .nothing),
            ("GET http://http-bridge/", "Authorization: Bearer a\r\n", .nothing),
            (
                "GET http://a/b?c=d%20e", "Authorization: Bearer x%2Fy\r\n",
                .granted(token: [0x78, 0x2f, 0x79], path: "b?c=d%20e")
            ),
            ("GET http://a?c", "authorization: bearer x\r\n", .granted(token: [0x78], path: "?c")),
            ("GET http://a", "Authorization: Bearer x\r\n", .granted(token: [0x78], path: "")),
            ("GET /b", "Authorization: Bearer x\r\n", .granted(token: [0x78], path: "b")),
            ("GET http://a/b", "Authorization: Basic x\r\n", .nothing), ("GET http://a/b", "", .nothing),
            ("GET http://a/b", "Authorization: Bearer %zz\r\n", .nothing),
        ] as [(String, String, ProxyTarget)])
    func aRequestSaysWhatItIsFor(_ line: String, _ fields: String, _ target: ProxyTarget) throws {
        let host = fields.hasPrefix("Host") ? "" : "Host: a\r\n"
        let head = Array("\(line) HTTP/1.1\r\n\(host)\(fields)\r\n".utf8)
        #expect(ProxyTarget(of: try RequestHead(parsing: head, allowsAbsoluteForm: true)) == target)
    }

    @Test func aClaimIsReadStrictly() throws {
        let names = ["read", "write"]
        let body = #"{"requestToken":"t","requiredPermissions":["write"],"label":{"defaultText":"A label"}}"#
        let claim = try PowerboxClaim(Array(body.utf8), permissionNames: names)
        #expect(claim.requestToken == "t")
        #expect(claim.requiredPermissions == [false, true])
        #expect(claim.label == "A label")
        #expect(
            try PowerboxClaim(Array(#"{"requestToken":"t"}"#.utf8), permissionNames: names).requiredPermissions == [])
        for bad in [
            "", "{}", "[]", #"{"requestToken":1}"#, #"{"requestToken":""}"#, #"{"requestToken":"t""#,
            #"{"requestToken":"t","requiredPermissions":["fly"]}"#, #"{"requestToken":"t","requiredPermissions":1}"#,
            #"{"requestToken":"t","requiredPermissions":[null]}"#, String(repeating: "[", count: 100_000),
        ] {
            #expect(throws: PowerboxClaim.Mistake.self) { try PowerboxClaim(Array(bad.utf8), permissionNames: names) }
        }
    }

    @Test func aPagesTokenIsClaimedAndSaved() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            let context = ScriptedContext(grain.grain.host.loop)
            let session = try grain.openSession(context)
            let body =
                #"{"requestToken":"from the page","requiredPermissions":["read"],"label":{"defaultText":"Feed"}}"#
            let answer = try grain.ask(ProxiedGrain.claim("0", body))
            #expect(answer.status == 200)
            #expect(answer.body == #"{"cap":"a%20%2F%00%FF"}"#)
            #expect(context.claims == ["from the page [true, false]"])
            #expect(grain.grain.api.calls == ["save Feed"])

            #expect(try grain.ask(ProxiedGrain.claim("7", body)).status == 404)
            #expect(try grain.ask(ProxiedGrain.claim("0", "{")).status == 400)
            context.claimFailure = CallFailure(bcr_unimplemented, "this host has no powerbox")
            let refused = try grain.ask(ProxiedGrain.claim("0", body))
            #expect(refused.status == 501)
            #expect(refused.body.contains("this host has no powerbox"))
            withExtendedLifetime(session) {}
        }
    }

    @Test func aGrantedCapabilityIsCalledAsItsServer() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            let remote = ScriptedRemote(grain.grain.host.loop)
            grain.grain.api.restored = remote
            let get = try grain.ask(
                ProxiedGrain.request(
                    "GET", "http://api.example/bytes?q=1",
                    "Accept: text/plain;q=0.5\r\nCookie: a=b\r\nX-Requested-With: me\r\nIf-None-Match: \"t\"\r\n"))
            #expect(get.status == 200)
            #expect(get.body == "hello")
            #expect(get.fields.contains("Content-Type: text/plain"))
            #expect(get.fields.contains("ETag: \"v\""))
            #expect(
                remote.calls == ["GET bytes?q=1 accept text/plain 0.5 cookies 0 headers X-Requested-With=me none-of t"])
            #expect(grain.grain.api.calls == ["restore 78"])

            let head = try grain.ask(ProxiedGrain.request("HEAD", "http://api.example/bytes"))
            #expect(head.status == 200)
            #expect(head.body == "")
            let post = try grain.ask(ProxiedGrain.request("POST", "http://a/p", "Content-Type: x/y\r\n", body: "body"))
            #expect(post.status == 201)
            #expect(remote.calls.last == "POST p x/y body")
            #expect(try grain.ask(ProxiedGrain.request("GET", "http://a/missing")).status == 404)
            #expect(try grain.ask(ProxiedGrain.request("GET", "http://a/fails")).status == 502)
            #expect(try grain.ask(ProxiedGrain.request("DELETE", "http://a/x")).status == 501)
            #expect(try grain.ask(ProxiedGrain.request("BREW", "http://a/x")).status == 501)
            let broken = try grain.ask(ProxiedGrain.request("GET", "http://a/broken"))
            #expect(broken.status == 502)
            #expect(broken.body.contains(HTTPError.valueNotWritable.reason))
        }
    }

    /// RFC 4918, sections 8.10 and 9 to 10, and the calls of the specification, section 9.1.
    @Test(
        arguments: [
            ("PROPFIND", "Depth: 1\r\n", "<a/>", "PROPFIND c/d one <a/>"),
            ("PROPFIND", "", "", "PROPFIND c/d infinity "),
            ("PROPPATCH", "", "<b/>", "PROPPATCH c/d <b/>"), ("MKCOL", "Content-Type: x/y\r\n", "z", "MKCOL c/d x/y z"),
            ("COPY", "Destination: http://a/e/f\r\nDepth: 0\r\nOverwrite: F\r\n", "", "COPY c/d e/f keep shallow"),
            ("COPY", "Destination: /e\r\n", "", "COPY c/d e overwrite deep"),
            ("MOVE", "Destination: https://other.example/e\r\nOverwrite: T\r\n", "", "MOVE c/d e overwrite"),
            ("LOCK", "Depth: 0\r\n", "<l/>", "LOCK c/d shallow <l/>"),
            ("UNLOCK", "Lock-Token: <urn:1>\r\n", "", "UNLOCK c/d <urn:1>"), ("ACL", "", "<acl/>", "ACL c/d <acl/>"),
            ("REPORT", "Content-Type: text/xml\r\n", "<r/>", "REPORT c/d text/xml <r/>"),
        ] as [(String, String, String, String)])
    func methodsOfWebDAVAreCalls(_ method: String, _ fields: String, _ body: String, _ call: String) async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            let remote = ScriptedRemote(grain.grain.host.loop)
            grain.grain.api.restored = remote
            let answer = try grain.ask(ProxiedGrain.request(method, "http://a/c/d", fields, body: body))
            #expect(answer.status == 207)
            #expect(remote.calls == [call])
        }
    }

    @Test(arguments: [
        ("PROPFIND", "Depth: 2\r\n"), ("COPY", ""), ("MOVE", "Destination: //evil/x\r\n"),
        ("MOVE", "Destination: x\r\n"),
        ("COPY", "Destination: http://a\r\n"),
    ])
    func aDepthOrDestinationThatIsNoneIsRefused(_ method: String, _ fields: String) async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.restored = ScriptedRemote(grain.grain.host.loop)
            #expect(try grain.ask(ProxiedGrain.request(method, "http://a/c", fields)).status == 400)
        }
    }

    @Test(arguments: [(true, "1.1"), (false, "1.1"), (false, "1.0")])
    func aLongAnswerStreams(_ statesLength: Bool, _ version: String) async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            let remote = ScriptedRemote(grain.grain.host.loop)
            grain.grain.api.restored = remote
            let path = statesLength ? "stream-sized" : "stream"
            let answer = try grain.ask(ProxiedGrain.request("GET", "http://a/\(path)", version: version))
            #expect(answer.status == 200)
            let isChunked = !statesLength && version == "1.1"
            #expect(answer.fields.contains("Transfer-Encoding: chunked") == isChunked)
            #expect(answer.fields.contains("Content-Length: 300000") == statesLength)
            #expect(try answer.content() == String(repeating: "x", count: 300_000))
        }
    }

    @Test func aStreamThatBreaksOffIsSeenToBreakOff() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.restored = ScriptedRemote(grain.grain.host.loop)
            let answer = try grain.ask(ProxiedGrain.request("GET", "http://a/stream-broken"))
            #expect(answer.status == 200)
            #expect(!answer.body.hasSuffix("0\r\n\r\n"))
        }
    }

    /// Writes may come before the return, and some await them (specification, sections 7.6 and 27.1).
    @Test func whoeverAwaitsAWriteBeforeReturningIsAnswered() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.restored = ScriptedRemote(grain.grain.host.loop)
            let answer = try grain.ask(ProxiedGrain.request("GET", "http://a/awaits"))
            #expect(answer.status == 200)
            #expect(try answer.content() == "abcdefend")
        }
    }

    @Test func whatIsWrittenBeforeTheReturnIsTakenUpToABound() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            let remote = ScriptedRemote(grain.grain.host.loop)
            grain.grain.api.restored = remote
            let answer = try grain.ask(ProxiedGrain.request("GET", "http://a/floods"))
            #expect(answer.status == 200)
            #expect(answer.body == String(repeating: "x", count: 1_000_000))
            #expect(remote.answeredBeforeReturn == 6)
        }
    }

    @Test func aStreamThatEndedBeforeTheReturnIsSeenToBreakOff() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.restored = ScriptedRemote(grain.grain.host.loop)
            let answer = try grain.ask(ProxiedGrain.request("GET", "http://a/forgets"))
            #expect(!answer.body.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test(arguments: ["bytes", "stream", "awaits"])
    func aClientThatSendsNoMoreGetsItsAnswer(_ path: String) async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.restored = ScriptedRemote(grain.grain.host.loop)
            let request = ProxiedGrain.request("GET", "http://a/\(path)")
            let whole = try grain.ask(request).content()
            #expect(!whole.isEmpty)
            #expect(try grain.ask(request, closesDirection: true).content() == whole)
        }
    }

    /// It cannot be told from one that waits.
    @Test func aClientThatWentAwayIsNotWaitedForForever() async throws {
        try await onOwnThread {
            let loop = try #require(EventLoop())
            var ends: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            var events: [String] = []
            let connection = ProxyConnection(
                ends[0], on: loop,
                onRequest: { connection, _, _ in
                    events.append("request")
                    connection.onChange = { events.append("over") }
                },
                onEnd: { _ in bcr_loop_stop(loop.handle) }, patienceMicroseconds: 1_000)
            #expect(connection.start())
            let request = Array(ProxiedGrain.request("GET", "http://a/").utf8)
            send(ends[1], request, request.count, Int32(MSG_NOSIGNAL))
            shutdown(ends[1], Int32(SHUT_WR))
            let alarm = Timer(on: loop, afterMicroseconds: 300_000_000) {
                Issue.record("nothing happened for five minutes")
                bcr_loop_stop(loop.handle)
            }
            withExtendedLifetime((alarm, connection)) { loop.run() }
            #expect(events == ["request", "over"])
            Glibc.close(ends[1])
        }
    }

    @Test func whoeverTunnelsIsToldThatThereIsNoHTTPS() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            let answer = try grain.ask("CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n")
            #expect(answer.status == 501)
            #expect(answer.body.contains("http://"))
        }
    }

    @Test func aTokenThatStandsForNothingIsRefused() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.knowsTokens = false
            let answer = try grain.ask(ProxiedGrain.request("GET", "http://a/x"))
            #expect(answer.status == 401)
            #expect(answer.fields.contains("WWW-Authenticate: Bearer"))
        }
    }

    @Test(
        arguments: [
            ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 404), ("\u{0}\r\n\r\n", 400), ("\r\n\r\n", 400),
            ("CONNECTED x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET http://http-bridge/session/0/claim HTTP/1.1\r\nHost: x\r\n\r\n", 405),
            ("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413),
            (String(repeating: "x", count: 70_000), 431),
        ] as [(String, Int)])
    func everythingElseIsAnError(_ request: String, _ status: Int) async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            #expect(try grain.ask(request).status == status)
            #expect(try grain.ask(request).status == status)
        }
    }

    @Test func whoeverWaitsIsToldToGoOn() async throws {
        try await onOwnThread {
            let grain = try ProxiedGrain()
            defer { grain.close() }
            grain.grain.api.restored = ScriptedRemote(grain.grain.host.loop)
            let answer = try grain.ask(
                ProxiedGrain.request("POST", "http://a/p", "Expect: 100-continue\r\n", body: "body"), heldBack: 4)
            #expect(answer.status == 201)
        }
    }
}

/// A bridge with its proxy's port open, and clients of it.
private final class ProxiedGrain {
    let grain: LocalGrain
    private let port: UInt16

    struct Answer {
        let status: Int
        let fields: String
        let body: String

        /// The body without its chunks, which has to be whole.
        func content() throws -> String {
            guard fields.contains("Transfer-Encoding: chunked") else { return body }
            var decoder = BodyDecoder(framing: .chunked)
            var content: [UInt8] = []
            let bytes = Array(body.utf8)
            #expect(try decoder.decode(bytes.span, from: 0, into: &content) == bytes.count)
            #expect(decoder.isComplete)
            return String(decoding: content, as: UTF8.self)
        }
    }

    init() throws {
        port = try Place.freePort()
        grain = try LocalGrain(options: ["--proxy-port", String(port)]) { config in
            let permissions = config.initViewInfo().initPermissions(count: 2)
            permissions[0].setName("read")
            permissions[1].setName("write")
        }
        try grain.host.call(grain.host.view, Wire.UiView.Methods.getViewInfo, { _, _ in }) { _, _ in }
    }

    func close() { grain.host.close() }

    func openSession(_ context: any RPCObject) throws -> Capability {
        try grain.host.call(grain.host.view, Wire.UiView.Methods.newSession) { [grain] payload, params in
            params.setContext(capability: payload.index(of: Capability(to: context, on: grain.host.loop)))
            params.setSessionType(Wire.WebSession.interfaceID)
            _ = params.initSessionParams().initStructure(Wire.WebSession.Params.self)
        } _: {
            try #require($1.capability(try $0.session))
        }
    }

    static func claim(_ session: String, _ body: String) -> String {
        "POST http://http-bridge/session/\(session)/claim HTTP/1.1\r\nHost: http-bridge\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func request(
        _ method: String, _ target: String, _ fields: String = "", body: String = "", version: String = "1.1"
    ) -> String {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        return
            "\(method) \(target) HTTP/\(version)\r\nHost: a\r\nAuthorization: Bearer x\r\n\(fields)\(length)\r\n\(body)"
    }

    /// Sends a request and reads to the end of the connection, while this thread's loop serves the bridge.
    /// - Parameter heldBack: So many bytes at the end wait for the first word of the other side.
    func ask(_ request: String, heldBack: Int = 0, closesDirection: Bool = false) throws -> Answer {
        let descriptor = try connected()
        defer { Glibc.close(descriptor) }
        let bytes = Array(request.utf8)
        send(descriptor, bytes, bytes.count - heldBack, Int32(MSG_NOSIGNAL))
        if closesDirection { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var watch: Watch?
        grain.host.wait { done in
            watch = Watch(descriptor, for: .readable, on: grain.host.loop) { _ in
                var chunk = [UInt8](repeating: 0, count: 65_536)
                let count = recv(descriptor, &chunk, chunk.count, 0)
                if answer.isEmpty, heldBack > 0, count > 0 {
                    send(descriptor, Array(bytes.suffix(heldBack)), heldBack, Int32(MSG_NOSIGNAL))
                }
                answer += chunk[..<max(count, 0)]
                guard count <= 0 else { return }
                watch?.cancel()
                done()
            }
        }
        if heldBack > 0 {
            let word = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            #expect(answer.starts(with: word))
            answer.removeFirst(word.count)
        }
        let text = String(decoding: answer, as: UTF8.self)
        let end = text.firstRange(of: "\r\n\r\n")
        return Answer(
            status: Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0,
            fields: String(text[..<(end?.lowerBound ?? text.startIndex)]),
            body: String(text[(end?.upperBound ?? text.endIndex)...]))
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }
}

/// A session's context that grants what is claimed, and notes what it is asked to pass on.
final class ScriptedContext: RPCObject {
    private let loop: EventLoop
    private(set) var claims: [String] = []
    var claimFailure: CallFailure?
    /// What was given as the answer to a request, in words.
    private(set) var fulfilled: String?
    private(set) var granted: Capability?
    var fulfillFailure: CallFailure?

    init(_ loop: EventLoop) { self.loop = loop }

    func receive(_ call: IncomingCall, _ message: ReceivedMessage) throws(CallFailure) {
        do {
            if call.isCall(of: Wire.SessionContext.Methods.claimRequest) {
                if let claimFailure { throw claimFailure }
                let params = try message.reader.root(Wire.SessionContext.ClaimRequestParams.self)
                claims.append("\(try params.requestToken) \(Array(try params.requiredPermissions))")
                var payload = Payload()
                payload.message.initRoot(Wire.SessionContext.ClaimRequestResults.self)
                    .setCap(capability: payload.index(of: Capability(to: NothingOffered(), on: loop)))
                call.reply(payload)
            } else if call.isCall(of: Wire.SessionContext.Methods.fulfillRequest) {
                if let fulfillFailure { throw fulfillFailure }
                let params = try message.reader.root(Wire.SessionContext.FulfillRequestParams.self)
                let tag = try #require(try params.descriptor.tags.first)
                let url = try tag.value.structure(Wire.ApiSession.PowerboxTag.self).canonicalUrl
                fulfilled =
                    "\(String(tag.id, radix: 16)) \(url) \(Array(try params.requiredPermissions)) \(try params.displayInfo.title.defaultText)"
                granted = message.capability(try params.cap)
                call.reply()
            } else {
                throw CallFailure.unimplemented(call)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch { throw .failed("\(error)") }
    }
}

/// A granted API that somebody else serves.
private final class ScriptedRemote: RPCObject {
    private let loop: EventLoop
    private(set) var calls: [String] = []
    /// Of the writes of "floods".
    private(set) var answeredBeforeReturn = 0
    private var later: Timer?

    init(_ loop: EventLoop) { self.loop = loop }

    func receive(_ call: IncomingCall, _ message: ReceivedMessage) throws(CallFailure) {
        do {
            if call.isCall(of: Wire.WebSession.Methods.get) {
                try get(call, message)
            } else if call.isCall(of: Wire.WebSession.Methods.post) {
                let params = try message.reader.root(Wire.WebSession.PostParams.self)
                let content = try params.content
                calls.append(
                    "POST \(try params.path) \(try content.mimeType) \(String(decoding: try content.content.array, as: UTF8.self))"
                )
                let payload = Payload()
                payload.message.initRoot(Wire.WebSession.Response.self).initContent().setStatusCode(.created)
                call.reply(payload)
            } else if let words = try dav(call, message) {
                calls.append(words)
                let payload = Payload()
                payload.message.initRoot(Wire.WebSession.Response.self).initContent().setStatusCode(.multiStatus)
                call.reply(payload)
            } else {
                throw CallFailure.unimplemented(call)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch { throw .failed("\(error)") }
    }

    private func dav(_ call: IncomingCall, _ message: ReceivedMessage) throws -> String? {
        typealias Methods = Wire.WebSession.Methods
        switch call.ordinal {
        case Methods.propfind.ordinal:
            let params = try message.reader.root(Wire.WebSession.PropfindParams.self)
            return "PROPFIND \(try params.path) \(params.depth.map { "\($0)" } ?? "?") \(try params.xmlContent)"
        case Methods.proppatch.ordinal:
            let params = try message.reader.root(Wire.WebSession.ProppatchParams.self)
            return "PROPPATCH \(try params.path) \(try params.xmlContent)"
        case Methods.mkcol.ordinal:
            let params = try message.reader.root(Wire.WebSession.MkcolParams.self)
            return "MKCOL \(try params.path) \(try Self.words(try params.content))"
        case Methods.copy.ordinal:
            let params = try message.reader.root(Wire.WebSession.CopyParams.self)
            return "COPY \(try params.path) \(try params.destination) \(params.noOverwrite ? "keep" : "overwrite") "
                + (params.shallow ? "shallow" : "deep")
        case Methods.move.ordinal:
            let params = try message.reader.root(Wire.WebSession.MoveParams.self)
            return "MOVE \(try params.path) \(try params.destination) \(params.noOverwrite ? "keep" : "overwrite")"
        case Methods.lock.ordinal:
            let params = try message.reader.root(Wire.WebSession.LockParams.self)
            return "LOCK \(try params.path) \(params.shallow ? "shallow" : "deep") \(try params.xmlContent)"
        case Methods.unlock.ordinal:
            let params = try message.reader.root(Wire.WebSession.UnlockParams.self)
            return "UNLOCK \(try params.path) \(try params.lockToken)"
        case Methods.acl.ordinal:
            let params = try message.reader.root(Wire.WebSession.AclParams.self)
            return "ACL \(try params.path) \(try params.xmlContent)"
        case Methods.report.ordinal:
            let params = try message.reader.root(Wire.WebSession.ReportParams.self)
            return "REPORT \(try params.path) \(try Self.words(try params.content))"
        default: return nil
        }
    }

    private static func words(_ content: Wire.WebSession.PostContent.Reader) throws -> String {
        "\(try content.mimeType) \(String(decoding: try content.content.array, as: UTF8.self))"
    }

    private func get(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.GetParams.self)
        let path = try params.path
        let payload = Payload()
        let response = payload.message.initRoot(Wire.WebSession.Response.self)
        if path.hasPrefix("bytes") {
            calls.append("\(params.ignoreBody ? "HEAD" : "GET") \(path)" + (try Self.words(try params.context)))
            let content = response.initContent()
            content.setMimeType("text/plain")
            content.initETag().setValue("v")
            if !params.ignoreBody { content.initBody().setBytes(Array("hello".utf8)) }
        } else if path.hasPrefix("stream") {
            let sink = try #require(message.capability(try params.context.responseStream))
            try stream(to: sink, path)
            return call.reply(streamed())
        } else if path == "awaits" {
            let sink = try #require(message.capability(try params.context.responseStream))
            return write("abc", to: sink) { [self] in
                write("def", to: sink) { [self] in
                    call.reply(streamed())
                    write("end", to: sink) { OutgoingCall(sink, Wire.ByteStream.Methods.done, Payload()) { _ in } }
                }
            }
        } else if path == "floods" {
            return flood(try #require(message.capability(try params.context.responseStream)), call)
        } else if path == "forgets" {
            // The stream goes with the message, and that is said before a return of the next turn.
            later = Timer(on: loop, afterMicroseconds: 0) { [unowned self] in call.reply(streamed()) }
            return
        } else if path == "missing" {
            response.initClientError().setStatusCode(.notFound)
        } else if path == "broken" {
            response.initContent().setMimeType("text/html\r\nSet-Cookie: a=b")
        } else {
            throw CallFailure.disconnected("it is gone")
        }
        call.reply(payload)
    }

    private func streamed() -> Payload {
        var payload = Payload()
        payload.message.initRoot(Wire.WebSession.Response.self).initContent().initBody()
            .setStream(capability: payload.index(of: Capability(to: NothingOffered(), on: loop)))
        return payload
    }

    private func write(_ text: String, to sink: Capability, _ completion: @escaping () -> Void) {
        let payload = Payload()
        payload.message.initRoot(Wire.ByteStream.WriteParams.self).setData(Array(text.utf8))
        OutgoingCall(sink, Wire.ByteStream.Methods.write, payload) { _ in completion() }
    }

    /// Waits for no answer to its writes; that to the statement of the size comes behind all that are given at once.
    private func flood(_ sink: Capability, _ call: IncomingCall) {
        var hasReturned = false
        for _ in 0..<10 {
            write(String(repeating: "x", count: 100_000), to: sink) { [self] in
                if !hasReturned { answeredBeforeReturn += 1 }
            }
        }
        let payload = Payload()
        payload.message.initRoot(Wire.ByteStream.ExpectSizeParams.self).setSize(1_000_000)
        OutgoingCall(sink, Wire.ByteStream.Methods.expectSize, payload) { [self] _ in
            hasReturned = true
            call.reply(streamed())
            OutgoingCall(sink, Wire.ByteStream.Methods.done, Payload()) { _ in }
        }
    }

    private func stream(to sink: Capability, _ path: String) throws {
        if path == "stream-sized" {
            let payload = Payload()
            payload.message.initRoot(Wire.ByteStream.ExpectSizeParams.self).setSize(300_000)
            OutgoingCall(sink, Wire.ByteStream.Methods.expectSize, payload) { _ in }
        }
        for _ in 0..<3 {
            let payload = Payload()
            payload.message.initRoot(Wire.ByteStream.WriteParams.self).setData([UInt8](repeating: 0x78, count: 100_000))
            OutgoingCall(sink, Wire.ByteStream.Methods.write, payload) { _ in }
        }
        guard path != "stream-broken" else { return }
        OutgoingCall(sink, Wire.ByteStream.Methods.done, Payload()) { _ in }
    }

    private static func words(_ context: Wire.WebSession.Context.Reader) throws -> String {
        var words: [String] = []
        for type in try context.accept { words.append("accept \(try type.mimeType) \(type.qValue)") }
        words.append("cookies \(try context.cookies.count)")
        for header in try context.additionalHeaders { words.append("headers \(try header.name)=\(try header.value)") }
        if case .matchesNoneOf = context.eTagPrecondition.which {
            words += try context.eTagPrecondition.matchesNoneOf.map { "none-of \(try $0.value)" }
        }
        return words.map { " " + $0 }.joined()
    }
}
