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
            #expect(all.contains("3 grains, 600 bytes<"))
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

    // MARK: Tags

    @Test func tagsAreSetFoundAndCounted() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            Self.addSome(serving.host)
            let tea = try #require(serving.host.directory.withLock { $0.grains.first?.identifier })
            let list = ["Referer: \(serving.baseURL)/?q=tea&sort=size&evil=1"]
            let set = try await serving.request(
                "/grains/\(tea)/tags", as: login, list, form: "nonce=\(nonce)&tags=Kitchen,%3Cb%3E")
            #expect(set.status == 303 && set.value("Location") == "/?q=tea&sort=size", "back to what was looked for")
            serving.host.directory.withLock { $0.grains[1].tags = ["kitchen"] }
            let all = try await serving.request("/", as: login).text
            #expect(
                all.contains("kitchen <span class=\"count\">2</span>")
                    || all.contains("Kitchen <span class=\"count\">2</span>"))
            #expect(all.contains("<a href=\"/?tag=%3Cb%3E\">&lt;b&gt; <span class=\"count\">1</span></a>"))
            #expect(all.contains("value=\"Kitchen, &lt;b&gt;\""))
            let tagged = try await serving.request("/?tag=KITCHEN&sort=title", as: login).text
            #expect(Self.titles(tagged) == ["apples &amp; pears", "Tea"])
            #expect(tagged.contains("2 of 3 grains") && tagged.contains("name=\"tag\" value=\"KITCHEN\""))
            #expect(Self.titles(try await serving.request("/?q=kitch", as: login).text).count == 2)
            #expect(Self.titles(try await serving.request("/?q=pears&tag=kitchen", as: login).text).count == 1)
            #expect(Self.titles(try await serving.request("/?tag=kitch", as: login).text).isEmpty)
            let bad = try await serving.request("/grains/\(tea)/tags", as: login, form: "nonce=\(nonce)&tags=bad")
            #expect(bad.status == 400)
        }
    }

    @Test(arguments: ["http://evil.test/?q=x", "http://localhost/?q=x", "OWN/apps?q=x", "OWN", ""])
    func noOtherPageIsGoneBackTo(_ referrer: String) async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain().identifier
            let reply = try await serving.request(
                "/grains/\(grain)/stop", as: login, ["Referer: \(referrer.replacing("OWN", with: serving.baseURL))"],
                form: "nonce=\(nonce)")
            #expect(reply.value("Location") == "/")
        }
    }

    // MARK: Trash

    @Test func whatIsThrownAwayCanBeTakenBack() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain("Old <things>").identifier
            #expect(try await !serving.request("/", as: login).text.contains("href=\"/trash\""))
            let away = try await serving.request("/grains/\(grain)/trash", as: login, form: "nonce=\(nonce)")
            #expect(away.status == 303 && away.value("Location") == "/?trashed=\(grain)")
            let list = try await serving.request("/?trashed=\(grain)", as: login).text
            #expect(list.contains("“Old &lt;things&gt;” is in the trash.") && list.contains("href=\"/trash\""))
            #expect(Self.titles(list).isEmpty)
            #expect(
                try await !serving.request("/?trashed=\(GrainID.random())", as: login).text.contains(
                    "” is in the trash"))
            let trash = try await serving.request("/trash", as: login).text
            #expect(trash.contains("Old &lt;things&gt;") && trash.contains("in 30 days") && trash.contains("52 kB"))
            #expect(
                try await serving.request("/grains/\(grain)/remove", as: login).text.contains("href=\"/trash\">Keep it")
            )
            let back = try await serving.request(
                "/grains/\(grain)/recover", as: login, form: "nonce=\(nonce)&back=trash")
            #expect(back.value("Location") == "/trash")
            #expect(try await serving.request("/trash", as: login).text.contains("It is empty."))
            #expect(Self.titles(try await serving.request("/", as: login).text) == ["Old &lt;things&gt;"])
        }
    }

    @Test func whatIsInTheTrashCanBeDeletedForGood() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain().identifier
            _ = try await serving.request("/grains/\(grain)/trash", as: login, form: "nonce=\(nonce)")
            let gone = try await serving.request("/grains/\(grain)/remove", as: login, form: "nonce=\(nonce)")
            #expect(gone.value("Location") == "/trash" && serving.host.directory.withLock { $0.trash.isEmpty })
        }
    }
}
