import HTTP1
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func slice(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// What came of reading an answer.
struct Outcome: Equatable {
    var status: Int?
    var body = ""
    var isComplete = false
    var isUpgraded = false
    var error: HTTPError?
}

/// Reads `input` in pieces of `size` bytes; `closes` says whether the connection ends behind it, `skips` whether content that
/// needs no decoding is passed over.
func read(
    _ input: [UInt8], as request: ResponseParser.Request = .ordinary, pieces size: Int, closes: Bool = true,
    skips: Bool = false, limits: HTTPLimits = HTTPLimits()
) -> Outcome {
    var parser = ResponseParser(answerTo: request, limits: limits)
    var outcome = Outcome()
    var body: [UInt8] = []
    do {
        var start = 0
        while start < input.count {
            let piece = Array(input[start..<min(start + size, input.count)])
            let skipped = skips ? parser.skipContent(piece.count) : 0
            body += piece[..<skipped]
            if skipped < piece.count { try parser.feed(Array(piece[skipped...]).span) }
            body += parser.takeContent()
            start += piece.count
        }
        if closes { try parser.finish() }
    } catch {
        outcome.error = error
    }
    outcome.status = parser.head?.status
    outcome.body = text(body)
    outcome.isComplete = parser.isComplete
    outcome.isUpgraded = parser.isUpgraded
    return outcome
}
