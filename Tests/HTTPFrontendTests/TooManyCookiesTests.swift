import Barchan
import Synchronization
import Testing

/// A page of a grain that shares our domain can have the browser send us more cookies than we take, for months.
@Suite struct TooManyCookiesTests {
    /// What `host` answers to a head with these fields.
    private func ask(_ host: @escaping @Sendable (Serving) -> String, _ fields: String) async throws -> Reply {
        let reply = try await Serving.run { serving async throws in
            let client = try RawClient(port: serving.port)
            await client.send("GET / HTTP/1.1\r\nHost: \(host(serving))\r\n\(fields)\r\n\r\n")
            return await client.reply()
        }
        return try #require(reply)
    }

    private static let cookies = (0..<60).map { "b\($0)=\(String(repeating: "x", count: 4_000))" }

    @Test(arguments: [
        "Cookie: \(cookies.joined(separator: "; "))",
        cookies.prefix(9).map { "cookie: \($0)" }.joined(separator: "\r\n"),
    ]) func areDeletedByOurOwnHost(_ fields: String) async throws {
        let reply = try await ask(\.shellHost, fields)
        #expect(reply.status == 431)
        #expect(reply.values("Clear-Site-Data") == ["\"cookies\""])
        #expect(reply.text.contains("cookies") && reply.text.contains("log in"), "\(reply.text)")
    }

    @Test(arguments: [
        ("https://example.org", "", true), ("https://barchan.example.org", "*.grains.example.org", true),
        ("http://barchan.localhost", "", true), ("https://example.org", "*.example.net", false), ("", "", false),
    ]) func whereTheyCanBeSetTheLogSaysSo(_ base: String, _ wildcard: String, _ isShared: Bool) async throws {
        let isSaid = Mutex(false)
        let log = HostLog { _, text, _ in if text.contains("share a domain") { isSaid.withLock { $0 = true } } }
        let settings: [String: SettingValue] = ["base_url": .string(base), "wildcard_host": .string(wildcard)]
        try await Serving.run(settings: settings, log: log) { _ in }
        #expect(isSaid.withLock { $0 } == isShared)
    }

    /// It logs people out, so nobody else may bring it about.
    @Test func areDeletedByNothingElse() async throws {
        let many = "Cookie: \(Self.cookies.joined(separator: "; "))"
        let hosts: [@Sendable (Serving) -> String] = [
            { $0.grainHost($0.host.openSession()) }, { "api.\($0.shellHost)" }, { "static.\($0.shellHost)" },
            { _ in "example.org" }, { "\($0.shellHost)\r\nHost: \($0.shellHost)" },
        ]
        for host in hosts {
            let reply = try await ask(host, many)
            #expect(reply.status == 431 && reply.value("Clear-Site-Data") == nil)
        }
        for fields in [
            "X-A: \(String(repeating: "a", count: 40_000))",
            "Cookie: a=b\r\nX-A: \(String(repeating: "a", count: 40_000))",
        ] {
            let reply = try await ask(\.shellHost, fields)
            #expect(reply.status == 431 && reply.value("Clear-Site-Data") == nil)
        }
    }
}
