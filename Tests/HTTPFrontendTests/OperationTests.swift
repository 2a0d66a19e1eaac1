import Barchan
import Foundation
import Synchronization
import Testing

@testable import HTTPFrontend

/// `/metrics`: the text format, and who may read it.
@Suite struct MetricsTests {
    /// A reader of Prometheus' text format 0.0.4, from its description: names, HELP and TYPE before samples, label escapes.
    private struct Exposition {
        var types: [String: String] = [:]
        var samples: [String: Double] = [:]

        init(_ text: String) throws {
            #expect(text.hasSuffix("\n"))
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                if words[0] == "#" {
                    if words[1] == "TYPE" {
                        #expect(types[words[2]] == nil, "one TYPE for a name")
                        types[words[2]] = words[3]
                    }
                    continue
                }
                let match = try #require(
                    try /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)/
                        .wholeMatch(in: line), "a sample: \(line)")
                let family = String(match.1).replacing(/_(bucket|sum|count)$/, with: "")
                #expect(types[String(match.1)] != nil || types[family] == "histogram", "TYPE before \(line)")
                samples[String(match.1) + (match.2 ?? "")] = Double(String(match.3)) ?? .nan
            }
        }
    }

    private static let local = "127.0.0.1:1"

    @Test func figuresOfHostAndFrontendAreThere() async throws {
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            for _ in 0..<3 { #expect(try await serving.request("/", to: session).status == 200) }
            #expect(try await serving.request("/nothing").status == 403)
            let reply = try await serving.request("/metrics", host: MetricsTests.local)
            #expect(reply.status == 200)
            #expect(reply.value("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let exposition = try Exposition(reply.text)
            #expect(exposition.samples[#"barchan_http_requests_total{to="grains",status="2xx"}"#] == 3)
            #expect(exposition.samples[#"barchan_http_requests_total{to="pages",status="4xx"}"#] == 1)
            #expect(exposition.samples[#"barchan_http_request_seconds_count{to="grains"}"#] == 3)
            #expect(exposition.samples[#"barchan_http_request_seconds_bucket{to="grains",le="+Inf"}"#] == 3)
            #expect(exposition.samples[#"barchan_grains{state="running \"now\"\n\\"}"#] == 3)
        }
    }

    @Test func onlyThisMachineMayReadThem() async throws {
        try await Serving.run { serving async throws in
            for host in ["localhost", "localhost:6080", "127.0.0.1", "[::1]:80", serving.shellHost] {
                #expect(try await serving.request("/metrics", host: host).status == 200, "\(host)")
            }
            // What came through a proxy on this machine, or at a name that others use.
            for field in ["X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4", "Via: 1.1 x"] {
                #expect(try await serving.request("/metrics", [field], host: "localhost").status == 421, "\(field)")
            }
            #expect(try await serving.request("/metrics", host: "example.org").status == 421)
            // On a grain's host the path is the app's.
            let session = serving.host.openSession()
            #expect(try await serving.request("/metrics", to: session).text == "get /metrics")
        }
    }

    @Test func aTokenLetsOthersRead() async throws {
        let path = "/tmp/barchan-token-\(UUID().uuidString)"
        try "0123456789abcdef-token\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings: [String: SettingValue] = ["metrics": .string("token"), "metrics_token_file": .string(path)]
        try await Serving.run(settings: settings) { serving async throws in
            func status(_ fields: [String]) async throws -> Int {
                try await serving.request("/metrics", fields).status
            }
            #expect(try await status(["Authorization: Bearer 0123456789abcdef-token"]) == 200)
            #expect(try await status(["Authorization: bearer 0123456789abcdef-token"]) == 200)
            for wrong in ["Bearer 0123456789abcdef-toke", "Basic 0123456789abcdef-token", "Bearer", ""] {
                #expect(try await status(["Authorization: \(wrong)"]) == 403, "\(wrong)")
            }
            #expect(try await serving.request("/metrics", host: "localhost").status != 200)
        }
    }

    @Test func offIsOff() async throws {
        try await Serving.run(settings: ["metrics": .string("off")]) { serving async throws in
            #expect(try await serving.request("/metrics", host: "127.0.0.1").status == 421)
        }
    }

    @Test(arguments: [
        ("metrics", "everybody"), ("metrics", "token"), ("request_log", "some"),
    ]) func nonsenseInTheSettingsIsRefused(_ name: String, _ value: String) async throws {
        await #expect(throws: HostError.self) {
            try await Serving.run(settings: [name: .string(value)]) { _ async throws in }
        }
    }
}

/// One number from the browser's request to the grain's log.
@Suite(.timeLimit(.minutes(10))) struct TraceTests {
    @Test func everyAnswerHasATraceOfItsOwn() async throws {
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            var seen: Set<String> = []
            for _ in 0..<3 {
                for reply in [
                    try await serving.request("/", to: session), try await serving.request("/"),
                    try await serving.request("/_sandstorm-init", to: session),
                ] {
                    let trace = try #require(reply.value("X-Trace-Id"))
                    #expect(trace.utf8.count == 16 && trace.allSatisfy(\.isHexDigit), "\(trace)")
                    #expect(seen.insert(trace).inserted)
                }
            }
        }
    }

    @Test func aFailedRequestIsInTheGrainsLogUnderItsTrace() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in throw HostError(.disconnected, "it\ncrashed") }
            let session = serving.host.openSession()
            let reply = try await serving.request(
                "/a/b?secret=1", to: session, ["Accept: text/html"])
            let trace = try #require(reply.value("X-Trace-Id"))
            #expect(reply.status == 503)
            #expect(reply.text.contains(trace), "people can read it from the page")
            let notes = try await serving.notes(of: session, 1)
            #expect(notes[0].hasPrefix("barchan: GET /a/b 503 after "))
            #expect(notes[0].contains("trace \(trace)") && notes[0].contains("it crashed"))
            #expect(!notes[0].contains("secret"))
        }
    }

    /// Else each failure would put the end of the log into the log once more.
    @Test func theLogIsNotInTheLog() async throws {
        try await Serving.run { serving async throws in
            let reason = "start the app: it ended with status 3; the end of its log:\nlast\nwords"
            serving.host.answer { (_, _) throws(HostError) in throw HostError(.failed, reason) }
            let session = serving.host.openSession()
            let reply = try await serving.request("/", to: session, ["Accept: text/html"])
            #expect(reply.text.contains("last\nwords"))
            let notes = try await serving.notes(of: session, 1)
            #expect(notes[0].hasSuffix(": start the app: it ended with status 3"), "\(notes)")
        }
    }

    @Test func whatIsNoRequestHasATraceToo() async throws {
        try await Serving.run { serving async throws in
            let client = try RawClient(port: serving.port)
            await client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            let reply = try #require(await client.readHead())
            #expect(reply.status == 400 && reply.value("X-Trace-Id")?.utf8.count == 16)
            let figures = try await serving.request("/metrics", host: "127.0.0.1").text
            #expect(figures.contains(#"barchan_http_requests_total{to="refused",status="4xx"} 1"#))
        }
    }

    @Test func aProgramsFailureIsInTheLogsWithoutItsToken() async throws {
        let lines = Mutex<[String]>([])
        let log = HostLog { _, text, fields in
            lines.withLock { $0.append("\(text) \(fields.map { "\($0.name)=\($0.value)" })") }
        }
        try await Serving.run(log: log) { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in throw HostError(.disconnected, "it crashed") }
            let reply = try await serving.request(
                "/.sandstorm-token/key/a/b?c=d", host: "api-\(FakeAPI.hostName).\(serving.shellHost)")
            let trace = try #require(reply.value("X-Trace-Id"))
            #expect(reply.status == 503)
            let session = try #require(serving.host.directory.withLock { $0.sessions.values.first })
            let notes = try await serving.notes(of: session, 1)
            #expect(notes[0].contains("GET /a/b 503") && notes[0].contains("trace \(trace)"))
            #expect(!notes[0].contains("key"))
            let mine = lines.withLock { $0 }.filter { $0.contains("GET /a/b 503") }
            #expect(mine.count == 1 && mine[0].contains("trace=\(trace)") && mine[0].contains("grain=\(session.grain)"))
            #expect(!mine[0].contains("key"))
        }
    }

    @Test func aGrainThatFailsAllTheTimeDoesNotFillTheHostsLog() async throws {
        let lines = Mutex(0)
        let log = HostLog { _, text, _ in if text.contains(" 503 after ") { lines.withLock { $0 += 1 } } }
        try await Serving.run(log: log) { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in throw HostError(.disconnected, "it crashed") }
            let session = serving.host.openSession()
            let clock = ContinuousClock(), start = clock.now
            for _ in 0..<40 { #expect(try await serving.request("/", to: session).status == 503) }
            #expect(try await serving.notes(of: session, 40).count == 40)
            // Ten at once, then ten a minute.
            let allowed = 11 + Int((clock.now - start).components.seconds) / 6
            #expect((10...allowed).contains(lines.withLock { $0 }))
        }
    }

    @Test func allRequestsCanBeNoted() async throws {
        try await Serving.run(settings: ["request_log": .string("all")]) { serving async throws in
            let session = serving.host.openSession()
            let reply = try await serving.request("/x", to: session)
            let notes = try await serving.notes(of: session, 1)
            #expect(notes[0].contains("GET /x 200") && notes[0].contains(reply.value("X-Trace-Id") ?? "?"))
        }
    }

    @Test func whatSucceedsIsNotNotedOtherwise() async throws {
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            #expect(try await serving.request("/fine", to: session).status == 200)
            serving.host.answer { (_, _) throws(HostError) in throw HostError(.failed, "no") }
            #expect(try await serving.request("/bad", to: session).status == 500)
            #expect(try await serving.notes(of: session, 1).count == 1)
        }
    }
}

/// Who guesses is slowed down.
@Suite struct AttemptTests {
    @Test func tenLoginsAtOnceAndThenAnswersSayWhenToComeBack() async throws {
        try await Serving.run(settings: ["attempts_per_minute": .integer(1)]) { serving async throws in
            func attempt() async throws -> Reply {
                try await serving.request("/login/wrong", ["Origin: \(serving.baseURL)"], method: "POST")
            }
            for _ in 0..<10 { #expect(try await attempt().status == 403) }
            let refused = try await attempt()
            #expect(refused.status == 429)
            #expect((1...60).contains(Int(refused.value("Retry-After") ?? "") ?? 0))
            // A right one waits too; the page that asks does not.
            let right = try await serving.request("/login/open-sesame", ["Origin: \(serving.baseURL)"], method: "POST")
            #expect(right.status == 429)
            #expect(try await serving.request("/login/open-sesame").status == 200)
            // Another address behind a near proxy has attempts of its own.
            let other = try await serving.request(
                "/login/wrong", ["Origin: \(serving.baseURL)", "X-Real-IP: 203.0.113.9"], method: "POST")
            #expect(other.status == 403)
        }
    }

    @Test func tenWrongTokensAtOnceAndThenAnswersSayWhenToComeBack() async throws {
        try await Serving.run(settings: ["attempts_per_minute": .integer(1)]) { serving async throws in
            func ask(_ token: String, _ fields: [String] = []) async throws -> Reply {
                try await serving.request(
                    "/", ["Authorization: Bearer \(token)"] + fields,
                    host: "api-\(FakeAPI.hostName).\(serving.shellHost)")
            }
            // Right ones cost nothing, and asking for the password neither.
            for _ in 0..<30 { #expect(try await ask("key").status == 200) }
            for _ in 0..<9 { #expect(try await ask("wrong").status == 403) }
            // The other way to present one counts, too.
            #expect(try await ask("wrong", ["X-Sandstorm-Token-Keepalive: 1000"]).status == 403)
            let refused = try await ask("wrong")
            #expect(refused.status == 429 && refused.value("X-Trace-Id") != nil)
            #expect((1...60).contains(Int(refused.value("Retry-After") ?? "") ?? 0))
            #expect(refused.value("Access-Control-Allow-Origin") == "*")
            let opened = serving.host.calls.count
            #expect(try await ask("key").status == 429)
            #expect(serving.host.calls.count == opened, "nobody looks whether it is right")
            #expect(try await ask("key", ["X-Real-IP: 203.0.113.9"]).status == 200)
            let figures = try await serving.request("/metrics", host: "127.0.0.1").text
            #expect(figures.contains("barchan_http_limited_total 2\n"))
        }
    }

    @Test func attemptsComeBackWithTime() {
        let time = Mutex<UInt64>(0)
        let limiter = AttemptLimiter(burst: 2, perMinute: 6) { time.withLock { $0 } }
        #expect(limiter.refuse("a") == nil)
        #expect(limiter.refuse("a") == nil)
        #expect(limiter.refuse("a") == 10)
        #expect(limiter.refuse("b") == nil)
        time.withLock { $0 += 10_000_000_000 }
        #expect(limiter.refuse("a") == nil)
        #expect(limiter.refuse("a") == 10)
    }

    @Test func manyAddressesTakeBoundedRoom() {
        let time = Mutex<UInt64>(0)
        let limiter = AttemptLimiter(burst: 1, perMinute: 1) { time.withLock { $0 } }
        #expect(limiter.refuse("first") == nil)
        for number in 0..<AttemptLimiter.maximumAddresses {
            time.withLock { $0 += 1 }
            _ = limiter.refuse("\(number)")
        }
        // The oldest was forgotten, the newest was not.
        #expect(limiter.refuse("\(AttemptLimiter.maximumAddresses - 1)") != nil)
        #expect(limiter.refuse("first") == nil)
    }

    @Test(arguments: [
        (
            ["10.1.0.0/16"], ["10.1.2.3", "10.1.255.255", "::ffff:10.1.0.9"],
            ["10.2.0.1", "10.0.255.255", "::1", "a01::"]
        ),
        (["192.0.2.77"], ["192.0.2.77"], ["192.0.2.76", "192.0.2.0"]),
        (["192.0.2.77/30"], ["192.0.2.76", "192.0.2.79"], ["192.0.2.75", "192.0.2.80"]),
        (["fd00::/8", "2001:db8::5"], ["fd12::1", "2001:db8::5"], ["fe80::1", "2001:db8::4", "253.0.0.1"]),
        (["0.0.0.0/0"], ["8.8.8.8"], ["2001:db8::1"]), (["::/0"], ["::1"], ["127.0.0.1"]),
        ([], [], ["127.0.0.1", "::1"]),
        (TrustedProxies.usual, ["127.0.0.1", "127.9.9.9", "::1"], ["10.0.0.1", "192.168.1.1", "fe80::1", "::2"]),
    ])
    func aProxyIsTrustedByItsAddress(_ texts: [String], _ inside: [String], _ outside: [String]) throws {
        let proxies = try TrustedProxies(texts)
        for address in inside { #expect(proxies.contains(ClientAddress.bytes(of: address)), "\(address)") }
        for address in outside { #expect(!proxies.contains(ClientAddress.bytes(of: address)), "\(address)") }
        #expect(proxies.contains(nil), "whoever made a socket file says who may use it")
    }

    @Test(arguments: [
        "proxy", "", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/", "10.0.0/8", "fe80::1%eth0", "10.0.0.1:80",
    ])
    func whatIsNoAddressIsRefused(_ text: String) {
        let error = #expect(throws: HostError.self) { try TrustedProxies(["127.0.0.1", text]) }
        #expect(error?.message.contains("'trusted_proxies' has '\(text)'") == true)
    }

    @Test("who is no proxy of ours cannot choose an address")
    func othersSpeakForThemselves() async throws {
        let settings: [String: SettingValue] = [
            "attempts_per_minute": .integer(1), "trusted_proxies": .strings(["192.0.2.1"]),
        ]
        try await Serving.run(settings: settings) { serving async throws in
            func ask(_ token: String, from address: Int) async throws -> Reply {
                try await serving.request(
                    "/",
                    [
                        "Authorization: Bearer \(token)", "X-Sandstorm-Passthrough: address",
                        "X-Real-IP: 203.0.113.\(address)",
                    ], host: "api-\(FakeAPI.hostName).\(serving.shellHost)")
            }
            #expect(try await ask("key", from: 1).status == 200)
            #expect(serving.host.calls == ["open key at \(FakeAPI.hostName) from [127, 0, 0, 1]"])
            for address in 1...10 { #expect(try await ask("wrong", from: address).status == 403) }
            #expect(try await ask("wrong", from: 11).status == 429)
        }
    }
}

extension Serving {
    /// The notes in a grain's log, once there are so many.
    fileprivate func notes(of session: FakeSession, _ count: Int) async throws -> [String] {
        while true {
            let notes = session.notes.withLock { $0 }
            if notes.count >= count { return notes }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
