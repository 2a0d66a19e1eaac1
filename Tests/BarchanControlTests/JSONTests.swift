import JSON
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        (#"{"a":1,"b":[true,false,null],"c":"x\"\\\n\u00e9"}"#, #"{"a":1,"b":[true,false,null],"c":"x\"\\\né"}"#),
        (#"[ ]"#, "[]"), (#"-1.5"#, "-1.5"), (#""\ud83d\ude00""#, "\"😀\""),
        ("9223372036854775807", "9223372036854775807"),
        (#""\ud800x""#, "\"\u{fffd}x\""), (#""\u0007""#, #""\u0007""#),
    ])
    func textIsReadAndWrittenBack(_ text: String, _ expected: String) throws {
        #expect(try JSONParser.parse(Array(text.utf8)).line == expected)
    }

    @Test(arguments: ["", "{", "[1,", "\"", "tru", "{\"a\"}", "1 2", "\"\\q\"", "\"\\u12\"", "[1}", "+", "\"\u{1}\""])
    func aMistakeIsAnErrorAndNoCrash(_ text: String) {
        #expect(throws: JSONMistake.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func nestingHasALimit() {
        #expect(throws: JSONMistake.self) { try JSONParser.parse([UInt8](repeating: 0x5b, count: 100_000)) }
    }
}
