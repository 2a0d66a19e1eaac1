import TOML
import Testing

/// Rules of the TOML 1.0 specification.
@Suite struct TOMLTests {
    @Test func listsOfTablesGrow() throws {
        let root = try TOMLParser.parse(
            """
            [[action]]
            title = "one"
            [[action]]
            title = "two"
            [action.more]
            x = 1
            [[action.role]]
            y = 2
            """)
        let actions = try #require(root["action"]?.array)
        #expect(actions.map { $0.table?["title"]?.string } == ["one", "two"])
        #expect(actions[1].table?["more"]?.table?["x"]?.integer == 1)
        #expect(actions[1].table?["role"]?.array?.first?.table?["y"]?.integer == 2)
        #expect(actions[0].table?["more"] == nil)
    }

    /// Editors of other systems put it there.
    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try TOMLParser.parse("\u{feff}a = 1")["a"]?.integer == 1)
        #expect(throws: TOMLParser.Mistake.self) { try TOMLParser.parse("a = 1\n\u{feff}b = 2") }
    }

    @Test(arguments: [
        "a = [1]\n[[a]]", "[a]\n[[a]]", "[[a]]\n[a]\n[a]", "a = {b = 1}\n[a.c]", "a = {b = 1}\na.c = 2",
        "a = 1\na.b = 2", "a.b = 1\n[a.b]",
        "[a]\nb = 1\n[a.b.c]", "a = {b = 1, b = 2}", "a = 1 b = 2", "a = 1_", "a = 0x_1", "a = +0x1", "a = --1",
        "a = \"\\uD800\"",
        "a = \"\"\"x", "a = 'x\ny'", "a = \u{1}", "# \u{1}", "a\n= 1", "a = [1 2]", "a = {b = 1,\nc = 2}", ". = 1",
        "a. = 1", "= 1",
    ])
    func theseAreMistakes(_ text: String) { #expect(throws: TOMLParser.Mistake.self) { try TOMLParser.parse(text) } }

    @Test(arguments: ["a = 1.5", "a = 1e5", "a = 1979-05-27T07:32:00Z", "a = 07:32:00", "a = -0.1"])
    func fractionsAndDatesAreReadOver(_ text: String) throws {
        guard case .other = try TOMLParser.parse(text)["a"] else {
            Issue.record("'\(text)' was read as something")
            return
        }
    }

    @Test func nestingHasALimit() {
        for text in [
            "a = " + String(repeating: "[", count: 10_000), "a = " + String(repeating: "{a=", count: 10_000),
            String(repeating: "a.", count: 10_000),
        ] {
            #expect(throws: TOMLParser.Mistake.self) { try TOMLParser.parse(text) }
        }
    }
}
