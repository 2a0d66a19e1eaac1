import Barchan
import Testing

/// The tabs of those who came by a link.
extension SharingPagesTests {
    private func session(_ serving: Serving) throws -> FakeSession {
        try #require(serving.host.directory.withLock { $0.sessions.values.first })
    }

    /// A login and a tab that was opened incognito with it.
    private func incognito(_ serving: Serving, _ path: String = "") async throws -> (Secret, FakeSession) {
        let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
        let choice = try await serving.request("/shared/tok\(path)", as: login)
        #expect(choice.text.contains("action=\"/incognito/tok\(path.isEmpty ? "/" : path)\" data-hash"))
        let page = try await serving.request("/incognito/tok\(path)", as: login, form: "nonce=\(nonce)&act=incognito")
        #expect(page.status == 200 && page.text.contains("data-base=\"/incognito/tok\""))
        return (login, try session(serving))
    }

    @Test func aTabOpenedIncognitoStaysOpen() async throws {
        try await serveLink { serving, _ in
            let (login, session) = try await incognito(serving), path = "/sessions/\(session.identifier)"
            let form = "secret=\(session.secret.text)"
            #expect(try await serving.request("\(path)/alive", as: login, form: form).status == 200)
            #expect(session.keptAlive.withLock { $0 } == 1)
            #expect(try await serving.request("\(path)/offer", as: login, form: "\(form)&template=t").status == 200)
            #expect(try await serving.request("\(path)/close", as: login, form: form).status == 204)
            #expect(session.isClosed.withLock { $0 })
        }
    }

    /// The login is no proof for a tab, and nothing but our own pages may say that one is there or goes.
    @Test(arguments: ["alive", "close", "offer"]) func noOtherSiteSpeaksForATab(_ act: String) async throws {
        try await serveLink { serving, _ in
            let (login, session) = try await incognito(serving), path = "/sessions/\(session.identifier)/\(act)"
            let form = "secret=\(session.secret.text)&template=t", ours = "Origin: \(serving.baseURL)"
            for fields in [
                ["Origin: https://evil.test"], ["Origin: null"], [ours, "Sec-Fetch-Site: cross-site"],
                [ours, "Sec-Fetch-Site: same-site"], [],
            ] {
                let reply = try await serving.request(
                    path, ["Cookie: barchan-login=\(login.text)"] + fields, method: "POST", body: form)
                #expect(reply.status == 403, "\(fields)")
            }
            #expect(try await serving.request(path, as: login, form: "secret=x&template=t").status == 410)
            #expect(session.keptAlive.withLock { $0 } == 0 && !session.isClosed.withLock { $0 })
        }
    }

    private static let newTab = ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]

    @Test func aNewTabComesByTheSameLink() async throws {
        try await serveLink { serving, _ in
            _ = try await serving.request("/shared/tok/one")
            let page = try await serving.request("/two?x=%20y", to: try session(serving), Self.newTab)
            #expect(page.status == 303 && page.value("Location") == "\(serving.baseURL)/shared/tok/two?x=%20y")
            // Whoever knows the host name only does not learn the link.
            let bare = try await serving.request("/two", Self.newTab, host: serving.grainHost(try session(serving)))
            #expect(bare.status == 403 && bare.value("Location") == nil)
        }
    }

    /// Also when they have the grain as themselves.
    @Test func aNewTabOfSomebodyIncognitoAsksAgain() async throws {
        try await serveLink { serving, grain in
            let (login, session) = try await incognito(serving, "/one")
            serving.host.directory.withLock { $0.kept["tok"] = grain }
            let calls = serving.host.calls
            let page = try await serving.request("/two?x", to: session, Self.newTab)
            #expect(page.value("Location") == "\(serving.baseURL)/incognito/tok/two?x")
            let choice = try await serving.request("/incognito/tok/two?x", as: login)
            #expect(choice.status == 200 && choice.text.contains("action=\"/incognito/tok/two?x\""))
            #expect(serving.host.calls == calls, "nothing is opened")
        }
    }

    @Test func aTabThatCameByALinkHearsOfANewTitle() async throws {
        try await serveLink { serving, _ in
            _ = try await serving.request("/shared/tok")
            let session = try session(serving)
            serving.host.directory.withLock { $0.grains[0].title = "Their Wiki" }
            func send(_ act: String) async throws -> Reply {
                try await serving.request(
                    "/sessions/\(session.identifier)/\(act)", ["Origin: \(serving.baseURL)"], method: "POST",
                    body: "secret=\(session.secret.text)&template=%24GRAIN_TITLE_SLUG")
            }
            #expect(try await send("alive").text.contains("\"title\":\"Their Wiki\""))
            func offered() async throws -> String {
                let uri = try await send("offer").text.dropFirst("{\"uri\":\"".count).prefix { $0 != "\"" }
                let offer = "/offer/" + (uri.split(separator: "/").last ?? "")
                return try await serving.request(offer, host: "static.\(serving.shellHost)").text
            }
            #expect(try await offered().contains(">their-wiki<"))
            // A title of one's own is not for the app.
            serving.host.directory.withLock { ($0.grains[0].title, $0.grains[0].givenTitle) = ("Mine", "Their Wiki") }
            #expect(try await send("alive").text.contains("\"title\":\"Mine\",\"given\":\"Their Wiki\""))
            #expect(try await offered().contains(">their-wiki<"))
        }
    }

    // MARK: Room

    @Test func whoOnlyLooksWhetherItIsThereOpensNothing() async throws {
        try await serveLink { serving, grain in
            for (path, status) in [("/shared/tok/a", 200), ("/shared/unknown", 404)] {
                let reply = try await serving.request(path, method: "HEAD")
                #expect(reply.status == status)
            }
            let login = ["Cookie: barchan-login=\(serving.host.logIn().text)"]
            let reply = try await serving.request("/grain/\(grain)", login, method: "HEAD")
            #expect(reply.status == 200)
            #expect(serving.host.calls.isEmpty && serving.host.directory.withLock { $0.sessions.isEmpty })
        }
    }

    @Test func aHostWithoutRoomSaysWhenToComeAgain() async throws {
        try await serveLink { serving, grain in
            let full = HostError(.resourceExhausted, "200 tabs are open", retryAfter: .seconds(60))
            serving.host.directory.withLock { $0.refusal = full }
            let shared = try await serving.request("/shared/tok")
            let own = try await serving.request("/grain/\(grain)", as: serving.host.logIn())
            let program = try await serving.request(
                "/", ["Authorization: Bearer key"], host: "api-\(FakeAPI.hostName).\(serving.shellHost)")
            for reply in [shared, own, program] {
                #expect(reply.status == 503 && reply.value("Retry-After") == "60")
                #expect(reply.text.contains("200 tabs are open"))
            }
        }
    }

    /// A near proxy says whose address it is.
    @Test func theHostLearnsWhereVisitorsAre() async throws {
        try await serveLink { serving, _ in
            _ = try await serving.request("/shared/tok")
            _ = try await serving.request("/shared/tok", ["X-Real-IP: 192.0.2.7"])
            _ = try await serving.request("/shared/tok", ["X-Real-IP: 2001:db8::1"])
            let addresses = serving.host.directory.withLock { $0.places.map(\.clientAddress) }
            let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
            #expect(addresses == [[127, 0, 0, 1], [192, 0, 2, 7], six])
            _ = try await serving.request(
                "/", ["Authorization: Bearer key", "X-Sandstorm-Passthrough: address", "X-Real-IP: 192.0.2.7"],
                host: "api-\(FakeAPI.hostName).\(serving.shellHost)")
            #expect(serving.host.calls.last == "open key at \(FakeAPI.hostName) from [192, 0, 2, 7]")
        }
    }
}
