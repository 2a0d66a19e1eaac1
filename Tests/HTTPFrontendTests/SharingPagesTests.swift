import Barchan
import Testing

/// The page for sharing, and what is behind a sharing link.
@Suite struct SharingPagesTests {
    private static let ann = AccountID.random()

    private static func sharing(_ branches: [SharingBranch] = [], isOwner: Bool = true) -> GrainSharing {
        var info = ViewInfo()
        info.permissions = [PermissionDefinition(name: "read", title: "")]
        info.roles = [
            RoleDefinition(title: "viewer", verbPhrase: "can <view>", permissions: [true], isDefault: true),
            RoleDefinition(title: "editor", verbPhrase: "can edit", permissions: [true], isDefault: false),
        ]
        return GrainSharing(
            owner: FakeHost.person.identifier, isOwner: isOwner, viewInfo: info, permissions: [true], roles: [0],
            branches: branches, people: [ann: PersonName(displayName: "Ann <b>", handle: "ann")])
    }

    private static func branch(_ recipient: Grant.Recipient, label: String = "", _ below: [SharingBranch] = [])
        -> SharingBranch
    {
        let grant = Grant(
            identifier: .random(), giver: .account(FakeHost.person.identifier), recipient: recipient,
            offer: ShareOffer(.role(0), label: label), created: 0)
        return SharingBranch(grant: grant, permissions: [true], branches: below)
    }

    @Test func whoHasAccessIsATree() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), grain = serving.host.addGrain().identifier
            let link = Self.branch(.link, label: "the \"choir\"", [Self.branch(.account(Self.ann))])
            serving.host.directory.withLock { $0.sharing = Self.sharing([link]) }
            let page = try await serving.request("/grains/\(grain)/sharing", as: login)
            #expect(page.status == 200 && page.text.contains("<html"))
            let tree = try #require(page.text.firstRange(of: "<ul class=\"tree\">").map { page.text[$0.lowerBound...] })
            #expect(tree.contains("Link “the &quot;choir&quot;”") && tree.contains("Ann &lt;b&gt; @ann"))
            #expect(tree.contains("can &lt;view&gt;") && !page.text.contains("can edit"), "a role one does not have")
            let opened = tree.ranges(of: "<ul class=\"tree\">").count
            #expect(opened == 2 && tree.ranges(of: "</ul>").count == opened)
            let part = try await serving.request(
                "/grains/\(grain)/sharing", ["Cookie: barchan-login=\(login.text)", "X-Barchan-Part: 1"])
            #expect(part.status == 200 && !part.text.contains("<html") && part.text.contains("share-title"))
        }
    }

    /// Whoever does not look gives what the app means people to have, and not what it lists first.
    @Test func theDefaultRoleIsChosen() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), grain = serving.host.addGrain().identifier
            var sharing = Self.sharing()
            func role(_ title: String, isDefault: Bool = false, isObsolete: Bool = false) -> RoleDefinition {
                RoleDefinition(
                    title: title, verbPhrase: "", permissions: [true], isDefault: isDefault, isObsolete: isObsolete)
            }
            sharing.viewInfo.roles = [
                role("manager"), role("writer", isDefault: true, isObsolete: true), role("editor", isDefault: true),
            ]
            for (roles, chosen) in [([0, 2], ["2"]), ([0], [])] {
                sharing.roles = roles
                serving.host.directory.withLock { [sharing] in $0.sharing = sharing }
                let page = try await serving.request("/grains/\(grain)/sharing", as: login)
                let found = page.text.matches(of: #/<option value="(\w+)" selected>/#).map { String($0.1) }
                #expect(Set(found) == Set(chosen) && found.count == 3 * chosen.count)
            }
        }
    }

    @Test func onesOwnLinksHaveALabelThatCanBeChanged() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain().identifier
            let own = Self.branch(.link, label: "the \"choir\"")
            var other = Self.branch(.link, label: "theirs")
            other.grant.giver = .account(Self.ann)
            serving.host.directory.withLock { [other] in
                $0.sharing = Self.sharing([own, Self.branch(.account(Self.ann), [other])])
            }
            let page = try await serving.request("/grains/\(grain)/sharing", as: login)
            #expect(page.text.ranges(of: "value=\"label\"").count == 1)
            #expect(page.text.contains("name=\"label\" value=\"the &quot;choir&quot;\""))
            let reply = try await serving.request(
                "/grains/\(grain)/sharing", as: login,
                form: "nonce=\(nonce)&act=label&grant=\(own.grant.identifier)&label=Choir")
            #expect(reply.status == 200 && serving.host.calls == ["label \(own.grant.identifier) 'Choir'"])
        }
    }

    @Test func whoIsBackBringsBackWhatTheyGave() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain().identifier
            func notice(_ before: [SharingBranch], _ after: [SharingBranch]) async throws -> Bool {
                serving.host.directory.withLock { ($0.sharing, $0.given) = (Self.sharing(before), Self.sharing(after)) }
                let reply = try await serving.request(
                    "/grains/\(grain)/sharing", as: login, form: "nonce=\(nonce)&act=person&handle=ann&role=0")
                #expect(reply.text.contains("They find it among their grains."))
                return reply.text.contains("works by this again")
            }
            let works = Self.branch(.link)
            var idle = works
            idle.permissions = nil
            func new(_ below: [SharingBranch]) -> [SharingBranch] { [Self.branch(.account(Self.ann), below)] }
            #expect(try await !notice([], new([])))
            #expect(try await notice([], new([Self.branch(.link, [works])])), "taken back with her, and below her now")
            #expect(try await notice(new([idle]), new([works])), "over with what she had, and below her now")
            #expect(try await !notice([], new([idle])), "does not work now either")
            #expect(try await !notice(new([works]), new([works])), "worked before")
        }
    }

    @Test func aDeepTreeIsAPageToo() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), grain = serving.host.addGrain().identifier
            var branch = Self.branch(.link)
            for _ in 0..<999 { branch = Self.branch(.link, [branch]) }
            serving.host.directory.withLock { [branch] in $0.sharing = Self.sharing([branch]) }
            let page = try await serving.request("/grains/\(grain)/sharing", as: login)
            #expect(page.text.ranges(of: "class=\"grant\"").count == 1_000)
            #expect(page.text.ranges(of: "<ul class=\"tree\">").count == 40)
        }
    }

    @Test func formsDoWhatTheySay() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain().identifier, grant = GrantID.random()
            serving.host.directory.withLock { $0.sharing = Self.sharing() }
            func send(_ form: String) async throws -> Reply {
                try await serving.request("/grains/\(grain)/sharing", as: login, form: "nonce=\(nonce)&\(form)")
            }
            _ = try await send("act=person&handle=ann&role=0&ends=7")
            let link = try await send("act=link&role=everything&label=x&ends=&single=1")
            #expect(link.text.contains("\(serving.baseURL)/shared/the-link"))
            _ = try await send("act=revoke&grant=\(grant)")
            _ = try await send("act=remove&person=\(Self.ann)")
            _ = try await send("act=transfer&handle=ann")
            #expect(try await send("act=leave").value("Location") == "/")
            #expect(
                serving.host.calls == [
                    "share with ann: role(0) '' expires", "link: everything 'x' once", "revoke \(grant)",
                    "remove \(Self.ann)", "transfer to ann", "remove \(FakeHost.person.identifier)",
                ])
            for form in ["act=link&role=-1", "act=link&role=x", "act=revoke&grant=x", "act=other"] {
                #expect(try await send(form).text.contains("role=\"alert\""))
            }
            let forged = try await serving.request("/grains/\(grain)/sharing", as: login, form: "nonce=x&act=leave")
            #expect(forged.status == 403 && serving.host.calls.count == 6)
        }
    }

    @Test(arguments: ["person&handle=ann", "link", "token"])
    func anEndThatCannotBeReadGivesNothing(act: String) async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain().identifier
            serving.host.directory.withLock { $0.sharing = Self.sharing() }
            func send(_ ends: String) async throws -> Reply {
                try await serving.request(
                    "/grains/\(grain)/sharing", as: login,
                    form: "nonce=\(nonce)&act=\(act)&role=everything&ends=\(ends)")
            }
            for ends in ["abc", "1d", "-5", "0", "1.5", "+", "%20", "3651", "99999999999999999999"] {
                let page = try await send(ends)
                #expect(page.status == 400 && page.text.contains("1 to 3650"), "'\(ends)': \(page.status)")
            }
            #expect(serving.host.calls.isEmpty)
            for ends in ["", "1", "3650"] { #expect(try await send(ends).status == 200, "'\(ends)'") }
            #expect(serving.host.calls.count == 3)
        }
    }

    // MARK: Links

    /// A host with one grain and a link to it.
    /// - Parameter isKept: Whether the person has it already.
    func serveLink(
        isKept: Bool = false, isSingleUse: Bool = false,
        _ body: @escaping @Sendable (Serving, GrainID) async throws -> Void
    ) async throws {
        try await Serving.run { serving async throws in
            let grain = serving.host.addGrain("Our wiki")
            var shared = grain
            shared.isOwned = false
            let grant = Grant(
                identifier: .random(), giver: .account(Self.ann), recipient: .link,
                offer: ShareOffer(.everything, isSingleUse: isSingleUse), created: 0)
            serving.host.directory.withLock { [shared] directory in
                if isKept { directory.kept["tok"] = grain.identifier }
                directory.links["tok"] = SharedLink(grain: shared, grant: grant)
            }
            try await body(serving, grain.identifier)
        }
    }

    @Test func whoIsNotLoggedInComesInAnonymously() async throws {
        try await serveLink { serving, _ in
            let page = try await serving.request("/shared/tok/pages/one?x=1")
            #expect(page.status == 200 && page.text.contains("path=%2Fpages%2Fone%3Fx%3D1"))
            #expect(page.text.contains("data-base=\"/shared/tok\"") && page.text.contains("Anonymous"))
            for text in ["/rename", "/stop", "/remove", "data-share", "data-owned"] {
                #expect(!page.text.contains(text))
            }
            #expect(serving.host.calls == ["open as link(<secret>)"])
            #expect(try await serving.request("/shared/unknown").status == 404)
            // The tab says that it is there, without a login.
            let session = try #require(serving.host.directory.withLock { $0.sessions.values.first })
            let alive = try await serving.request(
                "/sessions/\(session.identifier)/alive",
                ["Origin: \(serving.baseURL)", "Content-Type: application/x-www-form-urlencoded"], method: "POST",
                body: "nonce=&secret=\(session.secret.text)")
            #expect(alive.status == 200 && session.keptAlive.withLock { $0 } == 1)
        }
    }

    @Test func lookingAtALinkForOneUseDoesNotUseItUp() async throws {
        try await serveLink(isSingleUse: true) { serving, _ in
            let page = try await serving.request("/shared/tok")
            #expect(page.status == 200 && page.text.contains("The link works once.") && serving.host.calls.isEmpty)
            let opened = try await serving.request(
                "/shared/tok",
                ["Origin: \(serving.baseURL)", "Content-Type: application/x-www-form-urlencoded"], method: "POST",
                body: "act=incognito")
            #expect(opened.status == 200 && serving.host.calls == ["open as link(<secret>)"])
        }
    }

    @Test func whoIsLoggedInChooses() async throws {
        try await serveLink { serving, grain in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let page = try await serving.request("/shared/tok/a?b", as: login)
            #expect(page.text.contains("Keep it among your grains") && page.text.contains("incognito"))
            #expect(serving.host.calls.isEmpty)
            let kept = try await serving.request("/shared/tok/a?b", as: login, form: "nonce=\(nonce)&act=keep")
            #expect(kept.status == 303 && kept.value("Location") == "/grain/\(grain)/a?b")
            let incognito = try await serving.request("/shared/tok", as: login, form: "nonce=\(nonce)&act=incognito")
            #expect(incognito.status == 200 && !incognito.text.contains("Ada Lovelace"))
            #expect(!incognito.text.contains(nonce))
            #expect(serving.host.calls == ["redeem tok", "open as link(<secret>)"])
            #expect(try await serving.request("/shared/tok", as: login, form: "nonce=x&act=keep").status == 403)
        }
    }

    /// Who owns it, or kept it; a link that is used up by that is good for them still.
    @Test(arguments: [false, true]) func whoHasTheGrainIsNotAskedAgain(_ isUsedUp: Bool) async throws {
        try await serveLink(isKept: true) { serving, grain in
            if isUsedUp { serving.host.directory.withLock { $0.links = [:] } }
            let reply = try await serving.request("/shared/tok/a?b", as: serving.host.logIn())
            #expect(reply.status == 303 && reply.value("Location") == "/grain/\(grain)/a?b")
            #expect(try await serving.request("/shared/tok/a?b").status == (isUsedUp ? 404 : 200), "a stranger")
        }
    }

    @Test(arguments: ["//evil.test", "/\\evil.test", "/%2F%2Fevil.test"]) func noLinkLeadsElsewhere(_ path: String)
        async throws
    {
        try await serveLink(isKept: true) { serving, grain in
            let reply = try await serving.request("/shared/tok\(path)", as: serving.host.logIn())
            if let location = reply.value("Location") { #expect(location.hasPrefix("/grain/\(grain)")) }
        }
    }
}
