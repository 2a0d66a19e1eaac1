import HTTP1Server
import Testing

/// However the bytes arrive, the same head is found.
@Suite struct HeadParserTests {
    static let head =
        "POST /a?b=c HTTP/1.1\r\nHost: Grain.Localhost:6080\r\nX-A: 1\r\nx-a:  2 \r\nContent-Length: 12\r\n\r\n"

    @Test func readsAHead() throws {
        let head = try HeadParser().parse(Array(HeadParserTests.head.utf8))
        #expect(head.method == "POST")
        #expect(head.target == "/a?b=c")
        #expect(head.host == "grain.localhost:6080")
        #expect(head.framing == .length(12))
        #expect(head.values(of: "x-a") == ["1", "2"])
        #expect(head.value(of: "x-a") == "1, 2")
        #expect(head.value(of: "x-b") == nil)
    }

    @Test(arguments: 1...7) func findsTheEndByteByByte(_ step: Int) throws {
        let bytes = Array((HeadParserTests.head + "the body").utf8)
        var parser = HeadParser()
        var end: Int?
        for count in stride(from: step, through: bytes.count, by: step) where end == nil {
            end = try bytes[..<count].withUnsafeBytes { try parser.endOfHead(in: $0) }
        }
        #expect(end == HeadParserTests.head.utf8.count)
    }

    @Test func refusesAnEndlessLineBeforeItEnds() {
        var parser = HeadParser()
        let bytes = [UInt8](repeating: 0x61, count: 9000)
        #expect(throws: RequestFault(414, "The address is longer than 8192 bytes.")) {
            try bytes.withUnsafeBytes { try parser.endOfHead(in: $0) }
        }
    }

    @Test func survivesNoise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = Array(HeadParserTests.head.utf8)
            for _ in 0..<Int.random(in: 1...6) {
                bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255, using: &generator)
            }
            var parser = HeadParser()
            guard let end = try? bytes.withUnsafeBytes({ try parser.endOfHead(in: $0) }) else { continue }
            _ = try? parser.parse(Array(bytes[..<end]))
        }
    }
}

/// The body is the same whatever pieces it comes in.
@Suite struct BodyTakerTests {
    private func take(_ text: String, _ framing: RequestFraming, pieces step: Int) throws -> (
        body: String, rest: Int, isOver: Bool
    ) {
        var taker = BodyTaker(framing: framing), body: [UInt8] = [], input: [UInt8] = []
        for byte in text.utf8.enumerated() {
            input.append(byte.element)
            guard (byte.offset + 1) % step == 0 || byte.offset + 1 == text.utf8.count else { continue }
            var isMoving = true
            while isMoving, !input.isEmpty {
                let found = try input.withUnsafeBytes { try taker.decode($0) }
                body += input[found.data]
                input.removeFirst(found.consumed)
                isMoving = found.consumed > 0
            }
        }
        return (String(decoding: body, as: UTF8.self), input.count, taker.isOver)
    }

    @Test(arguments: 1...9) func takesChunks(_ step: Int) throws {
        let (body, rest, isOver) = try take(
            "5\r\nhello\r\nC;x=\"y\"\r\n, all of you\r\n000\r\nX-T: 1\r\n\r\nGET", .chunked, pieces: step)
        #expect(body == "hello, all of you")
        #expect(isOver)
        #expect(rest == 3)
    }

    @Test(arguments: 1...9) func takesALength(_ step: Int) throws {
        let (body, rest, isOver) = try take("hello, world", .length(5), pieces: step)
        #expect(body == "hello")
        #expect(rest == 7)
        #expect(isOver)
    }

    @Test func hasNothingToTakeWithoutABody() throws {
        #expect(BodyTaker(framing: .none).isOver)
    }

    @Test func survivesNoise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = Array("5\r\nhello\r\n3;a\r\nyou\r\n0\r\nA: b\r\n\r\n".utf8)
            for _ in 0..<Int.random(in: 1...4) {
                bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255, using: &generator)
            }
            var taker = BodyTaker(framing: .chunked)
            while !bytes.isEmpty, let step = try? bytes.withUnsafeBytes({ try taker.decode($0) }), step.consumed > 0 {
                bytes.removeFirst(step.consumed)
            }
        }
    }
}
