import Barchan
import Testing

/// API hosts: tokens instead of cookies (specification, section 8.3).
@Suite struct APITests {
    private static let own = "api-\(FakeAPI.hostName)"

    private static func ask(
        _ serving: Serving, _ host: String, _ target: String = "/", _ fields: [String] = [], method: String = "GET",
        body: String? = nil
    ) async throws -> Reply {
        try await serving.request(target, fields, method: method, host: "\(host).\(serving.shellHost)", body: body)
    }

    private static func basic(_ text: String) -> String { "Authorization: Basic \(Base64Text.of(text))" }

    @Test(arguments: ["Authorization: Bearer key", "authorization: bEARER  key", basic("any:key"), basic(":key")])
    func aTokenOpensItsGrain(_ field: String) async throws {
        try await Serving.run { serving async throws in
            let reply = try await Self.ask(serving, Self.own, "/a?b=c", [field, "Cookie: x=y"])
            #expect(reply.status == 200 && reply.text == "get /a?b=c")
            #expect(reply.value("Access-Control-Allow-Origin") == "*" && reply.value("Vary") == "Authorization")
            #expect(reply.value("Content-Security-Policy")?.contains("sandbox") == true)
            #expect(reply.value("Set-Cookie") == nil)
            #expect(serving.host.calls == ["open key at \(FakeAPI.hostName) from nowhere"])
        }
    }

    @Test func aTokenMayStandInThePath() async throws {
        try await Serving.run { serving async throws in
            let reply = try await Self.ask(serving, Self.own, "/.sandstorm-token/key/a/b?c")
            #expect(reply.text == "get /a/b?c")
            #expect(try await Self.ask(serving, Self.own, "/.sandstorm-token/key").text == "get /")
            #expect(try await Self.ask(serving, "api", "/.sandstorm-token/key/a").status == 403)
            // Git asks with an empty password first, which is none.
            #expect(
                try await Self.ask(serving, Self.own, "/.sandstorm-token/key/a", [Self.basic("git:")]).text == "get /a")
        }
    }

    /// The header comes first, and the app sees neither.
    @Test func aTokenInThePathIsTakenOffWhereTheHeaderHasOne() async throws {
        try await Serving.run { serving async throws in
            let fields = ["Authorization: Bearer key"]
            for (host, token) in [(Self.own, "key"), (Self.own, "other"), (Self.own, "-"), ("api", "key")] {
                let reply = try await Self.ask(serving, host, "/.sandstorm-token/\(token)/a?b", fields)
                #expect(reply.text == "get /a?b", "\(token) at \(host)")
            }
            #expect(serving.host.calls.allSatisfy { $0.hasPrefix("open key at ") }, "\(serving.host.calls)")
            let wrong = ["Authorization: Bearer wrong"]
            #expect(try await Self.ask(serving, Self.own, "/.sandstorm-token/key/a", wrong).status == 403)
            let move = fields + ["Destination: /.sandstorm-token/other/g"]
            let moved = try await Self.ask(serving, Self.own, "/.sandstorm-token/other/f", move, method: "MOVE")
            #expect(moved.status == 200 && moved.text.contains("(destination: \"g\", "), "\(moved.text)")
        }
    }

    @Test(arguments: [
        "//.sandstorm-token/key/a", "/./.sandstorm-token/key/a", "/x/../.sandstorm-token/key/a",
        "/.SANDSTORM-token/key/a", "/.sandstorm-token%2Fkey/a", "/%D8%80/../.sandstorm-token/key/a",
        "/.sandstorm-token/key/.sandstorm-token/key/a",
    ])
    func noAppSeesATokenInAPathHoweverItIsWritten(_ path: String) async throws {
        try await Serving.run { serving async throws in
            let reply = try await Self.ask(serving, Self.own, path, ["Authorization: Bearer key"])
            #expect(reply.status == 403 && serving.host.calls.isEmpty, "\(reply.text)")
        }
    }

    @Test func cookiesPassNeitherWay() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (request, _) throws(HostError) in
                var content = WebContent(.bytes(Array("\(request.cookies.count)".utf8)))
                content.mimeType = "text/plain"
                var response = WebResponse(.content(status: 200, content))
                response.setCookies = [SetCookie(name: "a", value: "b")]
                return response
            }
            let reply = try await Self.ask(serving, Self.own, "/", ["Authorization: Bearer key", "Cookie: x=y"])
            #expect(reply.text == "0" && reply.value("Set-Cookie") == nil)
        }
    }

    @Test func wrongTokensAreRefused() async throws {
        try await Serving.run { serving async throws in
            for field in ["Authorization: Bearer wrong", Self.basic("a:wrong"), "Authorization: Digest x"] {
                let reply = try await Self.ask(serving, Self.own, "/", [field])
                #expect(reply.status == 403 && reply.value("Access-Control-Allow-Origin") == "*")
            }
            #expect(try await Self.ask(serving, Self.own, "/", ["Authorization: Basic ###"]).status == 400)
            let other = "api-\(String(repeating: "b", count: 32))"
            #expect(try await Self.ask(serving, other, "/", ["Authorization: Bearer key"]).status == 403)
        }
    }

    @Test func withoutATokenOneIsAskedFor() async throws {
        try await Serving.run { serving async throws in
            for fields in [[], [Self.basic("git:")]] {
                let reply = try await Self.ask(serving, Self.own, "/", fields)
                #expect(reply.status == 401)
                #expect(reply.value("WWW-Authenticate") == "Basic realm=\"Sandstorm API\"")
            }
            #expect(try await Self.ask(serving, Self.own, "/", method: "POST", body: "x").status == 401)
            #expect(try await Self.ask(serving, "api").status == 403)
            let git = ["User-Agent: git/2.39.5"]
            #expect(try await Self.ask(serving, "api", "/", git).status == 401)
            #expect(try await Self.ask(serving, "api", "/", git + [Self.basic("a:key")]).text == "get /")
            #expect(try await Self.ask(serving, "api", "/", [Self.basic("a:key")]).status == 403)
            #expect(try await Self.ask(serving, "api", "/", ["Authorization: Bearer key"]).text == "get /")
        }
    }

    @Test func anySiteMayAsk() async throws {
        try await Serving.run { serving async throws in
            var resources = PublicResources()
            resources.dav = ["1", "calendar-access"]
            resources.resources = [PublicResources.Resource(path: "/hello", type: "text/plain", body: "hi")]
            serving.host.directory.withLock { [resources] in $0.resources[FakeAPI.hostName] = resources }
            let reply = try await Self.ask(
                serving, Self.own, "/x",
                [
                    "Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site",
                    "Access-Control-Request-Method: REPORT", "Access-Control-Request-Headers: authorization, depth",
                ], method: "OPTIONS")
            #expect(reply.status == 200 && reply.value("Access-Control-Allow-Origin") == "*")
            #expect(reply.value("Access-Control-Allow-Methods") == "GET, HEAD, POST, PUT, PATCH, DELETE, REPORT")
            #expect(reply.value("Access-Control-Allow-Headers") == "authorization, depth")
            #expect(reply.value("Access-Control-Max-Age") == "3600" && reply.value("DAV") == "1, calendar-access")
            let open = try await Self.ask(serving, Self.own, "/hello?x")
            #expect(open.status == 200 && open.text == "hi" && open.value("Content-Type") == "text/plain")
        }
    }

    @Test func tokensAreKeptAndAddressesPassedOn() async throws {
        try await Serving.run { serving async throws in
            let fields = ["Authorization: Bearer key"]
            let kept = try await Self.ask(
                serving, Self.own, "/", fields + ["X-Sandstorm-Token-Keepalive: 300000"], method: "POST", body: "")
            #expect(kept.status == 200 && kept.text.isEmpty)
            let bad = try await Self.ask(serving, Self.own, "/", fields + ["X-Sandstorm-Token-Keepalive: x"])
            #expect(bad.status == 400)
            _ = try await Self.ask(serving, Self.own, "/", fields + ["X-Sandstorm-Passthrough: address"])
            #expect(
                serving.host.calls == [
                    "keep key at \(FakeAPI.hostName) for 300", "open key at \(FakeAPI.hostName) from [127, 0, 0, 1]",
                ])
        }
    }

    @Test func ofAProxyTheAddressOfItsClientIsPassedOn() async throws {
        try await Serving.run { serving async throws in
            let fields = ["Authorization: Bearer key", "X-Sandstorm-Passthrough: address"]
            for address in ["203.0.113.9", "2001:db8::5", "nobody"] {
                _ = try await Self.ask(serving, Self.own, "/", fields + ["X-Real-IP: \(address)"])
            }
            let six = [0x20, 1, 0xd, 0xb8] + [Int](repeating: 0, count: 11) + [5]
            #expect(
                serving.host.calls
                    == ["[203, 0, 113, 9]", "\(six)", "[127, 0, 0, 1]"].map {
                        "open key at \(FakeAPI.hostName) from \($0)"
                    })
        }
    }

    @Test func aTokenOfAGrainInTheTrashIsNoWrongOne() async throws {
        try await Serving.run(settings: ["attempts_per_minute": .integer(1)]) { serving async throws in
            // More often than wrong ones may be presented.
            for _ in 0..<20 {
                let reply = try await Self.ask(serving, Self.own, "/", ["Authorization: Bearer put-away"])
                #expect(reply.status == 410 && reply.text.contains("its grain is in the trash"))
            }
        }
    }

    // MARK: WebDAV

    /// `HOST` is the token's own host.
    static let destinations: [(target: String, destination: String, status: Int, seen: String)] = [
        ("/T/d/f", "/T/d/g", 200, "d/g"), ("/T/d/f", "http://HOST/T/g%20h", 200, "g%20h"),
        ("/T/d/f", "http://HOST/%2esandstorm%2Dtoken/ke%79/g", 200, "g"), ("/T/d/f", "/T", 200, ""),
        ("/T/d/f", "/d/g", 200, "d/g"), ("/T/d/f", "/d/T/g", 200, "d/.sandstorm-token/key/g"),
        ("/d/f", "http://HOST/d/g", 200, "d/g"), ("/d/f", "/.sandstorm-tokens/g", 200, ".sandstorm-tokens/g"),
        // Another token, or one where the target has none.
        ("/T/f", "/.sandstorm-token/other/g", 403, ""), ("/T/f", "/.sandstorm-token/keykey/g", 403, ""),
        ("/f", "/T/g", 403, ""), ("/f", "http://HOST/T/g", 403, ""), ("/f", "/.sandstorm-token", 403, ""),
        ("/T/f", "/T/T/g", 403, ""),
        // However it is written.
        ("/f", "/%2Esandstorm-token/key/g", 403, ""), ("/f", "/.sandstorm-token%2Fkey%2Fg", 403, ""),
        ("/f", "http://HOST/./T/g", 403, ""), ("/f", "/a/..//.sandstorm-token/key/g", 403, ""),
        ("/f", "/%2e%2e/.SANDSTORM-token/key/g", 403, ""), ("/T/f", "/T/a/../T/g", 403, ""),
        ("/T/f", "/T/../.sandstorm-token/key/g", 403, ""), ("/f", "/T?x", 403, ""),
    ]

    @Test(arguments: destinations.indices)
    func aTokenInThePathDoesNotBecomeTheNameOfAFile(_ index: Int) async throws {
        let (target, destination, status, seen) = Self.destinations[index]
        try await Serving.run { serving async throws in
            let written = { (text: String) in
                text.replacing("/T", with: "/.sandstorm-token/key")
                    .replacing("HOST", with: "\(Self.own).\(serving.shellHost)")
            }
            var fields = ["Destination: \(written(destination))"]
            if !target.hasPrefix("/T") { fields.append("Authorization: Bearer key") }
            for method in ["MOVE", "COPY"] {
                let reply = try await Self.ask(serving, Self.own, written(target), fields, method: method)
                #expect(reply.status == status, "\(method) to \(destination): \(reply.text)")
                #expect((status == 200) == reply.text.contains("(destination: \"\(seen)\", "), "\(reply.text)")
            }
        }
    }

    /// What servers in grains make of the host names that they are told (specification, section 10.3).
    @Test(arguments: [
        ("http://sandbox:8000/dir/", "/dir/"), ("https://sandbox/dir/", "/dir/"), ("http://HOST/dir/", "/dir/"),
        ("/dir/", nil), ("http://sandbox.evil.test/", nil), ("http://a@sandbox/", nil), ("http://sandbox:x/", nil),
    ])
    func aRedirectOfTheAppStaysAtTheHostOfTheToken(_ location: String, _ path: String?) async throws {
        try await Serving.run { serving async throws in
            let host = "\(Self.own).\(serving.shellHost)"
            serving.host.answer { (_, _) throws(HostError) in
                WebResponse(
                    .redirect(
                        isPermanent: true, switchToGet: true, location: location.replacing("HOST", with: host)))
            }
            let reply = try await Self.ask(serving, Self.own, "/dir", ["Authorization: Bearer key"])
            let isRelative = location.hasPrefix("/")
            #expect(reply.status == (path != nil || isRelative ? 301 : 502))
            #expect(reply.value("Location") == path.map { "http://\(host)\($0)" } ?? (isRelative ? location : nil))
        }
    }

    /// `T` is the token's path. What a client makes of relative addresses is RFC 3986, section 5.2; the app's root is the token's path.
    static let redirects: [(target: String, location: String, sent: String)] = [
        ("T/dir", "/dir/", "T/dir/"), ("T/dir", "/", "T/"),
        ("T/dir", "http://HOST/dir/?x=/a#/b", "http://HOSTT/dir/?x=/a#/b"),
        ("T/dir", "http://sandbox:8000?x", "http://HOSTT/?x"), ("T/dir", "https://sandbox", "http://HOSTT/"),
        ("T/dir", "//HOST//x", "http://HOSTT//x"), ("/%2esandstorm-token/ke%79/dir", "/dir/", "T/dir/"),
        ("T", "x", "T/x"), ("T/a/b", "x", "T/a/x"), ("T/a?b=/c/d", "x/?y", "T/x/?y"), ("T/a/", "./b:c", "T/a/b:c"),
        ("T", "?x", "?x"), ("T/a", "#y", "#y"),
        // No higher than the app's root.
        ("T/a", "../x", "T/x"), ("T/a/b/c", "../x", "T/a/x"), ("T/a/b", "../..", "T/"), ("T/a/b", "..", "T/"),
        ("T/a", "/../../x", "T/x"), ("T/a", "http://HOST/../x", "http://HOSTT/x"), ("T/a/b", "%2E%2e/.%2E/x", "T/x"),
        ("T/a/b", ".", "T/a/"), ("T/a", "/.//x", "T//x"),
    ]

    @Test(arguments: redirects.indices)
    func aRedirectLeadsWhereTheTokenInThePathCountsToo(_ index: Int) async throws {
        let (target, location, sent) = Self.redirects[index]
        try await Serving.run { serving async throws in
            let written = { @Sendable (text: String) in
                text.replacing("HOST", with: "\(Self.own).\(serving.shellHost)")
                    .replacing("T", with: "/.sandstorm-token/key")
            }
            serving.host.answer { (_, _) throws(HostError) in
                WebResponse(.redirect(isPermanent: true, switchToGet: true, location: written(location)))
            }
            for fields in [[], ["Authorization: Bearer key"]] {
                let reply = try await Self.ask(serving, Self.own, written(target), fields)
                #expect(reply.status == 301 && reply.value("Location") == written(sent), "\(target) to \(location)")
            }
        }
    }

    // MARK: Fields of answers

    /// In an answer to a request with a token no `*` counts, and none ever stands for a part of a name (Fetch, section 3.3.5).
    @Test func whatOtherSitesMayReadIsNamed() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in
                var response = WebResponse(.noContent(shouldResetForm: false, nil))
                response.additionalHeaders = ["X-Sandstorm-App-Foo", "X-OC-Mtime", "X-Other"].map { KeyValue($0, "v") }
                return response
            }
            let reply = try await Self.ask(serving, Self.own, "/", ["Authorization: Bearer key"])
            let names = reply.values("Access-Control-Expose-Headers").joined(separator: ", ")
            let listed = Set(names.split(separator: ", ").map { $0.lowercased() })
            #expect(listed == ["etag", "dav", "location", "x-oc-mtime", "x-sandstorm-app-foo"])
        }
    }

    @Test func everyAnswerOptsOutOfTracking() async throws {
        try await Serving.run { serving async throws in
            for (host, fields, method) in [
                (Self.own, ["Authorization: Bearer key"], "GET"), (Self.own, ["Authorization: Bearer wrong"], "GET"),
                (Self.own, [], "GET"), (Self.own, [], "OPTIONS"), ("api", [], "GET"), ("static", [], "GET"),
            ] {
                let reply = try await Self.ask(serving, host, "/", fields, method: method)
                #expect(
                    reply.value("Permissions-Policy")?.contains("interest-cohort=()") == true, "\(method) \(fields)")
                #expect(
                    reply.value("Referrer-Policy") == "no-referrer"
                        && reply.value("X-Content-Type-Options") == "nosniff")
                #expect(reply.value("Cross-Origin-Resource-Policy") == "cross-origin")
                #expect(reply.value("Content-Security-Policy")?.hasPrefix("default-src 'none'; ") == true)
            }
        }
    }

    @Test func aTemplateIsRenderedOnceForOnePage() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), session = serving.host.openSession()
            let nonce = try await serving.nonce(of: login)
            let template = "git%20clone%20http%3A%2F%2Fx%3A%24API_TOKEN%40%24API_HOST%2F%24GRAIN_TITLE_SLUG%20%3Cb%3E"
            let form =
                "nonce=\(nonce)&secret=\(session.secret.text)&template=\(template)&petname=my+clone&role=1"
                + "&clipboard=right&dav=1+2&path-0=%2Fa&type-0=text%2Fplain&body-0=x&color=%23aabbcc"
            let reply = try await serving.request("/sessions/\(session.identifier)/offer", as: login, form: form)
            #expect(serving.host.calls.last == "token role(1) 'my clone' [\"1\", \"2\"] [\"/a\"]")
            let uri = reply.text.dropFirst("{\"uri\":\"".count).prefix { $0 != "\"" }
            #expect(uri.hasPrefix("http://static.\(serving.shellHost)/offer/"))
            let path = "/offer/" + (uri.split(separator: "/").last ?? "")
            let page = try await Self.ask(serving, "static", path)
            #expect(page.status == 200)
            #expect(page.text.contains("git clone http://x:key@\(Self.own).\(serving.shellHost)/my-wiki &lt;b&gt;"))
            #expect(page.text.contains("color:#aabbcc"))
            let policy = page.value("Content-Security-Policy") ?? ""
            #expect(policy.contains("frame-ancestors http://\(serving.grainHost(session)) \(serving.baseURL)"))
            #expect(policy.contains("default-src 'none'") && page.value("Cache-Control") == "no-store")
            #expect(page.value("Permissions-Policy")?.contains("interest-cohort=()") == true)
            #expect(page.value("Cross-Origin-Resource-Policy") == "cross-origin")
            #expect(try await Self.ask(serving, "static", path).status == 404, "it works once")
            // The same question soon after: another page with the same token. Another question: another token.
            func count() -> Int { serving.host.calls.count { $0.hasPrefix("token") } }
            let made = count()
            let again = form.replacing("clipboard=right", with: "clipboard=left").replacing("git%20", with: "")
            let second = try await serving.request("/sessions/\(session.identifier)/offer", as: login, form: again)
            #expect(second.text != reply.text && count() == made)
            let other = form.replacing("role=1", with: "role=0")
            _ = try await serving.request("/sessions/\(session.identifier)/offer", as: login, form: other)
            #expect(count() == made + 1)
            for role in ["x", "-1", "1.5", ""] {
                let refused = try await serving.request(
                    "/sessions/\(session.identifier)/offer", as: login,
                    form: form.replacing("role=1", with: "role=\(role)"))
                #expect(refused.status == 400 && count() == made + 1, "\(role): \(refused.text)")
            }
            let wrong = try await serving.request(
                "/sessions/\(session.identifier)/offer", as: login, form: "nonce=\(nonce)&secret=x&template=t")
            #expect(wrong.status == 410)
        }
    }

    @Test func noTemplateIsRenderedWithADeadToken() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), session = serving.host.openSession()
            let form = "secret=\(session.secret.text)&template=t"
            func ask() async throws -> [String] {
                let reply = try await serving.request("/sessions/\(session.identifier)/offer", as: login, form: form)
                #expect(reply.status == 200)
                return serving.host.calls.filter { $0.hasPrefix("token") }
            }
            #expect(try await ask().count == 1)
            #expect(try await ask().count == 1)
            #expect(serving.host.calls.last == "keep key at \(FakeAPI.hostName) for 300", "as long as a new one")
            serving.host.directory.withLock { $0.areTokensDead = true }
            #expect(try await ask().count == 2)
        }
    }

    @Test("a page that asks for offers without end takes no room of another one")
    func offersAreShared() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            // The path of the new offer, for a page that the person has open.
            let ask = { @Sendable (session: FakeSession, petname: String) async throws -> String in
                let form = "nonce=\(nonce)&secret=\(session.secret.text)&template=t&petname=\(petname)"
                let reply = try await serving.request("/sessions/\(session.identifier)/offer", as: login, form: form)
                #expect(reply.status == 200, "\(reply.text)")
                return "/offer/"
                    + (reply.text.split(separator: "\"").last { $0.contains("/offer/") }?
                        .split(separator: "/").last ?? "")
            }
            let quiet = serving.host.openSession()
            let first = try await ask(quiet, "first")
            // More than there is room for, each for a token of its own.
            var floods: [[String]] = []
            for _ in 0..<33 {
                let session = serving.host.openSession()
                var paths: [String] = []
                for number in 0..<33 { paths.append(try await ask(session, "\(number)")) }
                floods.append(paths)
            }
            #expect(try await Self.ask(serving, "static", first).status == 200)
            let made = serving.host.calls.count { $0.hasPrefix("token") }
            _ = try await ask(quiet, "first")
            #expect(serving.host.calls.count { $0.hasPrefix("token") } == made, "its token is still known")
            #expect(try await Self.ask(serving, "static", try await ask(quiet, "another")).status == 200)
            // Whoever floods has its newest, and not its oldest.
            let last = try #require(floods.last)
            #expect(try await Self.ask(serving, "static", last[0]).status == 404)
            #expect(try await Self.ask(serving, "static", last[32]).status == 200)
        }
    }
}

private enum Base64Text {
    static func of(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits = text.utf8.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
        while bits.count % 6 != 0 { bits.append(0) }
        let digits = stride(from: 0, to: bits.count, by: 6).map { start in
            alphabet[bits[start..<(start + 6)].reduce(0) { $0 << 1 | Int($1) }]
        }
        return String(digits) + String(repeating: "=", count: (4 - digits.count % 4) % 4)
    }
}
