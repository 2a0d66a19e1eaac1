import Barchan
import Glibc
import Testing

/// Where an app may lead a browser. What a browser makes of a Location is the WHATWG URL Standard, sections 4.4 and 3.5, with the page
/// `http://HOST/dir/page` as base; `HOST` is the grain's own host with its port, `NAME` the same without it.
@Suite struct RedirectTests {
    /// What resolves to the grain's own host, and how it is sent: in bytes that every reader takes in the same way.
    static let home: [(location: String, sent: String)] = [
        // Nothing to mend.
        ("/", "/"), ("/a//b", "/a//b"), ("?x", "?x"), ("#y", "#y"), ("a/b", "a/b"), ("./:a", "./:a"), ("../b", "../b"),
        ("/next?to=http://evil.test/", "/next?to=http://evil.test/"), ("/%2F/evil.test", "/%2F/evil.test"),
        ("%2F%2Fevil.test", "%2F%2Fevil.test"), ("/.//evil.test", "/.//evil.test"), ("/a:b", "/a:b"),
        ("/100%", "/100%"), ("?http://evil.test", "?http://evil.test"), ("/@evil.test", "/@evil.test"),
        // Spaces, controls and what is not ASCII are percent-encoded, as the parser does it.
        ("/a b", "/a%20b"), ("/x?q=a b", "/x?q=a%20b"), ("/a#b c", "/a#b%20c"), ("/ä", "/%C3%A4"),
        ("/x?q=ü", "/x?q=%C3%BC"), ("/a\u{1}b\u{7f}", "/a%01b%7F"), ("/a\u{0}b", "/a%00b"), ("a b:c", "./a%20b:c"),
        // Controls and spaces around it are dropped, and tabs everywhere.
        ("  /a ", "/a"), ("\u{0}\u{1f}/a\u{b}", "/a"), ("/a\tb", "/ab"), ("\t/\ta", "/a"),
        // A backslash is a slash, up to the query.
        ("/a\\b", "/a/b"), ("\\a", "/a"), ("a\\b?c\\d", "a/b?c%5Cd"), ("/a#\\", "/a#%5C"),
        // The page's own scheme without slashes is relative.
        ("http:/foo", "/foo"), ("http:foo", "foo"), ("HTTP:foo/bar", "foo/bar"), ("http:?x", "?x"),
        ("http:\\foo", "/foo"), ("h\ttt\tp:/foo", "/foo"), ("http:/evil.test", "/evil.test"),
        ("http:javascript:alert(1)", "./javascript:alert(1)"), ("http:https://evil.test", "./https://evil.test"),
        // What begins with something else than a letter is no scheme.
        ("1:b", "./1:b"), ("%68ttp://evil.test", "./%68ttp://evil.test"), ("http//:x", "http//:x"),
        ("\u{e4}:b", "./%C3%A4:b"), (":b", "./:b"), ("://evil.test", "./://evil.test"),
        // The own host by name, with the case of its letters, slashes of both kinds, as many as there are.
        ("http://HOST", "http://HOST"), ("http://HOST/next", "http://HOST/next"), ("http://HOST?x", "http://HOST?x"),
        ("http://HOST#x", "http://HOST#x"), ("HtTp://HOST/A", "http://HOST/A"), ("//HOST/abs", "http://HOST/abs"),
        ("\\\\HOST\\abs", "http://HOST/abs"), ("///HOST/a", "http://HOST/a"), ("/\\/HOST/a", "http://HOST/a"),
        ("http:///HOST/a", "http://HOST/a"), ("http:\\\\HOST/a", "http://HOST/a"), ("/\t/HOST/a", "http://HOST/a"),
        ("//HOST//evil.test", "http://HOST//evil.test"), ("//HOST/a b?c d", "http://HOST/a%20b?c%20d"),
        ("http://HOST\\@evil.test/", "http://HOST/@evil.test/"), ("http://HOST?@evil.test/", "http://HOST?@evil.test/"),
        ("http://HOST#@evil.test/", "http://HOST#@evil.test/"),
        // The same host and port over the other scheme, for apps that take themselves to be behind TLS.
        ("https://HOST/abs", "http://HOST/abs"), ("HTTPS:HOST/abs", "http://HOST/abs"),
        ("https:/\\HOST/abs", "http://HOST/abs"),
        // The same host with the port that the app's server listens on in the grain, or with none.
        ("http://NAME:8000/dir/", "http://HOST/dir/"), ("http://NAME/", "http://HOST/"), ("//NAME", "http://HOST"),
        ("http://NAME:/", "http://HOST/"), ("https://NAME:1/?x", "http://HOST/?x"),
    ]

    /// What leads a browser elsewhere, or nowhere; and what nobody needs, of which browsers alone are sure: users' names and line ends.
    static let away = [
        "https://evil.test/", "http://evil.test/", "HTTP://evil.test/", "//evil.test", "///evil.test", "////evil.test",
        "//evil.test/HOST", "//evil.test?HOST", "//evil.test#//HOST/",
        // Backslashes, tabs, spaces and controls in the way of who looks for slashes.
        "/\\evil.test", "\\\\evil.test", "\\/evil.test", "/\t/evil.test", "\t//evil.test", " //evil.test",
        "/\t\\\tevil.test", "\u{1}//evil.test", "\u{0}https://evil.test", "http:\\\\evil.test", "http:/\\evil.test",
        "http:\t//evil.test", "h\tttp://evil.test", "ht\ttps:evil.test", "http:///evil.test", "http:/\t/evil.test",
        // Another scheme needs no slashes.
        "https:evil.test", "https:/evil.test", "https:\\evil.test", "https:////evil.test", "https:/foo",
        // User and password, which end at the last @.
        "http://HOST@evil.test/", "http://NAME:80@evil.test/", "//HOST@evil.test", "//HOST@HOST@evil.test",
        "//HOST\t@evil.test", "//HOST%40@evil.test", "http://user@HOST/", "http://user:secret@HOST/", "//@HOST/",
        // Names that begin or end as ours.
        "http://HOST.evil.test/", "http://evil-HOST/", "//NAME.evil.test", "//xNAME/", "//NAME./", "//.NAME/",
        "http://HOST%2Eevil.test/", "//NAME%00.evil.test/", "http://HOST\u{3002}evil.test/", "//NAME;evil.test",
        // Ports that are none.
        "http://HOST:80/", "http://NAME:99999/", "http://NAME:-1/", "http://NAME:0x1/", "//NAME: 80/",
        "//NAME:80:80/",
        // What programs' requests are told.
        "http://sandbox/", "http://sandbox:8000/",
        // No web server.
        "javascript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "JavaScript://HOST/%0aalert(1)",
        "data:text/html,x", "ftp://HOST/", "ws://HOST/", "wss://HOST/", "file:///etc/passwd", "file://HOST/",
        "mailto:a@b", "blob:http://HOST/x", "about:blank", "view-source:http://HOST/", "x-a+b.c://HOST/", "a:b",
        // Nowhere.
        "http://", "//", "///", "http:///", "//?x", "//#x", "http:", " ", "\t", "//[::1]/", "//[HOST]/",
        // No header line may hold a line end, wherever the rest leads.
        "/a\r\nX-Evil: 1", "/a\nb", "\r\n/a", "/a\r", "htt\np://evil.test/", "/\n/evil.test",
    ]

    /// The same over HTTPS under a domain; nil where it leads away.
    static let overHTTPS: [(location: String, sent: String?)] = [
        ("https:foo", "foo"), ("https:/foo", "/foo"), ("//HOST/a", "https://HOST/a"),
        ("https://HOST:443/a", "https://HOST/a"),
        ("http://HOST/a", "https://HOST/a"), ("http://HOST:80/a", "https://HOST/a"), ("http:HOST/a", "https://HOST/a"),
        ("http://HOST:443/a", "https://HOST/a"), ("https://HOST:8000/a", "https://HOST/a"),
        ("http:foo", nil), ("http:/foo", nil), ("http:evil.test", nil), ("//evil.test", nil),
        ("https://HOST.evil.test", nil),
        ("https:\\evil.test", "/evil.test"), ("https:\\\\evil.test", nil),
    ]

    /// What becomes of each location, with the names of the grain's host in place.
    private func replies(to locations: [String]) async throws -> (replies: [Reply], host: String) {
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            let host = serving.grainHost(session)
            return (try await RedirectTests.replies(to: locations, by: serving, session, host), host)
        }
    }

    private static func replies(
        to locations: [String], by serving: Serving, _ session: FakeSession, _ host: String
    ) async throws -> [Reply] {
        let name = String(host.prefix { $0 != ":" })
        serving.host.answer { (request, _) throws(HostError) in
            let location = locations[Int(request.path) ?? 0].replacing("HOST", with: host)
            return WebResponse(
                .redirect(isPermanent: false, switchToGet: true, location: location.replacing("NAME", with: name)))
        }
        let client = try RawClient(port: serving.port)
        var replies: [Reply] = []
        for index in locations.indices {
            await client.send("GET /\(index) HTTP/1.1\r\nHost: \(host)\r\nCookie: \(serving.cookie(session))\r\n\r\n")
            replies.append(try #require(await client.reply()))
        }
        return replies
    }

    @Test func overHTTPSTheOriginIsAnother() async throws {
        let (socket, port) = try RawClient.listening()
        defer { close(socket) }
        let settings: [String: SettingValue] = [
            "base_url": .string("https://example.org"), "wildcard_host": .string("*.grains.example.org"),
        ]
        let (replies, host) = try await Serving.run(settings: settings, listeners: [socket]) { serving async throws in
            let serving = Serving(host: serving.host, baseURL: serving.baseURL, port: port)
            let session = serving.host.openSession()
            let host = "ui-\(session.identifier).grains.example.org"
            let locations = RedirectTests.overHTTPS.map(\.location)
            return (try await RedirectTests.replies(to: locations, by: serving, session, host), host)
        }
        for (reply, (location, sent)) in zip(replies, RedirectTests.overHTTPS) {
            #expect(reply.status == (sent == nil ? 502 : 303), "\(location)")
            #expect(reply.value("Location") == sent?.replacing("HOST", with: host), "\(location)")
        }
    }

    @Test func whatLeadsHomeIsSent() async throws {
        let (replies, host) = try await replies(to: RedirectTests.home.map(\.location))
        for (reply, (location, sent)) in zip(replies, RedirectTests.home) {
            #expect(reply.status == 303, "\(location.debugDescription)")
            #expect(reply.values("Location") == [sent.replacing("HOST", with: host)], "\(location.debugDescription)")
        }
    }

    @Test func whatLeadsAwayIsNot() async throws {
        let (replies, _) = try await replies(to: RedirectTests.away)
        for (reply, location) in zip(replies, RedirectTests.away) {
            #expect(reply.status == 502, "\(location.debugDescription)")
            #expect(reply.value("Location") == nil, "\(location.debugDescription)")
            #expect(reply.value("X-Evil") == nil, "\(location.debugDescription)")
        }
    }

    /// However the pieces of an address are put together, what is sent is a plain reference or begins with the own origin.
    @Test func nothingIsSentThatTwoReadersTakeDifferently() async throws {
        let pieces = [
            "http:", "HTTPS:", "x:", "/", "//", "\\", "\t", " ", "\u{1}", "HOST", "NAME", "evil.test", "@", ":80", "?",
            ".",
        ]
        var locations: [String] = []
        for first in pieces {
            for second in pieces { for third in pieces { locations.append(first + second + third) } }
        }
        let (replies, host) = try await replies(to: locations)
        var sent = 0
        for (reply, location) in zip(replies, locations) {
            guard let address = reply.value("Location") else {
                #expect(reply.status == 502, "\(location.debugDescription)")
                continue
            }
            sent += 1
            #expect(RedirectTests.isPlain(address, host: host), "\(location.debugDescription) as \(address)")
        }
        #expect(sent > 500 && sent < locations.count)
    }

    /// A relative reference by the grammar of RFC 3986, section 4.2, without an authority; or the origin and what may follow it.
    private static func isPlain(_ address: String, host: String) -> Bool {
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x5c }) else { return false }
        if address.hasPrefix("http://\(host)") {
            return address.dropFirst("http://\(host)".count).first.map { "/?#".contains($0) } ?? true
        }
        let isReference = !address.prefix { !"/?#".contains($0) }.contains(":")
        return isReference && !address.hasPrefix("//") && !address.isEmpty
    }

    /// Null and empty answers of an app are read as a redirect to nowhere.
    @Test func aRedirectSaysWhereTo() async throws {
        let (replies, _) = try await replies(to: [""])
        #expect(replies.map(\.status) == [502])
        #expect(replies[0].value("Location") == nil)
        #expect(replies[0].text.contains("does not say where to"))
    }
}
