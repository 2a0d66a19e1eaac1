import Barchan
import Testing

/// What people are asked about versions of apps, and what their answers do.
@Suite struct UpgradePageTests {
    private static func version(_ number: UInt32, _ text: String, id: Character) -> InstalledPackage {
        var package = FakeHost.package(
            "DokuWiki", id: String(repeating: id, count: 32), app: "q", noun: "wiki")
        package.manifest.version = number
        package.manifest.marketingVersion = text
        package.manifest.changeLog = "## \(text)\n- <script>alert(1)</script> & more"
        return package
    }

    private func offer(_ package: InstalledPackage, on host: FakeHost) -> GrainSummary {
        var grain = host.addGrain("Family wiki")
        grain.version = "2022-07-31"
        host.directory.withLock {
            $0.upgrades = [AppUpgrade(current: FakeHost.wiki, offered: package, grains: [grain])]
        }
        return grain
    }

    @Test func theQuestionShowsBothVersionsTheChangesAndTheGrains() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), new = Self.version(4, "2026-01-01", id: "4")
            _ = offer(new, on: serving.host)
            let page = try await serving.request("/apps/\(new.app)/upgrade", as: login)
            #expect(page.status == 200)
            for text in [
                "A new version of DokuWiki", "2022-07-31", "2026-01-01", "Family wiki",
                "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more", "1 grain of yours",
            ] {
                #expect(page.text.contains(text), "\(text)")
            }
            #expect(!page.text.contains("<script>alert") && !page.text.contains("{{"))
            #expect(!page.text.contains("name=\"force\""))
            for path in ["/", "/apps"] {
                let list = try await serving.request(path, as: login).text
                #expect(list.contains("/apps/\(new.app)/upgrade") && list.contains("waits for your word"))
            }
        }
    }

    @Test func theQuestionIsInTheLanguageOfTheBrowser() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            var new = Self.version(4, "2026-01-01", id: "4")
            new.manifest.translations = [
                .title: [Translation(language: "de", text: "DokuWiki auf Deutsch")],
                .changeLog: [Translation(language: "de", text: "Alles neu")],
            ]
            _ = offer(new, on: serving.host)
            for (languages, isGerman) in [("de-AT,en;q=0.5", true), ("en,de;q=0.5", false), ("de;q=0.1,en", false)] {
                let page = try await serving.request(
                    "/apps/\(new.app)/upgrade", as: login, ["Accept-Language: \(languages)"])
                #expect(page.text.contains("Alles neu") == isGerman, "\(languages)")
                #expect(page.text.contains("DokuWiki auf Deutsch") == isGerman, "\(languages)")
            }
        }
    }

    @Test func answersAreGivenToTheHost() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), new = Self.version(4, "2026-01-01", id: "4")
            _ = offer(new, on: serving.host)
            let nonce = try await serving.nonce(of: login), path = "/apps/\(new.app)/upgrade"
            let yes = try await serving.request(path, as: login, form: "nonce=\(nonce)&package=\(new.identifier)")
            #expect(yes.status == 303 && yes.value("Location") == "/apps?upgraded=\(new.identifier)&moved=1")
            let no = try await serving.request(path, as: login, form: "nonce=\(nonce)&answer=decline")
            #expect(no.status == 303 && no.value("Location") == "/apps")
            #expect(
                serving.host.directory.withLock { $0.decisions } == [
                    "accept \(new.identifier)", "decline \(new.app)",
                ])
            // Without our own page's nonce, or for what nobody is asked: nothing.
            #expect(try await serving.request(path, as: login, form: "package=\(new.identifier)").status == 403)
            let other = FakeHost.wiki.identifier
            #expect(try await serving.request(path, as: login, form: "nonce=\(nonce)&package=\(other)").status == 404)
            #expect(serving.host.directory.withLock { $0.decisions.count } == 2)
        }
    }

    /// Who takes a version of somebody else's has to know.
    @Test func theQuestionSaysWhoseTheNewVersionIs() async throws {
        let ada = String(repeating: "AD", count: 20), eve = String(repeating: "E0", count: 20)
        let cases: [(AuthorProof, AuthorProof, warning: [String])] = [
            (.verified(fingerprint: ada), .verified(fingerprint: ada), []),
            (
                .verified(fingerprint: ada), .verified(fingerprint: eve),
                [ada, "this one is of another, with the key \(eve)"]
            ),
            (.verified(fingerprint: ada), .absent, [ada, "says nothing of its author"]),
            (.verified(fingerprint: ada), .unverified(reason: "no <gpg>"), [ada, "not verified: no &lt;gpg&gt;"]),
            (.absent, .wrong(reason: "it is damaged"), ["does not hold: it is damaged"]),
            (.absent, .verified(fingerprint: eve), []), (.absent, .unverified(reason: "why"), []),
            (.absent, .absent, []),
        ]
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            for (before, now, warning) in cases {
                var old = Self.version(3, "2022", id: "3"), new = Self.version(4, "2026", id: "4")
                (old.authorProof, new.authorProof) = (before, now)
                serving.host.directory.withLock { $0.upgrades = [AppUpgrade(current: old, offered: new, grains: [])] }
                let page = try await serving.request("/apps/\(new.app)/upgrade", as: login).text
                #expect(page.contains("role=\"alert\"") == !warning.isEmpty, "\(before) \(now)")
                for text in warning { #expect(page.contains(text), "\(text)") }
                #expect(page.contains("Author’s proof") == (now != .absent))
                if let key = now.fingerprint { #expect(page.contains("verified: the OpenPGP key \(key)")) }
            }
        }
    }

    @Test func anOlderVersionNeedsASecondWord() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), old = Self.version(2, "2020-01-01", id: "2")
            _ = offer(old, on: serving.host)
            let nonce = try await serving.nonce(of: login), path = "/apps/\(old.app)/upgrade"
            let page = try await serving.request(path, as: login)
            #expect(page.text.contains("An older version of DokuWiki") && page.text.contains("name=\"force\""))
            let refused = try await serving.request(path, as: login, form: "nonce=\(nonce)&package=\(old.identifier)")
            #expect(refused.status == 400 && refused.text.contains("it is older"))
            let forced = try await serving.request(
                path, as: login, form: "nonce=\(nonce)&package=\(old.identifier)&force=1")
            #expect(forced.status == 303)
            #expect(serving.host.directory.withLock { $0.decisions } == ["accept \(old.identifier) by force"])
        }
    }

    @Test func twoVersionsWithOneTextAreToldApartByTheirNumbers() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), new = Self.version(4, "2022-07-31", id: "4")
            _ = offer(new, on: serving.host)
            let page = try await serving.request("/apps/\(new.app)/upgrade", as: login).text
            #expect(page.contains("<dd>2022-07-31 (3)</dd>") && page.contains("<dd>2022-07-31 (4)</dd>"))
            #expect(page.contains("Use 2022-07-31 (4)"))
        }
    }

    /// Whoever installs something learns what it does to a version that waits.
    @Test func theQuestionSaysWhatTheInstallationDid() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let app = FakeHost.wiki.app, old = Self.version(1, "2019", id: "1"), new = Self.version(9, "2030", id: "9")
            // The host of these tests installs the same package whatever it is given.
            func install() async throws -> String {
                try await serving.request(
                    "/apps/install",
                    [
                        "Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)", "Accept: application/json",
                        "X-Barchan-Nonce: \(nonce)",
                    ], method: "POST", body: "package"
                ).text
            }
            serving.host.directory.withLock { $0.upgrades = [AppUpgrade(current: old, offered: new, grains: [])] }
            #expect(try await install().contains("\"next\":\"/apps/\(app)/upgrade?kept=3\""))
            let kept = try await serving.request("/apps/\(app)/upgrade?kept=3", as: login).text
            #expect(kept.contains("Version number 3 is installed") && kept.contains("newer one, which waits already"))
            let dropped = try await serving.request("/apps/\(app)/upgrade?dropped=2", as: login).text
            #expect(dropped.contains("Version number 2, which waited until now, waits no more"))
            let nonsense = try await serving.request("/apps/\(app)/upgrade?kept=%3Cb%3E", as: login).text
            #expect(!nonsense.contains("is installed"))
            serving.host.directory.withLock { directory in
                directory.offeredAfterInstalling = AppUpgrade(current: old, offered: FakeHost.wiki, grains: [])
            }
            #expect(try await install().contains("\"next\":\"/apps/\(app)/upgrade?dropped=9\""))
        }
    }

    @Test func anUploadedVersionLeadsToTheQuestion() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            // The host of these tests installs the same package whatever it is given.
            serving.host.directory.withLock {
                $0.upgrades = [
                    AppUpgrade(current: Self.version(1, "2019", id: "1"), offered: FakeHost.wiki, grains: [])
                ]
            }
            let fields = [
                "Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)", "Accept: application/json",
                "X-Barchan-Nonce: \(try await serving.nonce(of: login))",
            ]
            let reply = try await serving.request("/apps/install", fields, method: "POST", body: "package")
            #expect(reply.text.contains("\"next\":\"/apps/\(FakeHost.wiki.app)/upgrade\""))
        }
    }

    @Test func aGrainIsMovedBackFromItsOwnPage() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), old = Self.version(2, "2020-01-01", id: "2").identifier
            let grain = serving.host.addGrain("Family wiki").identifier
            let path = "/grains/\(grain)/version"
            #expect(try await serving.request(path, as: login).text.contains("no other version"))
            for needsForce in [false, true] {
                serving.host.directory.withLock {
                    $0.grains[0].previous = PreviousVersion(
                        package: old, version: "2020-01-01", needsForce: needsForce)
                }
                let page = try await serving.request(path, as: login).text
                #expect(page.contains("Move back to 2020-01-01") && page.contains("name=\"force\"") == needsForce)
            }
            let nonce = try await serving.nonce(of: login)
            let reply = try await serving.request(
                "/grains/\(grain)/move", as: login, form: "nonce=\(nonce)&package=\(old)&force=1")
            #expect(reply.status == 303 && reply.value("Location") == path)
            #expect(serving.host.directory.withLock { $0.decisions } == ["move \(grain) to \(old) by force"])
        }
    }
}
