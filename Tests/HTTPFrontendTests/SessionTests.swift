import Barchan
import Glibc
import Testing

/// How a session starts, and who is let in.
@Suite struct SessionTests {
    private func start(_ query: @escaping @Sendable (FakeSession) -> String, _ fields: [String] = []) async throws -> (
        Reply, String, FakeSession
    ) {
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            let reply = try await serving.request(
                "/_sandstorm-init?\(query(session))", fields, host: serving.grainHost(session))
            return (reply, "http://\(serving.grainHost(session))", session)
        }
    }

    @Test(arguments: [
        ("%2F", "/"), ("%2Fa%2Fb%3Fc%3Dd%23e", "/a/b?c=d#e"), ("a", "/a"), ("", "/"), ("%2Fa%2520b", "/a%20b"),
        ("%2F%C3%A4", "/%C3%A4"),
        ("%2Fa%2F%2Fb", "/a//b"), ("%2F%2Fx", "//x"), ("//x", "//x"),
    ]) func leadsToThePath(_ path: String, _ location: String) async throws {
        let (reply, origin, session) = try await start { "sessionid=\($0.secret.text)&path=\(path)" }
        #expect(reply.status == 303)
        #expect(reply.value("Location") == origin + location)
        #expect(
            reply.value("Set-Cookie")
                == "__Host-sandstorm-sid=\(session.secret.text); Path=/; Secure; HttpOnly; SameSite=None; Partitioned")
    }

    @Test(arguments: [
        "%2F%5Cevil.test", "%5C%5Cevil.test", "%2F%09%2Fevil.test",
        "%2Fa%0D%0AX-Evil:%201", "%2F%00", "%zz",
        "/evil.test%5C", "%2F%7F",
    ]) func neverLeadsAway(_ path: String) async throws {
        let (reply, _, _) = try await start { "sessionid=\($0.secret.text)&path=\(path)" }
        #expect(reply.status == 400)
        #expect(reply.value("Location") == nil)
        #expect(reply.value("Set-Cookie") == nil)
    }

    @Test func takesTheParametersInOrderOnly() async throws {
        for query in [
            "path=%2F&sessionid=SECRET", "sessionid=SECRET", "sessionid=SECRET&path=%2F&x=y",
            "sessionid=SECRET&path=%2F&path=%2F", "",
        ] {
            let (reply, _, _) = try await start { query.replacing("SECRET", with: $0.secret.text) }
            #expect(reply.status == 400)
        }
    }

    @Test func wrongSecretIsRefused() async throws {
        let (reply, _, _) = try await start { _ in "sessionid=\(Secret.random().text)&path=%2F" }
        #expect(reply.status == 403)
        #expect(reply.value("Set-Cookie") == nil)
    }

    @Test func cookieIsPlainWhereBrowsersKeepNoSecureOnes() async throws {
        let (socket, port) = try RawClient.listening()
        defer { close(socket) }
        let settings: [String: SettingValue] = ["base_url": .string("http://grains.test:\(port)")]
        let reply = try await Serving.run(settings: settings, listeners: [socket]) { serving async throws in
            let session = serving.host.openSession()
            return try await serving.request(
                "/_sandstorm-init?sessionid=\(session.secret.text)&path=",
                host: "ui-\(session.identifier).grains.test:\(port)")
        }
        #expect(reply.value("Set-Cookie")?.hasPrefix("sandstorm-sid=") == true)
        #expect(reply.value("Set-Cookie")?.hasSuffix("; Path=/; HttpOnly") == true)
    }

    @Test func overHTTPSEverythingIsSecure() async throws {
        let (socket, port) = try RawClient.listening()
        defer { close(socket) }
        let settings: [String: SettingValue] = [
            "base_url": .string("https://Example.org:443"), "wildcard_host": .string("*.grains.example.org"),
        ]
        try await Serving.run(settings: settings, listeners: [socket]) { serving async throws in
            let serving = Serving(host: serving.host, baseURL: serving.baseURL, port: port)
            let session = serving.host.openSession()
            let host = "ui-\(session.identifier).grains.example.org"
            let start = try await serving.request("/_sandstorm-init?sessionid=\(session.secret.text)&path=", host: host)
            #expect(start.value("Location") == "https://\(host)/")
            #expect(start.value("Set-Cookie")?.hasPrefix("__Host-sandstorm-sid=") == true)
            #expect(start.value("Content-Security-Policy")?.contains("connect-src 'self' wss://\(host) ") == true)
            let login = try await serving.request(
                "/login/open-sesame", ["Origin: https://example.org"], method: "POST", host: "example.org", body: "")
            #expect(login.value("Set-Cookie")?.hasPrefix("__Host-barchan-login=") == true)
            #expect(login.value("Set-Cookie")?.hasSuffix("; Secure") == true)
        }
    }

    @Test func cookieBelongsToItsHost() async throws {
        try await Serving.run { serving async throws in
            let mine = serving.host.openSession(), other = serving.host.openSession()
            let host = serving.grainHost(mine)
            let good = "Cookie: \(serving.cookie(mine))"
            #expect(try await serving.request("/", [good], host: host).status == 200)
            for cookies in [
                [], ["Cookie: \(serving.cookie(other))"], ["Cookie: __Host-sandstorm-sid="], [good, good],
                ["Cookie: sandstorm-sid=\(mine.secret.text)"], ["Cookie: __Host-sandstorm-sid=\(mine.identifier)"],
            ] {
                #expect(try await serving.request("/", cookies, host: host).status == 403)
            }
            let unknown = "ui-\(SessionID.random()).\(serving.shellHost)"
            #expect(try await serving.request("/", [good], host: unknown).status == 403)
            await mine.close()
            #expect(try await serving.request("/", [good], host: host).status == 403)
        }
    }

    struct Relation: Sendable, CustomTestStringConvertible {
        let fields: [String], isLetIn: Bool
        var method = "GET"
        var testDescription: String { ([method] + fields).joined(separator: ", ") }
    }

    static let relations: [Relation] = [
        Relation(fields: [], isLetIn: true),
        Relation(fields: ["Origin: OWN"], isLetIn: true, method: "POST"),
        Relation(fields: ["Origin: null"], isLetIn: false, method: "POST"),
        Relation(fields: ["Origin: http://evil.test"], isLetIn: false, method: "POST"),
        Relation(fields: ["Origin: http://evil.test"], isLetIn: false),
        Relation(fields: ["Origin: SHELL"], isLetIn: false, method: "POST"),
        Relation(fields: ["Origin: null", "Sec-Fetch-Site: same-origin"], isLetIn: true, method: "POST"),
        Relation(fields: ["Origin: null", "Sec-Fetch-Site: cross-site"], isLetIn: false, method: "POST"),
        Relation(fields: ["Origin: null", "Sec-Fetch-Site: none"], isLetIn: false, method: "POST"),
        Relation(fields: ["Sec-Fetch-Site: same-origin"], isLetIn: true),
        Relation(
            fields: ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"], isLetIn: false),
        Relation(
            fields: ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"], isLetIn: false),
        Relation(
            fields: ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"], isLetIn: false),
        Relation(
            fields: ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"], isLetIn: true),
        Relation(
            fields: ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: object"], isLetIn: false
        ),
        Relation(
            fields: ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
            isLetIn: false, method: "POST"),
        Relation(fields: ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"], isLetIn: true),
        Relation(fields: ["Sec-Fetch-Site: same-origin", "Service-Worker: script"], isLetIn: false),
        Relation(fields: ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: serviceworker"], isLetIn: false),
        Relation(fields: ["Sec-Fetch-Site: same-origin", "Origin: http://evil.test"], isLetIn: false, method: "POST"),
    ]

    @Test(arguments: relations) func otherSitesAreKeptOut(_ relation: Relation) async throws {
        let status = try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            let fields = relation.fields.map {
                $0.replacing("OWN", with: "http://\(serving.grainHost(session))").replacing(
                    "SHELL", with: serving.baseURL)
            }
            return try await serving.request("/", to: session, fields, method: relation.method).status
        }
        #expect(status == (relation.isLetIn ? 200 : 403))
    }
}

extension SessionTests {
    /// Without the shell's page around, whose policy names the grain's host alone, a page could lead its tab away.
    @Test(arguments: ["none", "same-origin", "same-site", "cross-site"])
    func aTabOfItsOwnGoesToTheShell(_ relation: String) async throws {
        let fields = ["Sec-Fetch-Site: \(relation)", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            let page = try await serving.request("/a/b?c=%20d", to: session, fields)
            #expect(page.status == 303)
            #expect(page.value("Location") == "\(serving.baseURL)/grain/\(session.grain)/a/b?c=%20d")
            // Without the cookie a page of the grain itself leads there, too: the tab may be another site to the browser.
            let host = serving.grainHost(session)
            let bare = try await serving.request("/a/b?c=%20d", fields, host: host)
            if relation == "same-origin" {
                #expect(bare.status == 303 && bare.value("Location") == page.value("Location"))
            } else {
                #expect(bare.status == 403)
            }
            #expect(try await serving.request("/", fields, method: "POST", host: host).status == 403)
            let start = "/_sandstorm-init?sessionid=\(session.secret)&path=%2F"
            #expect(try await serving.request(start, fields, host: host).status == 403)
        }
    }
}

/// The walls stand around every answer, whoever made it.
@Suite struct HeaderPolicyTests {
    static let answers: [(name: String, status: Int)] = [
        ("page", 200), ("redirect", 303), ("offsite", 502), ("notmodified", 304), ("empty", 204), ("clienterror", 404),
        ("servererror", 500),
        ("broken", 500), ("gone", 503), ("stream", 200), ("nocookie", 403), ("foreign", 403), ("init", 303),
        ("badinit", 400), ("nomethod", 501),
        ("badrequest", 400), ("worker", 403), ("badsocket", 426), ("refusedsocket", 501), ("head", 200),
        ("toolarge", 431),
    ]

    @Test(arguments: answers.indices) func everyAnswerCarriesThem(_ index: Int) async throws {
        let (name, status) = HeaderPolicyTests.answers[index]
        let (reply, origin, shell) = try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            serving.host.answer { (_, _) throws(HostError) in try HeaderPolicyTests.answer(name) }
            return (
                try await HeaderPolicyTests.ask(name, serving, session),
                "ui-\(session.identifier).\(serving.shellHost)", serving.baseURL
            )
        }
        #expect(reply.status == status)
        check(reply, host: origin, shell: shell)
    }

    private static func answer(_ name: String) throws(HostError) -> WebResponse {
        switch name {
        case "redirect": WebResponse(.redirect(isPermanent: false, switchToGet: true, location: "/x"))
        case "offsite": WebResponse(.redirect(isPermanent: false, switchToGet: true, location: "https://evil.test"))
        case "notmodified": WebResponse(.preconditionFailed(matchingETag: nil))
        case "empty": WebResponse(.noContent(shouldResetForm: false, nil))
        case "clienterror": WebResponse(.clientError(status: 404, nil))
        case "servererror": WebResponse(.serverError(ErrorBody(bytes: [0x61])))
        case "broken": throw HostError(.failed, "start the app: it ended")
        case "gone": throw HostError(.disconnected, "ask the app: it is gone")
        case "stream": WebResponse(.content(status: 200, WebContent(.stream(BufferedBytes([0x61]), length: nil))))
        default: WebResponse(.content(status: 200, WebContent(.bytes([0x61]))))
        }
    }

    private static func ask(_ name: String, _ serving: Serving, _ session: FakeSession) async throws -> Reply {
        let socket = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        switch name {
        case "notmodified": return try await serving.request("/", to: session, ["If-None-Match: \"a\""])
        case "nocookie": return try await serving.request("/", host: serving.grainHost(session))
        case "foreign": return try await serving.request("/", to: session, ["Origin: http://evil.test"], method: "POST")
        case "init":
            return try await serving.request(
                "/_sandstorm-init?sessionid=\(session.secret.text)&path=", host: serving.grainHost(session))
        case "badinit": return try await serving.request("/_sandstorm-init", host: serving.grainHost(session))
        case "nomethod": return try await serving.request("/", to: session, method: "TRACE")
        case "badrequest": return try await serving.request("/", to: session, ["If-Match: x"])
        case "worker": return try await serving.request("/sw.js", to: session, ["Service-Worker: script"])
        case "badsocket": return try await serving.request("/", to: session, socket + ["Sec-WebSocket-Version: 8"])
        case "refusedsocket": return try await serving.request("/", to: session, socket + ["Sec-WebSocket-Version: 13"])
        case "head": return try await serving.request("/", to: session, method: "HEAD")
        case "toolarge":
            // Refused when the body's end is read, so the host is known by then.
            serving.host.answer { (request, _) throws(HostError) in
                if case .stream(let reader, _) = request.body { _ = try await reader.next() }
                return WebResponse(.noContent(shouldResetForm: false, nil))
            }
            let client = try RawClient(port: serving.port)
            await client.send(
                "POST / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nTransfer-Encoding: chunked\r\nCookie: \(serving.cookie(session))\r\n\r\n0\r\nA: "
                    + String(repeating: "a", count: 9000))
            guard let reply = await client.reply() else { throw HostError(.disconnected, "read an answer: none came") }
            return reply
        default: return try await serving.request("/", to: session)
        }
    }

    private func check(_ reply: Reply, host: String, shell: String) {
        let policy = reply.values("Content-Security-Policy")
        #expect(policy.count == 1)
        let pictures = "http://static." + shell.dropFirst("http://".count)
        let directives = Set((policy.first ?? "").split(separator: "; ").map(String.init))
        for directive in [
            "default-src 'none'", "object-src 'none'", "form-action 'self'", "base-uri 'self'",
            "frame-ancestors 'self' \(shell)",
            "connect-src 'self' ws://\(host) data: blob:",
            "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads",
            "img-src 'self' \(pictures) data: blob:", "frame-src 'self' \(pictures) blob:", "worker-src 'self' blob:",
        ] { #expect(directives.contains(directive)) }
        #expect(reply.value("Referrer-Policy") == "no-referrer")
        #expect(reply.value("Cross-Origin-Opener-Policy") == "same-origin")
        #expect(reply.value("Cross-Origin-Embedder-Policy") == "require-corp")
        #expect(reply.value("Cross-Origin-Resource-Policy") == "same-site")
        #expect(reply.value("X-DNS-Prefetch-Control") == "off")
        #expect(reply.value("Origin-Agent-Cluster") == "?1")
        #expect(reply.value("X-Content-Type-Options") == "nosniff")
        #expect(reply.value("Connection-Allowlist") == "(response-origin \"\(pictures)\");redirects=allow")
        #expect(reply.value("Permissions-Policy")?.contains("camera=()") == true)
        #expect(reply.value("Permissions-Policy")?.contains("(self") == false)
    }
}
