import Barchan
import Synchronization
import Testing

/// What an app learns of a request (specification, section 9.1).
@Suite struct RequestMappingTests {
    /// Sends one request and gives what the app got.
    private func seen(
        _ method: String, _ target: String, _ fields: [String] = [], body: String? = nil, bytes: [UInt8]? = nil
    ) async throws -> (request: WebRequest?, client: WebClient?, reply: Reply, origin: String) {
        try await Serving.run { serving async throws in
            let box = Mutex<(WebRequest, WebClient)?>(nil)
            serving.host.answer { (request, client) throws(HostError) in
                box.withLock { $0 = (request, client) }
                return WebResponse(.noContent(shouldResetForm: false, nil))
            }
            let session = serving.host.openSession()
            let fields = fields.map { $0.replacing("HOST", with: serving.grainHost(session)) }
            let reply = try await serving.request(
                target, to: session, fields, method: method, bytes: bytes ?? body.map { Array($0.utf8) })
            let found = box.withLock { $0 }
            return (found?.0, found?.1, reply, "http://\(serving.grainHost(session))")
        }
    }

    @Test(arguments: [
        ("/", ""), ("/a/b?c=d&e", "a/b?c=d&e"), ("/a%20b%2Fc", "a%20b%2Fc"), ("//a", "/a"), ("/?q=100%", "?q=100%"),
        ("/a/../b", "a/../b"), ("/%C3%A4?%00", "%C3%A4?%00"),
    ]) func pathIsUntouched(_ target: String, _ path: String) async throws {
        #expect(try await seen("GET", target).request?.path == path)
    }

    static let methods: [(String, [String], WebRequest.Method)] = [
        ("GET", [], .get), ("HEAD", [], .head), ("POST", [], .post), ("PUT", [], .put), ("PATCH", [], .patch),
        ("DELETE", [], .delete), ("OPTIONS", [], .options), ("PROPFIND", [], .propfind(depth: .infinity)),
        ("PROPFIND", ["Depth: 0"], .propfind(depth: .zero)), ("PROPFIND", ["Depth: 1"], .propfind(depth: .one)),
        ("PROPPATCH", [], .proppatch), ("MKCOL", [], .mkcol), ("ACL", [], .acl), ("REPORT", [], .report),
        (
            "COPY", ["Destination: http://HOST/b%20c", "Overwrite: F"],
            .copy(destination: "b%20c", noOverwrite: true, depth: .infinity)
        ),
        ("MOVE", ["Destination: /x/y"], .move(destination: "x/y", noOverwrite: false)),
        ("LOCK", ["Depth: 0"], .lock(isShallow: true)), ("LOCK", [], .lock(isShallow: false)),
        ("UNLOCK", ["Lock-Token: <urn:a>"], .unlock(lockToken: "<urn:a>")),
    ]

    @Test(arguments: methods.indices) func methodIsMapped(_ index: Int) async throws {
        let (method, fields, expected) = RequestMappingTests.methods[index]
        #expect(try await seen(method, "/", fields).request?.method == expected)
    }

    @Test(arguments: [
        ("COPY", [], 400), ("COPY", ["Destination: http://evil.test/a"], 502),
        ("MOVE", ["Destination: //evil.test/a"], 400),
        ("PROPFIND", ["Depth: 2"], 400), ("GET", ["If-None-Match: abc"], 400), ("BREW", [], 501),
    ]) func nonsenseIsRefused(_ method: String, _ fields: [String], _ status: Int) async throws {
        let (request, _, reply, _) = try await seen(method, "/", fields)
        #expect(reply.status == status)
        #expect(request == nil)
    }

    @Test func webDAVBodiesHaveToBeXML() async throws {
        #expect(
            try await seen("PROPFIND", "/", ["Content-Type: application/xml; charset=utf-8"], body: "<a/>").reply.status
                == 204)
        #expect(try await seen("REPORT", "/", ["Content-Type: text/xml"], body: "<a/>").reply.status == 204)
        #expect(try await seen("PROPFIND", "/", ["Content-Type: text/plain"], body: "<a/>").reply.status == 415)
        for (coding, status) in [("gzip", 400), ("br", 415), ("identity", 204)] {
            let fields = ["Content-Type: text/xml", "Content-Encoding: \(coding)"]
            #expect(try await seen("LOCK", "/", fields, body: "x").reply.status == status)
        }
    }

    @Test(arguments: ["PROPFIND", "PROPPATCH", "LOCK", "ACL", "REPORT"])
    func compressedXMLReachesTheAppAsText(_ method: String) async throws {
        let fields = ["Content-Type: text/xml", "Content-Encoding: gzip"]
        // `printf '<a/>' | gzip -n`, one character per byte.
        let body = "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}\u{b3}I\u{d4}\u{b7}\u{3}\0\u{d4}\u{1c}\u{d1}\u{1}\u{4}\0\0\0"
        let (request, _, reply, _) = try await seen(
            method, "/", fields, bytes: body.unicodeScalars.map { UInt8($0.value) })
        #expect(reply.status == 204)
        guard case .bytes(let bytes) = request?.body else {
            Issue.record("the app got no body")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "<a/>")
        #expect(request?.contentEncoding == "")
    }

    @Test func ourCookiesStayHere() async throws {
        let request = try await seen("GET", "/", ["Cookie: a=b; c=\"d=e\"; sandstorm-sid=x;  f=g ", "Cookie: h=i"])
            .request
        #expect(
            request?.cookies == [KeyValue("a", "b"), KeyValue("c", "\"d=e\""), KeyValue("f", "g"), KeyValue("h", "i")])
    }

    @Test func listsAreTakenApart() async throws {
        let request = try await seen(
            "GET", "/", ["Accept: text/html;level=1;q=0.8, */*;q=0.1, a/b", "Accept-Encoding: gzip, br;q=0.5"]
        ).request
        #expect(
            request?.accept == [
                AcceptedType(mimeType: "text/html; level=1", quality: 0.8), AcceptedType(mimeType: "*/*", quality: 0.1),
                AcceptedType(mimeType: "a/b", quality: 1),
            ])
        #expect(
            request?.acceptEncoding == [
                AcceptedEncoding(coding: "gzip", quality: 1), AcceptedEncoding(coding: "br", quality: 0.5),
            ])
    }

    static let preconditions: [(String, ETagPrecondition)] = [
        ("X-A: b", .none), ("If-Match: *", .exists), ("If-None-Match: *", .doesntExist),
        ("If-Match: \"a\", W/\"b\"", .matchesOneOf([ETag(value: "a"), ETag(value: "b", isWeak: true)])),
        ("If-None-Match: \"a,b\"", .matchesNoneOf([ETag(value: "a,b")])),
    ]

    @Test(arguments: preconditions.indices) func preconditionIsMapped(_ index: Int) async throws {
        let (field, expected) = RequestMappingTests.preconditions[index]
        #expect(try await seen("GET", "/", [field]).request?.precondition == expected)
    }

    @Test func onlyTheWhiteListPasses() async throws {
        let request = try await seen(
            "GET", "/",
            [
                "X-Sandstorm-App-Thing: 1", "X-Requested-With: XMLHttpRequest", "OC-Total-Length: 5", "X-Hgarg-1: a",
                "X-CSRF-Token: t",
                "Referer: http://x/", "Range: bytes=0-1", "Authorization: Bearer x", "X-Forwarded-For: 1.2.3.4",
                "Cache-Control: no-cache",
                "X-Sandstorm-User-Id: root", "If-Modified-Since: now", "DNT: 1", "X-Real-IP: 1.2.3.4",
            ]
        ).request
        #expect(
            request?.additionalHeaders.map { $0.name.lowercased() } == [
                "x-sandstorm-app-thing", "x-requested-with", "oc-total-length", "x-hgarg-1", "x-csrf-token",
            ])
    }

    @Test func theAppLearnsTheBrowser() async throws {
        let known = try await seen("GET", "/", ["User-Agent: Sand/1", "Accept-Language: de-AT, de;q=0.8"])
        #expect(known.client?.basePath == known.origin && known.client?.userAgent == "Sand/1")
        #expect(known.client?.acceptableLanguages == ["de-AT", "de"])
        #expect(known.client?.pictureBase.hasPrefix("http://static.localhost:") == true)
        let unknown = try await seen("GET", "/")
        #expect(unknown.client?.userAgent == "UnknownAgent/0.0")
        #expect(unknown.client?.acceptableLanguages == ["en-US", "en"])
    }

    @Test(arguments: [(0, true), (65_535, true), (65_536, false), (200_000, false)])
    func bodiesAreWholeOrStreams(_ count: Int, _ isWhole: Bool) async throws {
        let body = String(repeating: "x", count: count)
        let seen = try await Serving.run { serving async throws in
            let box = Mutex<(isWhole: Bool, length: Int64?, count: Int)?>(nil)
            serving.host.answer { (request, _) throws(HostError) in
                switch request.body {
                case .bytes(let bytes): box.withLock { $0 = (true, nil, bytes.count) }
                case .stream(let reader, let length):
                    let count = try await reader.readAll(maximumBytes: 1 << 20).count
                    box.withLock { $0 = (false, length, count) }
                default: break
                }
                return WebResponse(.noContent(shouldResetForm: false, nil))
            }
            _ = try await serving.request("/", to: serving.host.openSession(), method: "POST", body: body)
            return box.withLock { $0 }
        }
        #expect(seen?.isWhole == isWhole)
        #expect(seen?.count == count)
        #expect(seen?.length == (isWhole ? nil : Int64(count)))
    }
}

/// What a browser gets of an answer (specification, section 9.2).
@Suite struct ResponseMappingTests {
    private func reply(
        _ outcome: WebResponse.Outcome, method: String = "GET", _ fields: [String] = [],
        with change: @escaping @Sendable (inout WebResponse) -> Void = { _ in }
    ) async throws -> Reply {
        try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in
                var response = WebResponse(outcome)
                change(&response)
                return response
            }
            return try await serving.request("/", to: serving.host.openSession(), fields, method: method)
        }
    }

    private func content(_ text: String, _ change: (inout WebContent) -> Void = { _ in }) -> WebContent {
        var content = WebContent(.bytes(Array(text.utf8)))
        change(&content)
        return content
    }

    @Test(arguments: [200, 201, 202, 206, 207]) func contentKeepsItsStatus(_ status: Int) async throws {
        let reply = try await reply(
            .content(
                status: status,
                content("hello") {
                    $0.mimeType = "text/html"; $0.encoding = "gzip"; $0.language = "de";
                    $0.etag = ETag(value: "x", isWeak: true)
                    $0.downloadName = "a \"b\" \\ ä.txt"
                }))
        #expect(reply.status == status)
        #expect(reply.text == "hello")
        #expect(reply.value("Content-Type") == "text/html")
        #expect(reply.value("Content-Encoding") == "gzip")
        #expect(reply.value("Content-Language") == "de")
        #expect(reply.value("ETag") == "W/\"x\"")
        #expect(reply.value("Content-Disposition") == "attachment; filename=\"a \\\"b\\\" \\\\ ä.txt\"")
        #expect(reply.value("Date")?.hasSuffix(" GMT") == true)
    }

    @Test(arguments: [(false, 204), (true, 205)]) func noContent(_ shouldReset: Bool, _ status: Int) async throws {
        #expect(try await reply(.noContent(shouldResetForm: shouldReset, nil)).status == status)
    }

    @Test(arguments: [(true, true, 301), (true, false, 308), (false, true, 303), (false, false, 307)])
    func redirectsHaveTheirStatus(_ isPermanent: Bool, _ switchToGet: Bool, _ status: Int) async throws {
        let reply = try await reply(
            .redirect(isPermanent: isPermanent, switchToGet: switchToGet, location: "/next?a=b"))
        #expect(reply.status == status)
        #expect(reply.value("Location") == "/next?a=b")
    }

    @Test func preconditionsFail() async throws {
        let tag = ETag(value: "v")
        let notModified = try await reply(.preconditionFailed(matchingETag: tag), ["If-None-Match: \"v\""])
        #expect(notModified.status == 304)
        #expect(notModified.value("ETag") == "\"v\"")
        #expect(try await reply(.preconditionFailed(matchingETag: tag), ["If-Match: \"w\""]).status == 412)
        #expect(
            try await reply(.preconditionFailed(matchingETag: nil), method: "PUT", ["If-None-Match: *"]).status == 412)
    }

    @Test(arguments: [400, 403, 404, 405, 406, 409, 410, 412, 413, 414, 415, 418, 422])
    func clientErrorsKeepTheirStatus(_ status: Int) async throws {
        let reply = try await reply(.clientError(status: status, ErrorBody(bytes: Array("<p>no".utf8))))
        #expect(reply.status == status)
        #expect(reply.text == "<p>no")
        #expect(reply.value("Content-Type") == "text/html; charset=UTF-8")
    }

    @Test func serverErrors() async throws {
        #expect(try await reply(.serverError(nil)).status == 500)
        #expect(try await reply(.clientError(status: 401, nil)).status == 400)
    }

    @Test func optionsCarryDAV() async throws {
        var options = DAVOptions()
        options.isClass1 = true
        options.isClass3 = true
        options.extensions = ["calendar-access"]
        #expect(try await reply(.options(options), method: "OPTIONS").value("DAV") == "1, 3, calendar-access")
    }

    @Test func cookiesAreRebuilt() async throws {
        let reply = try await reply(.noContent(shouldResetForm: false, nil)) {
            var full = SetCookie(name: "a", value: "b;c d\r\nX: y")
            full.path = "/p"
            full.expiry = .absolute(784_111_777)
            full.isHTTPOnly = true
            var relative = SetCookie(name: "r", value: "1")
            relative.expiry = .relative(60)
            $0.setCookies = [
                full, relative, SetCookie(name: "__Host-sandstorm-sid", value: "stolen"),
                SetCookie(name: "sandstorm-sid", value: "stolen"),
            ]
        }
        #expect(
            reply.values("Set-Cookie") == [
                "a=bcdX:y; Path=/p; Expires=Sun, 06 Nov 1994 08:49:37 GMT; HttpOnly; Secure; SameSite=None; Partitioned",
                "r=1; Max-Age=60; Secure; SameSite=None; Partitioned",
            ])
    }

    /// U+0600 and U+0301 make one character with what is behind and before them (UAX #29): nothing may hide in it. And a browser ends
    /// a cookie's name at the first `=`.
    @Test func nothingHidesBesideALetter() async throws {
        let outcome = WebResponse.Outcome.content(
            status: 200, content("x") { $0.downloadName = "a\u{600}\"; b=\"\u{301}c" })
        let answer = try await reply(outcome) {
            var tossed = SetCookie(name: "a\u{600};b", value: "c\u{600};\u{301}d")
            tossed.path = "/\u{600}; Domain=localhost\u{600}; Path=/;\u{301}"
            var ours = SetCookie(name: "__Host-sandstorm-sid=stolen", value: "")
            ours.path = "/"
            $0.setCookies = [tossed, ours, SetCookie(name: "__Host-sandstorm=-sid", value: "stolen")]
        }
        #expect(answer.value("Content-Disposition") == "attachment; filename=\"a\u{600}\\\"; b=\\\"\u{301}c\"")
        #expect(
            answer.values("Set-Cookie") == [
                "ab=cd; Path=/\u{600} Domain=localhost\u{600} Path=/\u{301}; Secure; SameSite=None; Partitioned",
                "__Host-sandstorm-sidstolen=; Path=/; Secure; SameSite=None; Partitioned",
            ])
    }

    @Test func onlyTheWhiteListPasses() async throws {
        let reply = try await reply(.content(status: 200, content("x"))) {
            $0.additionalHeaders = [
                KeyValue("X-Sandstorm-App-A", "1"), KeyValue("X-OC-MTime", "accepted"),
                KeyValue("Link", "<http://evil.test>; rel=preconnect"),
                KeyValue("Refresh", "0;url=http://evil.test"), KeyValue("Content-Security-Policy", "default-src *"),
            ]
        }
        #expect(reply.value("X-Sandstorm-App-A") == "1")
        #expect(reply.value("X-OC-MTime") == "accepted")
        #expect(reply.value("Link") == nil)
        #expect(reply.value("Refresh") == nil)
        #expect(reply.values("Content-Security-Policy").count == 1)
    }

    /// Browsers take the last of several types, ignore case and everything behind a semicolon.
    @Test(arguments: [
        "application/signed-exchange", "application/signed-exchange;v=b3", "Application/Signed-Exchange ; v=b3",
        "text/html, application/signed-exchange;v=b3", "application/signed-exchange;v=b3, text/html",
    ]) func noSignedExchangeIsSent(_ type: String) async throws {
        let content = try await reply(.content(status: 200, content("x") { $0.mimeType = type }))
        #expect(content.value("Content-Type") == "application/octet-stream")
        var body = ErrorBody(bytes: [1])
        body.mimeType = type
        for outcome in [WebResponse.Outcome.clientError(status: 404, body), .serverError(body)] {
            #expect(try await reply(outcome).value("Content-Type") == "application/octet-stream")
        }
    }

    @Test(arguments: 0..<5) func lineBreaksAreNotSent(_ place: Int) async throws {
        let evil = "a\r\nX-Evil: 1"
        let reply = try await reply(
            .content(
                status: 200,
                content("x") {
                    if place == 0 { $0.mimeType = evil }
                    if place == 1 { $0.encoding = evil }
                    if place == 2 { $0.etag = ETag(value: evil) }
                    if place == 3 { $0.downloadName = evil }
                })
        ) {
            if place == 4 { $0.additionalHeaders = [KeyValue("X-Sandstorm-App-A", evil)] }
        }
        #expect(reply.status == 502)
        #expect(reply.value("X-Evil") == nil)
    }

    @Test(arguments: [
        (HostError.Code.disconnected, 503), (.resourceExhausted, 503), (.cancelled, 503), (.unsupported, 501),
        (.failed, 500),
        (.invalidArgument, 400), (.permissionDenied, 403), (.notFound, 403), (.corrupt, 500),
    ]) func errorsAreExplained(_ code: HostError.Code, _ status: Int) async throws {
        let reply = try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in throw HostError(code, "ask the app: <b>reason</b>") }
            return try await serving.request("/", to: serving.host.openSession(), ["Accept: text/html"])
        }
        #expect(reply.status == status)
        #expect(reply.text.contains(code == .notFound ? "open it again" : "ask the app: &lt;b&gt;reason"))
        #expect(reply.value("Cache-Control") == "no-store")
    }

    static let bodiless: [WebResponse.Outcome] = [
        .content(status: 200, WebContent(.bytes([]))), .clientError(status: 404, ErrorBody(bytes: [])),
        .clientError(status: 404, nil), .serverError(ErrorBody(bytes: [])), .serverError(nil),
        .preconditionFailed(matchingETag: nil),
    ]

    /// RFC 9110, section 8.6: to HEAD a length is sent only if a GET would have the same. Apps give no body to HEAD.
    @Test(arguments: bodiless.indices) func headHasNoLengthThatNobodyKnows(_ index: Int) async throws {
        let outcome = ResponseMappingTests.bodiless[index]
        #expect(try await reply(outcome, method: "HEAD").value("Content-Length") == nil)
        let got = try await reply(outcome)
        #expect(got.value("Content-Length") == String(got.body.count))
    }

    @Test func headHasTheLengthOfAnErrorThatIsThere() async throws {
        let reply = try await reply(.clientError(status: 404, ErrorBody(bytes: [1, 2, 3])), method: "HEAD")
        #expect(reply.value("Content-Length") == "3")
    }

    @Test func headHasNoBody() async throws {
        let reply = try await reply(
            .content(status: 200, WebContent(.stream(BufferedBytes([1, 2, 3]), length: 3))), method: "HEAD")
        #expect(reply.value("Content-Length") == "3")
        #expect(reply.body.isEmpty)
    }
}
