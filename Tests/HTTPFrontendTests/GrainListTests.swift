import Barchan
import Testing

/// The list of grains: what is found, in which order, and how much of it is on a page.
@Suite struct GrainListTests {
    /// The titles in the order in which the page has them.
    private static func titles(_ page: String) -> [String] {
        page.matches(of: /<a href="\/grain\/[^"]+"><img[^>]*>([^<]*)<\/a>/).map { String($0.output.1) }
    }

    private static func addSome(_ host: FakeHost) {
        host.addGrain("Tea", usedBytes: 300, lastUsed: 10)
        host.addGrain("apples & pears", usedBytes: 100, lastUsed: 30)
        host.addGrain("Zebras", usedBytes: 200, lastUsed: 20)
    }

    @Test(arguments: [
        ("", ["apples &amp; pears", "Zebras", "Tea"]), ("?sort=used", ["apples &amp; pears", "Zebras", "Tea"]),
        ("?sort=-used", ["Tea", "Zebras", "apples &amp; pears"]),
        ("?sort=title", ["apples &amp; pears", "Tea", "Zebras"]),
        ("?sort=-title", ["Zebras", "Tea", "apples &amp; pears"]),
        ("?sort=size", ["Tea", "Zebras", "apples &amp; pears"]),
        ("?sort=-size", ["apples &amp; pears", "Zebras", "Tea"]),
        ("?sort=nonsense", ["apples &amp; pears", "Zebras", "Tea"]),
        ("?q=TEA", ["Tea"]), ("?q=%26", ["apples &amp; pears"]), ("?q=dokuwiki+zeb", ["Zebras"]),
        ("?q=nothing+like+it", []), ("?q=+++", ["apples &amp; pears", "Zebras", "Tea"]),
        ("?page=2", []), ("?page=-1", ["apples &amp; pears", "Zebras", "Tea"]), ("?q=%ff%00", []),
    ]) func findsAndSorts(_ query: String, _ expected: [String]) async throws {
        try await Serving.run { serving async throws in
            Self.addSome(serving.host)
            let page = try await serving.request("/\(query)", as: serving.host.logIn())
            #expect(page.status == 200)
            #expect(Self.titles(page.text) == expected)
        }
    }

    @Test func saysHowMuchThereIsAndHowItIsSorted() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            Self.addSome(serving.host)
            let all = try await serving.request("/?sort=title", as: login).text
            #expect(all.contains("3 grains, 600 bytes of yours"))
            #expect(all.contains("aria-sort=\"ascending\"><a href=\"/?sort=-title\">Title</a>"))
            #expect(all.contains("<a href=\"/\">Last used</a>"), "the standard order needs no query")
            #expect(all.ranges(of: "aria-sort").count == 1)
            let some = try await serving.request("/?q=tea%20%3Cb%3E\"&sort=size", as: login).text
            #expect(some.contains("0 of 3 grains") && some.contains("value=\"tea &lt;b&gt;&quot;\""))
            #expect(some.contains("<a href=\"/?sort=size\">Show all</a>"))
            let found = try await serving.request("/?q=%26%20pears&sort=size", as: login).text
            #expect(found.contains("<a href=\"/?q=%26%20pears&amp;sort=-size\">Size</a>"))
        }
    }

    @Test func longListsComeInPages() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            for number in 0..<250 { serving.host.addGrain("Grain \(number)", lastUsed: Int64(number)) }
            let first = try await serving.request("/", as: login).text
            #expect(Self.titles(first) == (150..<250).reversed().map { "Grain \($0)" })
            #expect(first.contains("href=\"/?page=2\">Next") && !first.contains("Previous"))
            let last = try await serving.request("/?page=3", as: login).text
            #expect(Self.titles(last) == (0..<50).reversed().map { "Grain \($0)" })
            #expect(last.contains("href=\"/?page=2\">Previous") && !last.contains(">Next<"))
            #expect(last.contains("Page 3 of 3"))
            #expect(Self.titles(try await serving.request("/?q=grain+11&page=9", as: login).text).isEmpty)
        }
    }

    @Test func whatOthersShareIsFoundToo() async throws {
        try await Serving.run { serving async throws in
            Self.addSome(serving.host)
            serving.host.directory.withLock { $0.grains[0].isOwned = false }
            let page = try await serving.request("/?q=tea", as: serving.host.logIn()).text
            #expect(Self.titles(page) == ["Tea"] && page.contains("Shared with you") && !page.contains("Your grains"))
            #expect(page.contains("1 of 3 grains, 0 bytes of yours"))
        }
    }
}
