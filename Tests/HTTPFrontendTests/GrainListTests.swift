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

    @Test func aGrainWhosePackageCannotBeUsedIsThereAndSaysSo() async throws {
        try await Serving.run { serving async throws in
            Self.addSome(serving.host)
            serving.host.directory.withLock { $0.grains[0].packageProblem = "its package is damaged" }
            let page = try await serving.request("/", as: serving.host.logIn()).text
            #expect(Self.titles(page).count == 3)
            #expect(page.ranges(of: "<span class=\"state crashed\">its package is damaged</span>").count == 1)
        }
    }

    @Test func longListsComeInPages() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            for number in 0..<250 { serving.host.addGrain("Grain \(number)", lastUsed: Int64(number)) }
            let first = try await serving.request("/", as: login).text
            #expect(Self.titles(first) == (200..<250).reversed().map { "Grain \($0)" })
            #expect(first.contains("href=\"/?page=2\">Next") && !first.contains("Previous"))
            let last = try await serving.request("/?page=5", as: login).text
            #expect(Self.titles(last) == (0..<50).reversed().map { "Grain \($0)" })
            #expect(last.contains("href=\"/?page=4\">Previous") && !last.contains(">Next<"))
            #expect(last.contains("Page 5 of 5"))
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
            let options = try await serving.request("/grains/\(tea)", as: login).text
            #expect(options.contains("value=\"Kitchen, &lt;b&gt;\""))
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

    // MARK: What can be done with a grain

    @Test func aRowsMenuIsAPageOfItsOwn() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain("Tea <time>", state: .running).identifier
            let list = try await serving.request("/?q=tea", as: login).text
            #expect(list.contains("href=\"/grains/\(grain)\" data-options aria-label=\"More about Tea &lt;time&gt;\""))
            let from = ["Referer: \(serving.baseURL)/?q=tea&sort=size"]
            let page = try await serving.request("/grains/\(grain)", as: login, from).text
            for act in ["rename", "tags", "backup", "stop", "trash"] {
                #expect(page.contains("action=\"/grains/\(grain)/\(act)\""), "\(act)")
            }
            #expect(page.contains("<html") && page.contains("href=\"/?q=tea&amp;sort=size\">← Your grains"))
            let part = try await serving.request("/grains/\(grain)", as: login, ["X-Barchan-Part: 1"]).text
            #expect(!part.contains("<html") && part.contains("<h1 id=\"options-title\">Tea &lt;time&gt;</h1>"))
            // Forms of it lead back to what was looked for, and never elsewhere.
            for (list, back) in [("/?q=tea&sort=size", "/?q=tea&sort=size"), ("//evil.test/", "/"), ("/apps", "/")] {
                let value = list.replacing("&", with: "%26").replacing("?", with: "%3F")
                let reply = try await serving.request(
                    "/grains/\(grain)/rename", as: login, form: "nonce=\(nonce)&title=Tea&list=\(value)")
                #expect(reply.value("Location") == back)
            }
            serving.host.directory.withLock { $0.grains[0].isOwned = false }
            let shared = try await serving.request("/grains/\(grain)", as: login).text
            #expect(shared.contains("/tags\"") && !shared.contains("/trash\""))
            #expect(
                shared.contains("/rename\"") && !shared.contains("Its owner calls it")
                    && shared.contains("Title, for you alone"))
            serving.host.directory.withLock { $0.grains[0].givenTitle = "<Theirs>" }
            let renamed = try await serving.request("/grains/\(grain)", as: login).text
            #expect(renamed.contains("Its owner calls it “&lt;Theirs&gt;”"))
            // The app's page hears of the owner's title; the other one stands in the bar.
            let opened = try await serving.request("/grain/\(grain)", as: login).text
            #expect(opened.contains("data-given=\"&lt;Theirs&gt;\"") && opened.contains("data-title=\"Tea\""))
            #expect(try await serving.request("/grains/\(GrainID.random())", as: login).status == 404)
        }
    }

    // MARK: Several at once

    @Test func severalGrainsAreTaggedThrownAwayAndTakenBack() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grains = (0..<3).map { serving.host.addGrain("Grain \($0)").identifier }
            let chosen = grains.prefix(2).map { "grain=\($0)" }.joined(separator: "&")
            func change(_ fields: String) async throws -> Reply {
                try await serving.request("/grains/several", as: login, form: "nonce=\(nonce)&\(chosen)&\(fields)")
            }
            let tagged = try await change("act=tag&tag=garden&list=/%3Fsort=title")
            #expect(tagged.status == 303 && tagged.value("Location") == "/?sort=title")
            #expect(serving.host.directory.withLock { $0.grains.map(\.tags) } == [["garden"], ["garden"], []])
            _ = try await change("act=untag&tag=+GARDEN+")
            #expect(serving.host.directory.withLock { $0.grains.allSatisfy { $0.tags.isEmpty } })
            let away = try await change("act=trash")
            #expect(away.value("Location") == "/?trashed=\(grains[0]),\(grains[1])")
            let list = try await serving.request(away.value("Location") ?? "", as: login).text
            #expect(list.contains("2 grains are in the trash.") && Self.titles(list) == ["Grain 2"])
            let open = try await serving.request("/grain/\(grains[0])", as: login)
            #expect(open.status == 410 && open.text.contains("href=\"/trash\">To your trash"))
            #expect(try await change("act=recover&back=trash").value("Location") == "/trash")
            #expect(serving.host.directory.withLock { $0.grains.count } == 3)
        }
    }

    @Test func severalAreDeletedAfterAQuestionAndTheTrashIsEmptied() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grains = (0..<4).map { serving.host.addGrain("Grain <\($0)>").identifier }
            let chosen = grains.prefix(2).map { "grain=\($0)" }.joined(separator: "&")
            let all = grains.prefix(3).map { "grain=\($0)" }.joined(separator: "&")
            _ = try await serving.request("/grains/several", as: login, form: "nonce=\(nonce)&act=trash&\(all)")
            let asked = try await serving.request(
                "/grains/several", as: login, form: "nonce=\(nonce)&act=ask&\(chosen)")
            #expect(asked.status == 200 && asked.text.contains("Delete 2 grains?"))
            #expect(asked.text.contains("Grain &lt;1&gt;") && !asked.text.contains("Grain &lt;2&gt;"))
            #expect(serving.host.directory.withLock { $0.trash.count } == 3, "asking deletes nothing")
            _ = try await serving.request("/grains/several", as: login, form: "nonce=\(nonce)&act=remove&\(chosen)")
            #expect(serving.host.directory.withLock { $0.trash.map(\.identifier) } == [grains[2]])
            #expect(try await serving.request("/trash", as: login).text.contains("href=\"/trash/empty\""))
            #expect(try await serving.request("/trash/empty", as: login).text.contains("1 grain, 52 kB, is gone"))
            #expect(serving.host.directory.withLock { $0.trash.count } == 1)
            let emptied = try await serving.request("/trash/empty", as: login, form: "nonce=\(nonce)")
            #expect(emptied.value("Location") == "/trash" && serving.host.directory.withLock { $0.trash.isEmpty })
            #expect(serving.host.directory.withLock { $0.grains.map(\.identifier) } == [grains[3]])
        }
    }

    @Test(arguments: [
        "act=trash", "act=trash&grain=nonsense", "act=tag&tag=+&grain=OWN", "act=tag&tag=bad&grain=OWN",
        "act=nonsense&grain=OWN", "act=trash&grain=OWN&nonce=wrong",
    ]) func nothingIsDoneToSeveralWithout(_ fields: String) async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let grain = serving.host.addGrain()
            let form = "nonce=\(nonce)&\(fields.replacing("OWN", with: grain.identifier.text))"
            let reply = try await serving.request("/grains/several", as: login, form: form)
            #expect([400, 403, 404].contains(reply.status))
            #expect(serving.host.directory.withLock { $0.grains } == [grain])
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
