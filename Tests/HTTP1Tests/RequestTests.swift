import HTTP1
import Testing

@Suite struct RequestTests {
    static let refusedHeads: [(String, HTTPError)] = [
        ("GET / HTTP/1.1\r\n\r\n", .hostMissing),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .hostMissing),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET /\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("G ET / HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET path HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", .startLineMalformed),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .versionUnsupported),
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", .lineEndMalformed),
        ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", .lineFolded),
    ]

    @Test(arguments: refusedHeads)
    func anAmbiguousRequestIsRefused(_ example: (String, HTTPError)) {
        #expect(throws: example.1) { try RequestHead(parsing: bytes(example.0)) }
    }

    /// What is let pass in an answer of an app: a request comes from somebody who may want two readers to disagree.
    @Test(
        arguments: [
            "POST / HTTP/1.1\nHost: a\nContent-Length: 1\n\nx",
            "POST / HTTP/1.1\r\nHost: a\nContent-Length: 1\r\n\r\nx",
            "\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx",
        ], [1, 100_000]) func aSloppyRequestIsRefused(_ request: String, pieces: Int) throws
    {
        var parser = RequestParser(maximumBodyBytes: 100)
        let input = bytes(request)
        for start in stride(from: 0, to: input.count, by: pieces) {
            // Once it has failed it stays so.
            try? parser.feed(Array(input[start..<min(start + pieces, input.count)]).span)
        }
        #expect(!parser.isComplete)
    }

    @Test func aRequestIsTakenApart() throws {
        let head = try RequestHead(parsing: bytes("POST /a?b HTTP/1.1\r\nhost: h\r\nContent-Length: 3\r\n\r\n"))
        #expect(text(head.method) == "POST")
        #expect(text(head.target) == "/a?b")
        #expect(head.minorVersion == 1)
        #expect(try BodyFraming(of: head) == .length(3))
        let proxied = try RequestHead(
            parsing: bytes("GET http://x/y HTTP/1.0\r\n\r\n"), allowsAbsoluteForm: true)
        #expect(text(proxied.target) == "http://x/y")
        #expect(try BodyFraming(of: proxied) == .none)
    }

    @Test func aRequestIsWrittenInOrder() throws {
        var writer = try RequestWriter(method: "GET", root: [0x2f], path: "a?b=%20")
        writer.field("Connection", constant: "close")
        try writer.field("User-Agent", "UA/1")
        try writer.field(named: "x-a", "1")
        writer.finish()
        #expect(
            text(writer.bytes) == "GET /a?b=%20 HTTP/1.1\r\nConnection: close\r\nUser-Agent: UA/1\r\nx-a: 1\r\n\r\n")
    }

    @Test(arguments: ["a\rb", "a\nb", "a\r\nX: y", "\u{0}"])
    func noValueEndsALine(_ value: String) throws {
        var writer = try RequestWriter(method: "GET", root: [0x2f], path: "")
        #expect(throws: HTTPError.valueNotWritable) { try writer.field("A", value) }
        #expect(throws: HTTPError.valueNotWritable) { try writer.field(named: "A", value) }
        #expect(throws: HTTPError.valueNotWritable) { try RequestWriter(method: "GET", root: [0x2f], path: value) }
    }

    @Test(arguments: ["", "a b", "a:", "a\r", "\u{e4}"])
    func noNameIsAnythingButAToken(_ name: String) throws {
        var writer = try RequestWriter(method: "GET", root: [0x2f], path: "")
        #expect(throws: HTTPError.valueNotWritable) { try writer.field(named: name, "x") }
    }

    @Test(arguments: ["a b", "a\tb", "\u{7f}"])
    func noTargetHoldsABlank(_ path: String) {
        #expect(throws: HTTPError.valueNotWritable) { try RequestWriter(method: "GET", root: [0x2f], path: path) }
    }

    @Test func chunksAreWhatTheParserReads() {
        let content = String(repeating: "x", count: 300)
        let body = ChunkWriter.header(for: 300) + bytes(content) + ChunkWriter.contentEnd + ChunkWriter.bodyEnd
        let outcome = read(
            bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + body, pieces: 50, closes: false)
        #expect(outcome.isComplete)
        #expect(outcome.body == content)
    }
}
