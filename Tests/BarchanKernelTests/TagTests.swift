import Barchan
import Testing

/// What people call their grains besides the titles.
@Suite struct TagTests {
    private func tags(_ test: TestHost, _ account: AccountID) async throws -> [[String]] {
        try await test.host.grains.grains(for: account).map(\.tags)
    }

    @Test func theyAreSortedAndCountOnce() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        #expect(try await tags(test, test.person) == [[]])
        try await test.host.tags.setTags(
            ["  work ", "", "Home  office", "WORK", "äöü=\\"], of: grain, by: test.person)
        #expect(try await tags(test, test.person) == [["Home office", "work", "äöü=\\"]])
        try await test.host.tags.setTags([" "], of: grain, by: test.person)
        #expect(try await tags(test, test.person) == [[]])
    }

    @Test func theyAreOnesOwnAlsoOfWhatOthersShare() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        let ann = try await test.makePerson("ann"), bob = try await test.makePerson("bob")
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        try await test.host.tags.setTags(["mine"], of: grain, by: test.person)
        try await test.host.tags.setTags(["hers"], of: grain, by: ann)
        #expect(try await tags(test, test.person) == [["mine"]])
        #expect(try await tags(test, ann) == [["hers"]])
        await expectError(.notFound) { try await test.host.tags.setTags(["his"], of: grain, by: bob) }
        // Sharing once more and handing over change nothing in anybody's words.
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        try await test.host.sharing.transfer(grain, to: "ann", by: test.person)
        #expect(try await tags(test, test.person) == [["mine"]])
        #expect(try await tags(test, ann) == [["hers"]])
    }

    @Test(arguments: [
        [String(repeating: "x", count: 41)],
        (0..<17).map { "tag \($0)" }, ["a,b"], ["a\u{0}b"], ["a\u{7f}"],
        // A character of very many scalars.
        ["e" + String(repeating: "\u{301}", count: 400)],
    ]) func theyHaveBounds(_ bad: [String]) async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        await expectError(.invalidArgument) { try await test.host.tags.setTags(bad, of: grain, by: test.person) }
        #expect(try await tags(test, test.person) == [[]])
    }

    @Test func theyGoWithTheGrain() async throws {
        let test = try await TestHost(), grain = try await test.makeGrain()
        let ann = try await test.makePerson("ann")
        _ = try await test.host.sharing.share(grain, with: "ann", ShareOffer(.everything), by: test.person)
        for account in [test.person, ann] { try await test.host.tags.setTags(["x"], of: grain, by: account) }
        try await test.host.trash.discard(grain, by: test.person)
        await expectError(.notFound) { try await test.host.tags.setTags(["y"], of: grain, by: test.person) }
        try await test.host.grains.remove(grain, by: test.person)
        #expect(try await test.storage.records.scan(prefix: RecordKey("tags/"), after: nil, limit: 9).isEmpty)
    }
}
