import Testing

@testable import HTTPFrontend

/// What gzip made comes out as it went in; anything else is an error, and nothing is expanded beyond its bound.
@Suite struct GzipBodyTests {
    /// `printf '<a>' | gzip -n`, then `printf '</a>' | gzip -n`, one character per byte.
    static let first = "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}\u{b3}I\u{b4}\u{3}\0\u{ab}\u{82}\u{b7}o\u{3}\0\0\0"
    static let second =
        "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}\u{b3}\u{d1}O\u{b4}\u{3}\0\u{95}\u{de}/\u{15}\u{4}\0\0\0"

    static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    @Test(arguments: [(first, "<a>"), (first + second, "<a></a>")])
    func theTextComesOut(_ packed: String, _ text: String) throws {
        let expanded = try GzipBody.expand(Self.bytes(packed), maximumBytes: 100)
        #expect(String(decoding: expanded, as: UTF8.self) == text)
    }

    @Test func nothingIsExpandedBeyondTheBound() throws {
        #expect(throws: GzipBody.Mistake.tooLong) { try GzipBody.expand(Self.bytes(Self.first), maximumBytes: 2) }
        _ = try GzipBody.expand(Self.bytes(Self.first), maximumBytes: 3)
    }

    @Test func everyCutAndEveryFlippedBitIsAnErrorOrHarmless() {
        let whole = Self.bytes(Self.first)
        for count in 0..<whole.count {
            #expect(throws: GzipBody.Mistake.malformed) {
                try GzipBody.expand(Array(whole[..<count]), maximumBytes: 100)
            }
        }
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 0x40
            let expanded = try? GzipBody.expand(damaged, maximumBytes: 100)
            #expect(expanded == nil || expanded == Array("<a>".utf8), "byte \(index)")
        }
        #expect(throws: GzipBody.Mistake.malformed) { try GzipBody.expand(whole + [0], maximumBytes: 100) }
    }
}
