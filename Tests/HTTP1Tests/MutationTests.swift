import HTTP1
import SplitMix
import Testing

/// Broken input of every kind ends in an error or an answer, never in a crash, and never depends on the pieces.
@Suite struct MutationTests {
    static let seeds: [String] =
        (ResponseParserTests.accepted + ResponseParserTests.sloppy).map(\.input) + [
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=b; Path=/x; Max-Age=60\r\nETag: W/\"abc\"\r\n"
                + "Content-Disposition: attachment; filename=\"a\\\"b.pdf\"\r\nDAV: 1, 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n"
        ]

    @Test(arguments: 0..<8)
    func mutatedAnswersNeverCrash(_ seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        for _ in 0..<4_000 {
            let input = mutated(&random)
            for request in [ResponseParser.Request.ordinary, .head, .upgrade] {
                let whole = read(input, as: request, pieces: max(input.count, 1))
                let pieces = read(input, as: request, pieces: Int.random(in: 1...9, using: &random))
                #expect(whole.error == pieces.error && whole.status == pieces.status, "seed \(seed): \(input)")
                #expect(whole.error != nil || whole.body == pieces.body, "seed \(seed): \(input)")
            }
            readValues(in: input)
        }
    }

    private func mutated(_ random: inout SplitMix64) -> [UInt8] {
        var input = bytes(Self.seeds.randomElement(using: &random) ?? "")
        for _ in 0..<Int.random(in: 1...6, using: &random) where !input.isEmpty {
            let index = Int.random(in: 0..<input.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: input[index] = UInt8.random(in: 0...255, using: &random)
            case 1: input.remove(at: index)
            case 2: input.insert(bytes("\r\n :;=\",0f9").randomElement(using: &random) ?? 0, at: index)
            case 3: input.removeSubrange(index...)
            case 4: input.insert(contentsOf: input[index..<min(index + 12, input.count)], at: index)
            default: input[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        }
        return input
    }

    private func readValues(in input: [UInt8]) {
        let values = input.split(separator: 0x0a)
        for value in values {
            _ = SetCookieField(parsing: value)
            _ = EntityTag.list(parsing: value)
            _ = ContentDisposition(parsing: value)
            _ = HTTPDate.seconds(parsing: value)
            _ = PercentEncoding.decode(value)
        }
        _ = DAVHeader(parsing: values)
        _ = try? RequestHead(parsing: input)
    }
}
