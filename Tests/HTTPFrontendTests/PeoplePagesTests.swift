import Barchan
import Testing

/// Logging in by a code, invitations, one's own account, and the administrators' list.
@Suite struct PeoplePagesTests {
    private func post(_ serving: Serving, _ path: String, _ form: String) async throws -> Reply {
        try await serving.request(
            path, ["Origin: \(serving.baseURL)", "Content-Type: application/x-www-form-urlencoded"], method: "POST",
            body: form)
    }

    @Test func aCodeLogsIn() async throws {
        try await Serving.run { serving async throws in
            #expect(!(try await serving.request("/")).text.contains("E-mail address"))
            serving.host.directory.withLock { $0.loginMethods = ["email"] }
            #expect((try await serving.request("/")).text.contains("action=\"/login/by/email\""))
            let asked = try await post(serving, "/login/by/email", "claim=a%40b")
            #expect(asked.status == 200 && asked.text.contains("name=\"challenge\" value=\"challenge\""))
            let entered = try await post(
                serving, "/login/by/email/answer", "challenge=challenge&answer=1234+5678&address=a%40b")
            #expect(entered.status == 303 && entered.value("Set-Cookie")?.hasPrefix("barchan-login=") == true)
            #expect(
                serving.host.calls == [
                    "begin email as a@b at \(serving.baseURL)", "log in by email with challenge and 1234 5678",
                ])
            serving.host.directory.withLock { $0.refusal = HostError(.permissionDenied, "The code is wrong.") }
            let wrong = try await post(
                serving, "/login/by/email/answer", "challenge=challenge&answer=1&address=%3Cb%3E")
            #expect(wrong.status == 403 && wrong.value("Set-Cookie") == nil)
            #expect(wrong.text.contains("The code is wrong.") && wrong.text.contains("&lt;b&gt;"))
        }
    }

    @Test(arguments: [
        ("/grain/x/page?a=b", "/grain/x/page?a=b"), ("/", "/"), ("//evil.test/", "/"), ("http://evil.test/", "/"),
        ("/\\evil.test", "/"), ("/a b", "/"), ("/a\r\nSet-Cookie: x=y", "/"), ("", "/"),
    ]) func whoLogsInIsWhereTheyWere(_ place: String, _ expected: String) async throws {
        try await Serving.run { serving async throws in
            serving.host.directory.withLock { $0.loginMethods = ["email"] }
            let next = place.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let asked = try await post(serving, "/login/by/email", "claim=a%40b&next=\(next)")
            #expect(asked.text.contains("name=\"next\" value=\"\(expected)\""))
            let entered = try await post(
                serving, "/login/by/email/answer", "challenge=challenge&answer=1&address=a%40b&next=\(next)")
            #expect(entered.status == 303 && entered.value("Location") == expected)
        }
    }

    @Test func thePageForStrangersKnowsWhereTheyWantedToGo() async throws {
        try await Serving.run { serving async throws in
            serving.host.directory.withLock { $0.loginMethods = ["email"] }
            let page = try await serving.request("/grain/abc/wiki?page=1&part=2")
            #expect(page.status == 403)
            #expect(page.text.contains("name=\"next\" value=\"/grain/abc/wiki?page=1&amp;part=2\""))
        }
    }

    /// What a browser does whose person opens a grain, is not logged in, and then opens the login link they were given.
    @Test func aLoginLinkLeadsBackToo() async throws {
        try await Serving.run { serving async throws in
            serving.host.directory.withLock { $0.tokens = ["first", "second"] }
            let place = "/grain/abc/wiki?page=1&part=2"
            let kept = try #require(try await serving.request(place).value("Set-Cookie"))
            let value = "%2Fgrain%2Fabc%2Fwiki%3Fpage%3D1%26part%3D2"
            #expect(kept == "barchan-place=\(value); Path=/; Max-Age=3600; HttpOnly; SameSite=Lax")
            let cookie = "Cookie: " + kept.prefix { $0 != ";" }
            let entered = try await serving.request(
                "/login/first", [cookie, "Origin: \(serving.baseURL)"], method: "POST", body: "")
            #expect(entered.status == 303 && entered.value("Location") == place)
            #expect(entered.values("Set-Cookie").contains { $0.hasPrefix("barchan-login=") })
            #expect(entered.values("Set-Cookie").contains { $0.hasPrefix("barchan-place=; Path=/; Max-Age=0") })
            // Whoever came by no page of ours is at the grains, as ever.
            let other = try await serving.request(
                "/login/second", ["Origin: \(serving.baseURL)"], method: "POST", body: "")
            #expect(other.value("Location") == "/" && other.values("Set-Cookie").count == 1)
        }
    }

    /// Others than we may have written the cookie.
    @Test(arguments: [
        "//evil.test/", "%2F%2Fevil.test", "http://evil.test/", "%2F%5Cevil.test", "%2Fa%0D%0ASet-Cookie:%20x=y", "%zz",
        "/a%20b", "%00", "grain", "",
    ]) func noCookieLeadsAwayFromHere(_ value: String) async throws {
        try await Serving.run { serving async throws in
            serving.host.directory.withLock { $0.tokens = ["token"] }
            let entered = try await serving.request(
                "/login/token", ["Cookie: barchan-place=\(value)", "Origin: \(serving.baseURL)"], method: "POST",
                body: "")
            #expect(entered.status == 303 && entered.value("Location") == "/")
            #expect(entered.values("Set-Cookie").count == 2)
        }
    }

    /// The page that was asked for last is where somebody is going; its pictures, and texts of programs, are not.
    @Test func onlyPagesAreKept() async throws {
        try await Serving.run { serving async throws in
            let picture = try await serving.request(
                "/apps/x/icon", ["Sec-Fetch-Dest: image", "Sec-Fetch-Site: same-origin"])
            #expect(picture.status == 403 && picture.value("Set-Cookie") == nil)
            #expect(try await serving.request("/grain/a", ["Accept: application/json"]).value("Set-Cookie") == nil)
            #expect(try await serving.request("/").value("Set-Cookie") == nil)
            let long = "/grain/" + String(repeating: "a", count: 1_100)
            for place in ["/", long] {
                let home = try await serving.request(place, ["Cookie: barchan-place=%2Fgrain%2Fa"])
                #expect(home.value("Set-Cookie")?.hasPrefix("barchan-place=; Path=/; Max-Age=0") == true)
            }
            let posted = try await post(serving, "/grains", "a=b")
            #expect(posted.status == 403 && posted.value("Set-Cookie") == nil)
        }
    }

    @Test func anInvitationIsLookedAtAndAccepted() async throws {
        try await Serving.run { serving async throws in
            #expect(try await serving.request("/invite/nothing").status == 404)
            serving.host.directory.withLock { $0.invitations["tok"] = InvitationOffer(role: .user) }
            for _ in 0..<2 { #expect(try await serving.request("/invite/tok").status == 200) }
            let accepted = try await post(serving, "/invite/tok", "name=Grace&handle=grace&pronouns=2")
            #expect(accepted.status == 303 && accepted.value("Set-Cookie") != nil)
            #expect(serving.host.calls == ["accept tok as Grace, grace"])
            serving.host.directory.withLock { $0.refusal = HostError(.alreadyExists, "The handle is taken.") }
            let refused = try await post(serving, "/invite/tok", "name=Grace&handle=grace&pronouns=1")
            #expect(refused.status == 409 && refused.text.contains("The handle is taken."))
            #expect(refused.text.contains("value=\"Grace\"") && refused.text.contains("<option value=\"1\" selected>"))
        }
    }

    @Test func onesOwnAccount() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let id = try #require(LoginSummary.ID(String(repeating: "a", count: 64)))
            serving.host.directory.withLock {
                $0.browsers = [LoginSummary(id: id, created: 1, expires: 2, lastUsed: 1, method: "email")]
            }
            let page = try await serving.request("/account", as: login)
            #expect(page.status == 200 && page.text.contains("With a code by e-mail"))
            let changes = [
                "/account/profile": "nonce=\(nonce)&name=Ada&handle=ada&pronouns=2",
                "/account/no-picture": "nonce=\(nonce)",
                "/account/logins/\(id.text)": "nonce=\(nonce)", "/account/logins/others": "nonce=\(nonce)",
            ]
            for (path, form) in changes.sorted(by: { $0.key < $1.key }) {
                #expect(try await serving.request(path, as: login, form: form).status == 303)
            }
            #expect(
                serving.host.calls == [
                    "end login aaaa", "end all others", "picture of nothing", "profile Ada, ada, female",
                ])
            let link = try await serving.request("/account/link", as: login, form: "nonce=\(nonce)")
            #expect(link.text.contains("\(serving.baseURL)/login/another-browser"))
            #expect(try await serving.request("/account/profile", as: login, form: "nonce=x&name=Eve").status == 403)
        }
    }

    @Test func administratorsAlone() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let guest = serving.host.logIn(FakeHost.guest)
            #expect(try await serving.request("/people", as: guest).status == 403)
            #expect(!(try await serving.request("/", as: guest)).text.contains("href=\"/people\""))
            let page = try await serving.request("/people", as: login).text
            #expect(page.contains("Grace Hopper") && page.contains("Make an invitation"))
            let made = try await serving.request(
                "/people/invite", as: login, form: "nonce=\(nonce)&role=guest&note=aunt&address=")
            #expect(made.text.contains("\(serving.baseURL)/invite/come-in"))
            let other = FakeHost.guest.identifier
            for (path, form) in [("role", "&role=administrator"), ("suspend", ""), ("readmit", "")] {
                let reply = try await serving.request(
                    "/people/\(other)/\(path)", as: login, form: "nonce=\(nonce)\(form)")
                #expect(reply.status == 303)
            }
            #expect(
                serving.host.calls == [
                    "invite guest aunt -", "role administrator of \(other)", "suspended true \(other)",
                    "suspended false \(other)",
                ])
        }
    }

    @Test func picturesAreForEveryPage() async throws {
        try await Serving.run { serving async throws in
            let port = serving.shellHost.split(separator: ":").last ?? ""
            func picture(_ path: String, method: String = "GET") async throws -> Reply {
                try await serving.request(path, method: method, host: "static.localhost:\(port)")
            }
            let found = try await picture("/0123?s=256")
            #expect(found.status == 200 && found.value("Content-Type") == "image/png")
            #expect(found.value("Access-Control-Allow-Origin") == "*")
            #expect(found.value("Cross-Origin-Resource-Policy") == "cross-origin")
            #expect(found.value("Content-Security-Policy")?.contains("sandbox") == true)
            let drawn = try await picture("/identicon/0123456789abcdef0123456789abcdef?s=256")
            #expect(
                drawn.status == 200 && drawn.text.hasPrefix("<svg") && drawn.value("Content-Type") == "image/svg+xml")
            for path in ["/", "/nothing", "/identicon/xyz", "/login/open-sesame", "/identicon/<script>"] {
                #expect(try await picture(path).status == 404)
            }
            #expect(try await picture("/0123", method: "POST").status == 405)
        }
    }
}
