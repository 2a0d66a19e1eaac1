import HTTP1
import Testing

/// Every case is read whole, byte by byte and in pieces of three.
@Suite struct ResponseParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var input: String
        var request = ResponseParser.Request.ordinary
        var status: Int?
        var body = ""
        var error: HTTPError?
        var testDescription: String { name }
    }

    static let accepted: [Case] = [
        Case(name: "a length", input: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"),
        Case(name: "no reason", input: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", status: 200),
        Case(name: "an empty reason", input: "HTTP/1.1 404 \r\ncontent-length:1\r\n\r\nx", status: 404, body: "x"),
        Case(name: "HTTP/1.0 up to the close", input: "HTTP/1.0 200 OK\r\n\r\nbody", status: 200, body: "body"),
        Case(name: "up to the close, empty", input: "HTTP/1.1 200 OK\r\n\r\n", status: 200),
        Case(
            name: "chunks", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            status: 200, body: "hello"),
        Case(
            name: "chunks with extensions, hex and trailers",
            input:
                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n00A;x=\"y\"\r\n0123456789\r\n1 \r\nz\r\n0\r\nT: v\r\n\r\n",
            status: 200, body: "0123456789z"),
        Case(name: "204", input: "HTTP/1.1 204 No Content\r\nETag: \"n\"\r\n\r\n", status: 204),
        Case(name: "304 with a length", input: "HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", status: 304),
        Case(name: "HEAD", input: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", request: .head, status: 200),
        Case(
            name: "interim answers",
            input:
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
            status: 200, body: "!"),
        Case(
            name: "bytes beyond ASCII in a value",
            input: "HTTP/1.1 200 Gr\u{fc}n\r\nX: \u{e4}\r\nContent-Length: 0\r\n\r\n",
            status: 200),
        Case(
            name: "an upgrade", input: "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}hi",
            request: .upgrade,
            status: 101, body: "\u{1}\u{2}hi"),
        Case(
            name: "an upgrade refused", input: "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", request: .upgrade,
            status: 403,
            body: "no"),
    ]

    /// Not written as it should be, and clear in what it means (RFC 9112, sections 2.2, 5.1, 5.2 and 6.3; RFC 9110, section 8.6).
    static let sloppy: [Case] = [
        Case(name: "bare LFs", input: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", status: 200, body: "ok"),
        Case(name: "one bare LF", input: "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"),
        Case(
            name: "a bare LF at the end", input: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok", status: 200, body: "ok"
        ),
        Case(
            name: "CR LF behind a bare LF", input: "HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok", status: 200,
            body: "ok"),
        Case(name: "bare LFs and no fields", input: "HTTP/1.0 200 OK\n\n\nbody", status: 200, body: "\nbody"),
        Case(
            name: "line ends in front", input: "\r\n\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", status: 200,
            body: "ok"),
        Case(
            name: "an interim answer with bare LFs",
            input: "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 1\n\n!", status: 200, body: "!"),
        Case(
            name: "a folded field", input: "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok", status: 200,
            body: "ok"),
        Case(
            name: "a folded Transfer-Encoding",
            input: "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", status: 200,
            body: "x"),
        Case(
            name: "what looks like a field continues another",
            input: "HTTP/1.1 200 OK\r\nA: b\r\n Content-Length: 9\r\nContent-Length: 2\r\n\r\nok", status: 200,
            body: "ok"),
        Case(
            name: "blanks before the colon", input: "HTTP/1.1 200 OK\r\nContent-Length \t: 2\r\n\r\nok", status: 200,
            body: "ok"),
        Case(
            name: "equal lengths", input: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nok",
            status: 200, body: "ok"),
        Case(
            name: "a list of equal lengths", input: "HTTP/1.1 200 OK\r\nContent-Length: 2, 2,2\r\n\r\nok", status: 200,
            body: "ok"),
        Case(
            name: "chunks and a length",
            input: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            status: 200, body: "x"),
        Case(
            name: "identity and a length",
            input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Identity\r\nContent-Length: 2\r\n\r\nok", status: 200,
            body: "ok"),
        Case(
            name: "identity up to the close", input: "HTTP/1.0 200 OK\r\nTransfer-Encoding: identity\r\n\r\nbody",
            status: 200, body: "body"),
        Case(
            name: "content of 304", input: "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok", status: 304,
            body: ""),
        Case(
            name: "content of 204", input: "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            status: 204,
            body: ""),
    ]

    static let refused: [Case] = [
        Case(name: "nothing", input: "", error: .endedEarly),
        Case(name: "half a head", input: "HTTP/1.1 200 OK\r\nA: b\r\n", error: .endedEarly),
        Case(name: "another protocol", input: "SSH-2.0-OpenSSH\r\n\r\n", error: .startLineMalformed),
        Case(name: "HTTP/2", input: "HTTP/2.0 200 OK\r\n\r\n", error: .versionUnsupported),
        Case(name: "HTTP/1.2", input: "HTTP/1.2 200 OK\r\n\r\n", error: .versionUnsupported),
        Case(name: "a status of two digits", input: "HTTP/1.1 20 OK\r\n\r\n", error: .startLineMalformed),
        Case(name: "a status of four digits", input: "HTTP/1.1 2000 OK\r\n\r\n", error: .startLineMalformed),
        Case(name: "status 099", input: "HTTP/1.1 099 OK\r\n\r\n", error: .startLineMalformed),
        Case(
            name: "a control character in the reason", input: "HTTP/1.1 200 O\u{1}K\r\n\r\n", error: .startLineMalformed
        ),
        Case(name: "a bare CR", input: "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", error: .lineEndMalformed),
        Case(name: "a bare CR as line end", input: "HTTP/1.1 200 OK\rA: b\r\r", error: .endedEarly),
        Case(name: "CR CR LF", input: "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n", error: .lineEndMalformed),
        Case(name: "a bare CR among bare LFs", input: "HTTP/1.1 200 OK\nA: b\rc\n\n", error: .lineEndMalformed),
        Case(
            name: "a continuation of the first line", input: "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", error: .lineFolded),
        Case(
            name: "a folded length", input: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n",
            error: .contentLengthMalformed),
        Case(name: "a folded name", input: "HTTP/1.1 200 OK\r\nA\r\n : b\r\n\r\n", error: .fieldNameMalformed),
        Case(name: "a blank in a name", input: "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", error: .fieldNameMalformed),
        Case(name: "NUL in a folded value", input: "HTTP/1.1 200 OK\nA: b\n \u{0}\n\n", error: .fieldValueMalformed),
        Case(name: "no colon", input: "HTTP/1.1 200 OK\r\nabc\r\n\r\n", error: .fieldNameMalformed),
        Case(name: "no name", input: "HTTP/1.1 200 OK\r\n: b\r\n\r\n", error: .fieldNameMalformed),
        Case(name: "NUL in a value", input: "HTTP/1.1 200 OK\r\nA: b\u{0}c\r\n\r\n", error: .fieldValueMalformed),
        Case(name: "DEL in a value", input: "HTTP/1.1 200 OK\r\nA: \u{7f}\r\n\r\n", error: .fieldValueMalformed),
        Case(
            name: "a length and no chunks",
            input: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", status: 200,
            error: .endedEarly),
        Case(
            name: "two lengths", input: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
            error: .contentLengthConflicts),
        Case(
            name: "a list of lengths", input: "HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\n",
            error: .contentLengthConflicts),
        Case(
            name: "a list with a hole", input: "HTTP/1.1 200 OK\r\nContent-Length: 3,,3\r\n\r\n",
            error: .contentLengthMalformed),
        Case(
            name: "a length and none", input: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length:\r\n\r\n",
            error: .contentLengthMalformed),
        Case(
            name: "a negative length", input: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            error: .contentLengthMalformed),
        Case(
            name: "a signed length", input: "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
            error: .contentLengthMalformed),
        Case(
            name: "a length beyond counting", input: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            error: .contentLengthMalformed),
        Case(
            name: "another coding", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            error: .transferEncodingUnsupported),
        Case(
            name: "chunks in HTTP/1.0", input: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            error: .transferEncodingUnsupported),
        Case(
            name: "two codings",
            input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            error: .transferEncodingUnsupported),
        Case(
            name: "another coding behind identity",
            input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, gzip\r\nContent-Length: 1\r\n\r\nx",
            error: .transferEncodingUnsupported),
        Case(
            name: "a misspelt coding", input: "HTTP/1.1 200 OK\r\nTransfer-Encoding: \"chunked\"\r\n\r\n",
            error: .transferEncodingUnsupported),
        Case(
            name: "a body that ends early", input: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", status: 200,
            body: "ab",
            error: .endedEarly),
        Case(
            name: "bytes behind the body", input: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", status: 200,
            error: .afterTheEnd),
        Case(
            name: "a body to HEAD", input: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", request: .head, status: 200,
            error: .bodyUnexpected),
        Case(name: "a switch nobody asked for", input: "HTTP/1.1 101 Go\r\n\r\n", error: .upgradeUnexpected),
        Case(
            name: "nothing but interim answers",
            input: String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9), error: .tooManyInterimResponses),
    ]

    static let chunkBodies: [(String, HTTPError)] = [
        ("5\nhello\r\n0\r\n\r\n", .chunkMalformed),
        ("5\r\nhello\n0\r\n\r\n", .chunkMalformed),
        ("5\r\nhelloo\r\n0\r\n\r\n", .chunkMalformed),
        ("\r\n", .chunkMalformed),
        ("-1\r\n", .chunkMalformed),
        ("0x5\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
        ("5;a\u{0}b\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
        ("5;a\nb\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
        (" 5\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
        ("5;" + String(repeating: "x", count: 300) + "\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
        ("FFFFFFFFFFFFFFFF\r\n", .chunkTooLarge),
        ("10000000000000000\r\n", .chunkTooLarge),
        ("5\r\nhello\r\n0\r\n folded: x\r\n\r\n", .lineFolded),
        ("5\r\nhello\r\n0\r\nno colon\r\n\r\n", .fieldNameMalformed),
        ("5\r\nhello\r\n0\r\nA: \u{1}\r\n\r\n", .fieldValueMalformed),
        ("5\r\nhello\r\n0\r\nA: " + String(repeating: "x", count: 9_000) + "\r\n\r\n", .trailerTooLarge),
        ("5\r\nhello\r\n0\r\n", .endedEarly),
        ("5\r\nhel", .endedEarly),
        ("5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", .afterTheEnd),
    ]

    @Test(arguments: accepted + sloppy, [1, 3, 100_000])
    func anAnswerIsReadWhateverThePieces(_ example: Case, pieces: Int) {
        let input = example.input.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        for skips in [false, true] {
            let outcome = read(input, as: example.request, pieces: pieces, skips: skips)
            #expect(outcome.error == nil)
            #expect(outcome.status == example.status)
            #expect(outcome.body == example.body)
            #expect(outcome.isUpgraded == (example.status == 101))
            #expect(outcome.isComplete != outcome.isUpgraded)
        }
    }

    @Test(arguments: refused, [1, 3, 100_000])
    func aBrokenAnswerIsRefusedForItsReason(_ example: Case, pieces: Int) {
        let input = example.input.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        for skips in [false, true] {
            #expect(read(input, as: example.request, pieces: pieces, skips: skips).error == example.error)
        }
    }

    @Test(arguments: chunkBodies, [1, 3, 100_000])
    func aBrokenChunkIsRefused(_ example: (String, HTTPError), pieces: Int) {
        let input = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + example.0)
        #expect(read(input, pieces: pieces).error == example.1)
    }

    @Test func limitsHold() {
        let limits = HTTPLimits(headBytes: 100, fieldCount: 2)
        let long = bytes("HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 100) + "\r\n\r\n")
        #expect(read(long, pieces: 7, limits: limits).error == .headTooLarge)
        let endless = bytes("HTTP/1.1 200 " + String(repeating: "x", count: 1_000))
        #expect(read(endless, pieces: 7, closes: false, limits: limits).error == .headTooLarge)
        let many = bytes("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n")
        #expect(read(many, pieces: 7, limits: limits).error == .tooManyFields)
    }

    /// However sloppy: what comes before the first line counts, too.
    @Test func limitsHoldForSloppyHeads() {
        let limits = HTTPLimits(headBytes: 100, fieldCount: 2)
        #expect(
            read(bytes(String(repeating: "\r\n", count: 60)), pieces: 7, closes: false, limits: limits).error
                == .headTooLarge)
        let folded = bytes("HTTP/1.1 200 OK\nA: b\n" + String(repeating: " x\n", count: 60))
        #expect(read(folded, pieces: 7, closes: false, limits: limits).error == .headTooLarge)
        let many = bytes("HTTP/1.1 200 OK\nA: 1\nB: 2\nC: 3\n\n")
        #expect(read(many, pieces: 7, limits: limits).error == .tooManyFields)
    }

    @Test func continuedLinesAreOneValue() throws {
        var parser = ResponseParser(answerTo: .ordinary)
        try parser.feed(bytes("HTTP/1.1 200 OK\nLocation : \n  /a \n\t b\n \nX:y\n\n").span)
        let head = try #require(parser.head)
        #expect((0..<head.fields.count).map { text(head.fields[$0].name) } == ["Location", "X"])
        #expect(head.fields.all("Location").map(text) == ["/a b"])
        #expect(head.fields.all("X").map(text) == ["y"])
    }

    @Test func anAnswerOfKnownLengthNeedsNoClose() {
        let input = bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(read(input, pieces: 100, closes: false).isComplete)
    }

    @Test func afterAnErrorItStaysFailed() {
        var parser = ResponseParser(answerTo: .ordinary)
        #expect(throws: HTTPError.versionUnsupported) { try parser.feed(bytes("HTTP/3.0 200 OK\r\n\r\n").span) }
        #expect(throws: HTTPError.versionUnsupported) { try parser.feed(bytes("HTTP/1.1 200 OK\r\n\r\n").span) }
        #expect(throws: HTTPError.versionUnsupported) { try parser.finish() }
    }

    @Test func fieldsKeepTheirOrderAndLoseTheirBlanks() throws {
        let head = try ResponseHead(parsing: bytes("HTTP/1.1 200 OK\r\nB:\t 1 \t\r\na: 2\r\nB: 3\r\n\r\n"))
        #expect((0..<head.fields.count).map { text(head.fields[$0].name) } == ["B", "a", "B"])
        #expect(head.fields.all("b").map(text) == ["1", "3"])
        #expect(head.fields.first("A").map(text) == "2")
        #expect(head.fields.first("C") == nil)
    }
}
