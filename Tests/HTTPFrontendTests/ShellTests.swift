import Barchan
import Testing

/// Our own pages: who gets in, what they show and what they do.
@Suite struct ShellTests {
    @Test func lookingAtALoginLinkDoesNotUseItUp() async throws {
        try await Serving.run { serving async throws in
            for _ in 0..<2 {
                let page = try await serving.request("/login/open-sesame")
                #expect(page.status == 200)
                #expect(page.text.contains("<form method=\"post\" action=\"/login/open-sesame\">"))
            }
            let reply = try await serving.request(
                "/login/open-sesame", ["Origin: \(serving.baseURL)"], method: "POST", body: "")
            #expect(reply.status == 303)
            #expect(reply.value("Location") == "/")
            let cookie = reply.value("Set-Cookie") ?? ""
            #expect(cookie.hasPrefix("barchan-login="))
            #expect(cookie.hasSuffix("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"))
            let login = Secret(String(cookie.dropFirst("barchan-login=".count).prefix { $0 != ";" }))
            #expect(try await serving.request("/", as: login).status == 200)
            #expect(
                try await serving.request(
                    "/login/open-sesame", ["Origin: \(serving.baseURL)"], method: "POST", body: ""
                ).status == 403)
        }
    }

    @Test func strangersSeeNothing() async throws {
        try await Serving.run { serving async throws in
            let grain = serving.host.addGrain()
            for path in [
                "/", "/apps", "/grain/\(grain.identifier)", "/grains/\(grain.identifier)/log",
                "/apps/\(FakeHost.wiki.app)/icon",
            ] {
                let reply = try await serving.request(path, ["Cookie: barchan-login=\(Secret.random().text)"])
                #expect(reply.status == 403)
                #expect(reply.text.contains("not logged in"))
                #expect(!reply.text.contains("My wiki"))
            }
        }
    }

    @Test func listsShowWhatThereIs() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let grain = serving.host.addGrain(
                "Tea & \"cakes\"\u{301}<script>", state: .crashed(reason: "x"), usedBytes: 1_234_567)
            let page = try await serving.request("/", as: login)
            #expect(page.status == 200)
            for text in [
                "New wiki", "DokuWiki", "/grain/\(grain.identifier)", "crashed", "1.2 MB", "Ada Lovelace",
                "Tea &amp; &quot;cakes&quot;\u{301}&lt;script&gt;",
            ] {
                #expect(page.text.contains(text))
            }
            let apps = try await serving.request("/apps", as: login).text
            #expect(apps.contains("Mae &amp; Co (unverified)"))
            for text in ["DokuWiki", "2022-07-31", "Pages anybody can edit", FakeHost.wiki.app.text, "type=\"file\""] {
                #expect(apps.contains(text))
            }
            let link = "http://example.com/?a=1&amp;b=2"
            #expect(apps.contains("<a href=\"\(link)\" rel=\"noreferrer\">\(link)</a>"))
            let guest = try await serving.request("/apps", as: serving.host.logIn(FakeHost.guest)).text
            #expect(!guest.contains("type=\"file\""))
        }
    }

    @Test func pagesAreSafeAndComplete() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let grain = serving.host.addGrain().identifier
            for path in [
                "/", "/apps", "/grain/\(grain)", "/grains/\(grain)/log", "/grains/\(grain)/remove", "/nowhere",
                "/login/x",
            ] {
                let page = try await serving.request(path, as: login)
                let policy = page.value("Content-Security-Policy") ?? ""
                #expect(policy.contains("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(page.value("Referrer-Policy") == "same-origin")
                #expect(page.value("Cache-Control") == "no-store")
                #expect(page.value("X-Content-Type-Options") == "nosniff")
                #expect(page.text.contains("<html lang=\"en\">"))
                #expect(page.text.contains("name=\"viewport\""))
                #expect(!page.text.contains("{{"))
                #expect(!page.text.contains("https://"))
                #expect(!page.text.contains(" style=") && !page.text.contains(" onclick="))
            }
        }
    }

    @Test func assetsAreKeptForGood() async throws {
        try await Serving.run { serving async throws in
            let page = try await serving.request("/").text
            var total = 0
            for match in page.matches(of: /\/assets\/[a-z]+\.[0-9a-f]+\.[a-z]+/) {
                let asset = try await serving.request(String(match.output))
                #expect(asset.status == 200)
                #expect(asset.value("Cache-Control") == "public, max-age=31536000, immutable")
                total += asset.body.count
            }
            #expect(total > 5000 && total < 50 << 10)
            #expect(try await serving.request("/assets/shell.0000.js").status == 404)
        }
    }

    @Test func makingRenamingAndRemoving() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let nonce = try await serving.nonce(of: login)
            let made = try await serving.request(
                "/grains", as: login, form: "nonce=\(nonce)&package=\(FakeHost.wiki.identifier)&action=0")
            #expect(made.status == 303)
            let grain = try #require(serving.host.directory.withLock { $0.grains.first })
            #expect(made.value("Location") == "/grain/\(grain.identifier)")
            let renamed = try await serving.request(
                "/grains/\(grain.identifier)/rename", as: login, form: "nonce=\(nonce)&title=Caf%C3%A9+au+lait")
            #expect(renamed.status == 303)
            #expect(serving.host.directory.withLock { $0.grains.first?.title } == "Café au lait")
            let empty = try await serving.request(
                "/grains/\(grain.identifier)/rename", as: login, form: "nonce=\(nonce)&title=")
            #expect(empty.status == 400)
            #expect(empty.text.contains("1 to 200 characters"))
            #expect(
                try await serving.request("/grains/\(grain.identifier)/remove", as: login).text.contains(
                    "Delete for good"))
            #expect(
                try await serving.request("/grains/\(grain.identifier)/remove", as: login, form: "nonce=\(nonce)")
                    .status == 303)
            #expect(serving.host.directory.withLock { $0.grains.isEmpty })
        }
    }

    @Test func theLogIsText() async throws {
        try await Serving.run { serving async throws in
            let page = try await serving.request(
                "/grains/\(serving.host.addGrain().identifier)/log", as: serving.host.logIn())
            #expect(page.text.contains("Hello from the app\n&lt;b&gt;not bold&lt;/b&gt;"))
        }
    }

    @Test func aRemovedAppIsSaidToBeUninstalledAndHowManyGrainsUseIt() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            serving.host.addGrain()
            let reply = try await serving.request(
                "/apps/\(FakeHost.wiki.app)/remove", as: login, form: "nonce=\(try await serving.nonce(of: login))")
            #expect(reply.status == 303 && reply.value("Location") == "/apps")
            let page = try await serving.request("/apps", as: login).text
            #expect(page.contains("uninstalled; 1 grain uses it still") && !page.contains("action=\"/grains\""))
        }
    }

    // MARK: The page around a grain

    @Test(arguments: [
        ("", "%2F"), ("/", "%2F"), ("/a/b?c=d", "%2Fa%2Fb%3Fc%3Dd"), ("/a%20b", "%2Fa%2520b"),
        ("//evil.test", "%2F%2Fevil.test"),
        ("/%5Cevil", "%2F%255Cevil"),
        ("/log", "%2Flog"),
    ]) func opensInAFrameOfItsOwnHost(_ path: String, _ encoded: String) async throws {
        try await Serving.run { serving async throws in
            let grain = serving.host.addGrain()
            let page = try await serving.request("/grain/\(grain.identifier)\(path)", as: serving.host.logIn())
            #expect(page.status == 200)
            let session = try #require(serving.host.directory.withLock { $0.sessions.values.first })
            let origin = "http://\(serving.grainHost(session))"
            let source = "\(origin)/_sandstorm-init?sessionid=\(session.secret.text)&amp;path=\(encoded)"
            #expect(
                page.text.contains(
                    "<iframe src=\"\(source)\" sandbox=\"allow-scripts allow-same-origin allow-forms allow-modals allow-downloads\" allow=\"\""
                ))
            #expect(page.value("Content-Security-Policy")?.hasSuffix("frame-src \(origin)") == true)
        }
    }

    @Test func theTabKeepsItsSessionAliveAndClosesIt() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), session = serving.host.openSession()
            let form = "nonce=\(try await serving.nonce(of: login))&secret=\(session.secret.text)"
            let path = "/sessions/\(session.identifier)"
            let alive = try await serving.request("\(path)/alive", as: login, form: form)
            // The package tells the page when the app was upgraded under it.
            let package = FakeHost.wiki.identifier
            #expect(
                alive.text
                    == "{\"state\":\"running\",\"text\":\"running\",\"title\":\"My wiki\",\"given\":\"My wiki\",\"package\":\"\(package)\"}"
            )
            #expect(session.keptAlive.withLock { $0 } == 1)
            session.current.withLock { $0 = .crashed(reason: "it \"ended\"\n") }
            #expect(
                try await serving.request("\(path)/alive", as: login, form: form).text.contains(
                    "\"reason\":\"it \\\"ended\\\"\\n\""))
            #expect(try await serving.request("\(path)/close", as: login, form: form + "x").status == 410)
            #expect(!session.isClosed.withLock { $0 })
            #expect(try await serving.request("\(path)/close", as: login, form: form).status == 204)
            #expect(session.isClosed.withLock { $0 })
            #expect(try await serving.request("\(path)/alive", as: login, form: form).status == 410)
        }
    }

    // MARK: CSRF

    static let forgeries: [[String]] = [
        [], ["Origin: null"], ["Origin: http://evil.test"], ["Origin: http://localhost"],
        ["Sec-Fetch-Site: cross-site", "Origin: OWN"],
        ["Sec-Fetch-Site: same-site", "Origin: OWN"], ["Sec-Fetch-Site: none", "Origin: OWN"],
        ["Sec-Fetch-Site: same-origin", "Origin: null"],
    ]

    @Test(arguments: forgeries.indices) func formsOfOthersAreRefused(_ index: Int) async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let grain = serving.host.addGrain().identifier
            let body = "nonce=\(try await serving.nonce(of: login))"
            let fields =
                ShellTests.forgeries[index].map { $0.replacing("OWN", with: serving.baseURL) } + [
                    "Cookie: barchan-login=\(login.text)"
                ]
            for path in ["/grains/\(grain)/remove", "/login/open-sesame", "/logout", "/apps/install"] {
                #expect(try await serving.request(path, fields, method: "POST", body: body).status == 403)
            }
            #expect(
                serving.host.directory.withLock { $0.grains.count == 1 && $0.tokens.count == 1 && $0.logins.count == 1 }
            )
        }
    }

    @Test func formsNeedTheNonceOfTheirLogin() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), other = serving.host.logIn()
            let grain = serving.host.addGrain().identifier
            for nonce in ["", "0", try await serving.nonce(of: other)] {
                #expect(
                    try await serving.request("/grains/\(grain)/remove", as: login, form: "nonce=\(nonce)").status
                        == 403)
            }
        }
    }

    @Test func pagesAreNoPartOfOtherSites() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            for fields in [
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
                ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
                ["Sec-Purpose: prefetch"],
            ] { #expect(try await serving.request("/", as: login, fields).status == 403) }
            let link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
            #expect(try await serving.request("/", as: login, link).status == 200)
        }
    }

    // MARK: Installing

    private func multipart(_ nonce: String, _ file: [UInt8], boundary: String = "----x") -> [UInt8] {
        Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"nonce\"\r\n\r\n\(nonce)\r\n--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"wiki.spk\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                .utf8)
            + file + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    @Test(arguments: [10, 65_000, 300_000]) func installsFromAForm(_ count: Int) async throws {
        let file = (0..<count).map { UInt8(truncatingIfNeeded: $0 % 251) } + Array("\r\n----\r\n-----x?".utf8)
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let body = multipart(try await serving.nonce(of: login), file)
            let client = try RawClient(port: serving.port)
            await client.send(
                "POST /apps/install HTTP/1.1\r\nHost: \(serving.shellHost)\r\nCookie: barchan-login=\(login.text)\r\nOrigin: \(serving.baseURL)\r\nContent-Type: multipart/form-data; boundary=----x\r\nContent-Length: \(body.count)\r\n\r\n"
            )
            await client.send(body)
            let reply = try #require(await client.reply())
            #expect(reply.status == 303)
            #expect(reply.value("Location") == "/apps?installed=\(FakeHost.wiki.identifier)")
            #expect(serving.host.directory.withLock { $0.installed == file })
            let page = try await serving.request("/apps?installed=\(FakeHost.wiki.identifier)", as: login).text
            #expect(page.contains("DokuWiki 2022-07-31 is installed."))
        }
    }

    @Test func installsFromABodyAndSaysWhatIsWrong() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let fields = [
                "Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)", "Accept: application/json",
                "Content-Type: application/octet-stream", "X-Barchan-Nonce: \(try await serving.nonce(of: login))",
            ]
            let good = try await serving.request("/apps/install", fields, method: "POST", body: "package")
            #expect(good.status == 200)
            #expect(good.text.contains("\"app\":\"\(FakeHost.wiki.app)\""))
            serving.host.directory.withLock {
                $0.installError = HostError(.invalidArgument, "install the package: its signature is wrong")
            }
            let bad = try await serving.request("/apps/install", fields, method: "POST", body: "package")
            #expect(bad.status == 400)
            #expect(bad.text == "{\"error\":\"install the package: its signature is wrong\"}")
            let forged = try await serving.request(
                "/apps/install", Array(fields.dropLast()), method: "POST", body: "package")
            #expect(forged.status == 403)
        }
    }

    @Test func onlyAdministratorsInstall() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(FakeHost.guest)
            let fields = ["Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)", "X-Barchan-Nonce: x"]
            #expect(try await serving.request("/apps/install", fields, method: "POST", body: "package").status == 403)
        }
    }

    @Test(arguments: [
        "no boundary at all", "--x\r\nContent-Disposition: form-data; name=\"nonce\"\r\n\r\nNONCE\r\n--x--\r\n",
        "--x\r\n\r\n", "--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n", "",
    ]) func brokenFormsAreRefused(_ body: String) async throws {
        let status = try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let body = body.replacing("NONCE", with: try await serving.nonce(of: login))
            let fields = [
                "Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)",
                "Content-Type: multipart/form-data; boundary=x",
            ]
            return try await serving.request("/apps/install", fields, method: "POST", body: body).status
        }
        #expect(status == 400 || status == 403)
    }

    @Test func iconsNeverRun() async throws {
        try await Serving.run { serving async throws in
            let icon = try await serving.request("/apps/\(FakeHost.wiki.app)/icon", as: serving.host.logIn())
            #expect(icon.value("Content-Type") == "image/svg+xml")
            #expect(icon.value("Content-Security-Policy")?.hasSuffix("sandbox") == true)
            #expect(icon.value("X-Content-Type-Options") == "nosniff")
            #expect(icon.value("Cross-Origin-Resource-Policy") == "same-origin")
        }
    }

    @Test func aBackupIsDownloadedByAFormOfOursAlone() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain("Tea \"\u{e9}\"\r\nX: y").identifier
            let list = try await serving.request("/", as: login).text
            let page = try await serving.request("/grains/\(grain)", as: login).text
            #expect(page.contains("action=\"/grains/\(grain)/backup\"") && list.contains("action=\"/grains/restore\""))
            let backup = try await serving.request("/grains/\(grain)/backup", as: login, form: "nonce=\(nonce)")
            #expect(backup.status == 200 && backup.text == "a backup")
            #expect(backup.value("Content-Type") == "application/zip")
            #expect(
                backup.value("Content-Disposition")
                    == "attachment; filename*=utf-8''Tea%20%22%C3%A9%22%0D%0AX%3A%20y.zip")
            #expect(backup.value("X") == nil)
            #expect(try await serving.request("/grains/\(grain)/backup", as: login, form: "nonce=x").status == 403)
            #expect(try await serving.request("/grains/\(grain)/backup", as: login).status == 404)
        }
    }

    @Test func aBackupIsUploadedByAFormOrByOurScript() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(FakeHost.guest), nonce = try await serving.nonce(of: login)
            let own = ["Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)"]
            func form(_ nonce: String) -> String {
                "--b\r\nContent-Disposition: form-data; name=\"nonce\"\r\n\r\n\(nonce)\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n\r\nPK and more\r\n--b--\r\n"
            }
            let multipart = own + ["Content-Type: multipart/form-data; boundary=b"]
            let stale = try await serving.request("/grains/restore", multipart, method: "POST", body: form("x"))
            #expect(stale.status == 403)
            let made = try await serving.request("/grains/restore", multipart, method: "POST", body: form(nonce))
            #expect(made.status == 303)
            let grain = try #require(serving.host.directory.withLock { $0.grains.last })
            #expect(made.value("Location") == "/grain/\(grain.identifier)")
            #expect(serving.host.directory.withLock { $0.restored } == Array("PK and more".utf8))
            let script = own + ["X-Barchan-Nonce: \(nonce)", "Accept: application/json"]
            let answer = try await serving.request("/grains/restore", script, method: "POST", body: "PK by script")
            #expect(answer.status == 200 && answer.text.hasPrefix("{\"grain\":"))
            let bad = try await serving.request("/grains/restore", script, method: "POST", body: "something else")
            #expect(bad.status == 400 && bad.text.contains("no zip file"))
            #expect(try await serving.request("/grains/restore", own, method: "POST", body: "PK").status == 403)
        }
    }
}
