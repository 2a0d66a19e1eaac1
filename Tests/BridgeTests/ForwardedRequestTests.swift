import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

/// What the app gets for each method, beside what the recording has (specification, sections 7.3 and 7.6).
@Suite struct ForwardedRequestTests {
    private typealias Methods = Wire.WebSession.Methods

    /// Runs `body`, and gives the heads that the app got.
    private func heads(_ body: (GrainHost) throws -> Void) throws -> [[String]] {
        let app = try ScriptedApp()
        let host = try GrainHost(port: app.port, command: try app.command())
        try body(host)
        host.close()
        return app.log.split(whereSeparator: \.isNewline).reduce(into: []) { heads, line in
            if line.hasSuffix(" HTTP/1.1") { heads.append([]) }
            if !heads.isEmpty { heads[heads.count - 1].append(String(line)) }
        }
    }

    private func ok(_ response: Wire.WebSession.Response.Reader, _: ReceivedMessage) throws {
        #expect(try response.content.body.bytes.array == Array("ok".utf8))
    }

    @Test func everyMethodSaysWhatItWasGiven() async throws {
        try await onOwnThread {
            let heads = try heads { host in
                let session = try host.openSession()
                try host.call(
                    session, Methods.patch,
                    {
                        fill($1.initContent()); $1.setPath("p")
                    }, ok)
                try host.call(session, Methods.put) { _, params in
                    params.setPath("q")
                    let content = params.initContent()
                    content.setMimeType("a/b")
                    content.setContent([1, 2, 3])
                    content.setEncoding("gzip")
                } _: {
                    try ok($0, $1)
                }
                for depth in [Wire.WebSession.PropfindDepth.zero, .one, .infinity] {
                    try host.call(session, Methods.propfind) { _, params in
                        params.setPath("f")
                        params.setXmlContent("<ä/>")
                        params.setDepth(depth)
                    } _: {
                        try ok($0, $1)
                    }
                }
                try host.call(session, Methods.proppatch) { _, params in
                    params.setPath("pp")
                    params.setXmlContent("<a/>")
                } _: {
                    try ok($0, $1)
                }
                try host.call(
                    session, Methods.mkcol,
                    {
                        fill($1.initContent()); $1.setPath("m")
                    }, ok)
                try host.call(session, Methods.move) { _, params in
                    params.setPath("a")
                    params.setDestination("b/c%20d")
                    params.setNoOverwrite(false)
                } _: {
                    try ok($0, $1)
                }
                try host.call(session, Methods.copy) { _, params in
                    params.setPath("a")
                    params.setDestination("b")
                    params.setNoOverwrite(true)
                    params.setShallow(false)
                } _: {
                    try ok($0, $1)
                }
                try host.call(session, Methods.lock) { _, params in
                    params.setPath("l")
                    params.setXmlContent("<l/>")
                    params.setShallow(true)
                } _: {
                    try ok($0, $1)
                }
                try host.call(session, Methods.unlock) { _, params in
                    params.setPath("l")
                    params.setLockToken("<urn:t>")
                } _: {
                    try ok($0, $1)
                }
                try host.call(session, Methods.acl) { _, params in
                    params.setPath("c")
                    params.setXmlContent("<c/>")
                } _: {
                    try ok($0, $1)
                }
                try host.call(
                    session, Methods.report,
                    {
                        fill($1.initContent()); $1.setPath("r")
                    }, ok)
            }
            let own = [
                "Content-Type", "Content-Length", "Content-Encoding", "Depth", "Destination", "Overwrite", "Lock-Token",
            ]
            let said = heads.map { head in
                [head[0]] + head.dropFirst().filter { own.contains(String($0.prefix { $0 != ":" })) }
            }
            let body = ["Content-Type: a/b", "Content-Length: 3", "Content-Encoding: gzip"]
            let base = "Destination: https://ui-abc.example.com:8443/"
            func xml(_ length: Int) -> [String] {
                ["Content-Type: application/xml;charset=utf-8", "Content-Length: \(length)"]
            }
            #expect(
                said == [
                    ["PATCH /p HTTP/1.1"] + body, ["PUT /q HTTP/1.1"] + body,
                    ["PROPFIND /f HTTP/1.1"] + xml(5) + ["Depth: 0"], ["PROPFIND /f HTTP/1.1"] + xml(5) + ["Depth: 1"],
                    ["PROPFIND /f HTTP/1.1"] + xml(5) + ["Depth: infinity"], ["PROPPATCH /pp HTTP/1.1"] + xml(4),
                    ["MKCOL /m HTTP/1.1"] + body, ["MOVE /a HTTP/1.1", base + "b/c%20d", "Overwrite: T"],
                    ["COPY /a HTTP/1.1", base + "b", "Overwrite: F", "Depth: infinity"],
                    ["LOCK /l HTTP/1.1"] + xml(4) + ["Depth: 0"], ["UNLOCK /l HTTP/1.1", "Lock-Token: <urn:t>"],
                    ["ACL /c HTTP/1.1"] + xml(4), ["REPORT /r HTTP/1.1"] + body,
                ])
        }
    }

    /// The prefix of an API binds what is copied and moved at both ends, and nothing is rewritten at either.
    @Test(arguments: ["a/y?q", "../y", "%2e%2e/y", "/y", "//h/y", "https://h/y", ""])
    func aDestinationIsBelowTheSameRootAsAPath(_ path: String) async throws {
        try await onOwnThread {
            let heads = try heads { host in
                let session = try host.openSession(.api)
                try host.call(session, Methods.move) { _, params in
                    params.setPath(path)
                    params.setDestination(path)
                } _: {
                    try ok($0, $1)
                }
                try host.call(session, Methods.copy) { _, params in
                    params.setPath(path)
                    params.setDestination(path)
                } _: {
                    try ok($0, $1)
                }
            }
            #expect(heads.map(\.first) == ["MOVE /api/\(path) HTTP/1.1", "COPY /api/\(path) HTTP/1.1"])
            #expect(heads.allSatisfy { $0.contains("Destination: /api/\(path)") })
        }
    }

    @Test(arguments: ["a b", "a\tb", "a\r\nX: 1", "a\u{7f}"])
    func aDestinationThatCouldBeNoPathIsRefused(_ destination: String) async throws {
        try await onOwnThread {
            let heads = try heads { host in
                let session = try host.openSession(.api)
                #expect(throws: CallFailure.self) {
                    try host.call(session, Methods.move, { $1.setDestination(destination) }) { _, _ in }
                }
            }
            #expect(heads.isEmpty)
        }
    }

    private func fill(_ content: Wire.WebSession.PostContent.Builder) {
        content.setMimeType("a/b")
        content.setContent([1, 2, 3])
        content.setEncoding("gzip")
    }

    @Test func preconditionsAndPreferencesAreRebuilt() async throws {
        let fills: [(Wire.WebSession.Context.Builder) -> Void] = [
            { $0.initETagPrecondition().setExists() }, { $0.initETagPrecondition().setDoesntExist() },
            {
                let tags = $0.initETagPrecondition().initMatchesOneOf(count: 2)
                tags[0].setValue("a,b")
                tags[1].setValue("c")
                tags[1].setWeak(true)
            },
            { $0.initETagPrecondition().initMatchesNoneOf(count: 1)[0].setValue("") },
            {
                let types = $0.initAccept(count: 3)
                types[0].setMimeType("text/html; level=1")
                types[1].setMimeType("a/b")
                types[1].setQValue(0.25)
                types[2].setMimeType("*/*")
                types[2].setQValue(0)
                let codings = $0.initAcceptEncoding(count: 2)
                codings[0].setContentCoding("br")
                codings[1].setContentCoding("gzip")
                codings[1].setQValue(0.5)
            },
        ]
        try await onOwnThread {
            let heads = try heads { host in
                let session = try host.openSession()
                for fill in fills {
                    try host.call(session, Methods.get, { fill($1.initContext()) }, ok)
                }
            }
            let names = ["If-Match", "If-None-Match", "Accept", "Accept-Encoding"]
            let said = heads.map { $0.filter { names.contains(String($0.prefix { $0 != ":" })) } }
            #expect(
                said == [
                    ["Accept: */*", "If-Match: *"], ["Accept: */*", "If-None-Match: *"],
                    ["Accept: */*", "If-Match: \"a,b\", W/\"c\""], ["Accept: */*", "If-None-Match: \"\""],
                    ["Accept: text/html; level=1, a/b; q=0.25, */*; q=0", "Accept-Encoding: br, gzip; q=0.5"],
                ])
        }
    }

    @Test(
        arguments: [
            (Wire.Profile.Pronouns.male, "male"), (.female, "female"), (.robot, "robot"), (.neutral, nil),
        ] as [(Wire.Profile.Pronouns, String?)])
    func aPersonIsWhatTheHostSays(_ pronouns: Wire.Profile.Pronouns, _ word: String?) async throws {
        try await onOwnThread {
            let heads = try heads { host in
                let session = try host.openSession {
                    $0.initDisplayName().setDefaultText("B")
                    $0.setPronouns(pronouns)
                    $0.setIdentityId([UInt8](repeating: 0xab, count: 32))
                }
                try host.call(session, Methods.get, { _, _ in }, ok)
            }
            let said = try #require(heads.first).filter { $0.hasPrefix("X-Sandstorm-") && !$0.contains("-Base-Path") }
            var expected = [
                "X-Sandstorm-Tab-Id: a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", "X-Sandstorm-Username: B",
                "X-Sandstorm-User-Id: " + String(repeating: "ab", count: 16),
            ]
            if let word { expected.append("X-Sandstorm-User-Pronouns: \(word)") }
            expected += ["X-Sandstorm-Session-Type: normal", "X-Sandstorm-Permissions: ", "X-Sandstorm-Session-Id: 0"]
            #expect(said == expected)
        }
    }

    /// An identity is 32 bytes or none (specification, section 6.6).
    @Test(arguments: [1, 16, 31, 33]) func anIdentityOfAnotherLengthOpensNothing(_ count: Int) async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            #expect(throws: CallFailure.self) {
                try host.openSession { $0.setIdentityId([UInt8](repeating: 1, count: count)) }
            }
        }
    }

    @Test func sessionsAreCounted() async throws {
        try await onOwnThread {
            let heads = try heads { host in
                for kind in [GrainHost.SessionKind.web, .api, .web] {
                    try host.call(try host.openSession(kind), Methods.get, { _, _ in }, ok)
                }
            }
            let numbers = heads.map { $0.filter { $0.hasPrefix("X-Sandstorm-Session-Id") } }
            #expect(numbers == (0..<3).map { ["X-Sandstorm-Session-Id: \($0)"] })
        }
    }
}
