import Barchan
import Sharing
import SplitMix
import Testing

/// What holds in every sharing graph, tried on random ones.
@Suite struct SharingPropertyTests {
    @Test func itIsTheUnionOverAllPathsOfTheIntersectionsAlongThem() {
        for world in World.many(maximumGrants: 9) {
            let holdings = world.graph.holdings(at: World.now, world.info)
            for account in world.accounts {
                #expect(holdings.permissions(of: account) == world.byPaths(to: .account(account)))
            }
            for grant in world.graph.grants.values where !grant.isUsedUp {
                if case .account = grant.recipient { continue }
                #expect(
                    holdings.permissions(ofBearerOf: grant.identifier) == world.byPaths(to: .grant(grant.identifier)))
            }
        }
    }

    @Test func nobodyGivesMoreThanTheyHave() {
        for world in World.many(maximumGrants: 40) {
            let holdings = world.graph.holdings(at: World.now, world.info)
            for grant in world.graph.grants.values {
                guard let given = holdings.permissions(by: grant) else { continue }
                let own: [Bool]?
                switch grant.giver {
                case .account(let account): own = holdings.permissions(of: account)
                case .grant(let parent): own = world.graph.grants[parent].flatMap { holdings.permissions(by: $0) }
                @unknown default: own = nil
                }
                #expect(own.map { isSubset(given, $0) } == true)
            }
        }
    }

    @Test func takingBackGivesNobodyAnything() {
        for var world in World.many(maximumGrants: 30) {
            let before = world.graph.holdings(at: World.now, world.info)
            guard let grant = world.anyGrant() else { continue }
            world.graph.revoke(grant)
            let after = world.graph.holdings(at: World.now, world.info)
            for account in world.accounts {
                #expect(isSubset(after.permissions(of: account), before.permissions(of: account)))
            }
            if grant.recipient == .link { #expect(after.permissions(ofBearerOf: grant.identifier) == nil) }
        }
    }

    @Test func givingTakesNothingFromAnybody() {
        for var world in World.many(maximumGrants: 30) {
            let before = world.graph.holdings(at: World.now, world.info)
            world.addGrant()
            let after = world.graph.holdings(at: World.now, world.info)
            for account in world.accounts {
                #expect(isSubset(before.permissions(of: account), after.permissions(of: account)))
            }
        }
    }

    @Test func timeTakesLikeSomebodyWhoTakesBack() {
        for var world in World.many(maximumGrants: 30) {
            guard let expiry = world.graph.nextExpiry(after: World.now) else { continue }
            let later = world.graph.holdings(at: expiry, world.info)
            for grant in world.graph.grants.values where grant.offer.expires ?? .max <= expiry {
                world.graph.revoke(grant)
            }
            let revoked = world.graph.holdings(at: World.now, world.info)
            for account in world.accounts {
                #expect(later.permissions(of: account) == revoked.permissions(of: account))
            }
        }
    }

    @Test func whoIsRemovedByTheOwnerHasNothing() {
        for var world in World.many(maximumGrants: 30) {
            guard let person = world.accounts.dropFirst().randomElement(using: &world.random) else { continue }
            for grant in world.graph.revocable(from: person, by: world.graph.owner) { world.graph.revoke(grant) }
            #expect(world.graph.holdings(at: World.now, world.info).permissions(of: person) == nil)
        }
    }

    @Test func everyRoleThatIsOfferedMayBeGiven() {
        for world in World.many(maximumGrants: 30) {
            let holdings = world.graph.holdings(at: World.now, world.info)
            for account in world.accounts {
                for role in holdings.roles(givenBy: account) {
                    #expect(holdings.mayGive(.role(role), .account(account)))
                    #expect(isSubset(world.info.roles[role].permissions, holdings.permissions(of: account)))
                }
            }
        }
    }

    @Test func theTreeHoldsEveryReachableGrantOnce() {
        for world in World.many(maximumGrants: 40) {
            func all(_ branches: [SharingBranch]) -> [GrantID] {
                branches.flatMap { [$0.grant.identifier] + all($0.branches) }
            }
            let holdings = world.graph.holdings(at: World.now, world.info)
            let shown = all(holdings.tree(from: world.graph.owner))
            #expect(Set(shown).count == shown.count)
            #expect(shown.allSatisfy { world.graph.grants[$0]?.isRevoked == false })
            let working = world.graph.grants.values.filter {
                holdings.permissions(by: $0) != nil && $0.recipient != .account(world.graph.owner)
            }.map(\.identifier)
            #expect(Set(working).isSubset(of: shown))
        }
    }
}

private func isSubset(_ left: [Bool]?, _ right: [Bool]?) -> Bool {
    guard let left else { return true }
    guard let right else { return false }
    return left.indices.allSatisfy { !left[$0] || ($0 < right.count && right[$0]) }
}

/// A random grain: permissions, roles, people and what they gave each other, possibly in circles.
private struct World {
    static let now: Int64 = 1_000

    var random: SplitMix64
    var graph: SharingGraph
    var info = ViewInfo()
    var accounts: [AccountID]

    /// The same 400 each time.
    static func many(maximumGrants: Int) -> [World] {
        (1...400).map { World(seed: $0, maximumGrants: maximumGrants) }
    }

    private init(seed: UInt64, maximumGrants: Int) {
        random = SplitMix64(state: seed)
        accounts = (0..<Int.random(in: 1...5, using: &random)).map { _ in AccountID.random() }
        graph = SharingGraph(owner: accounts[0])
        let permissions = Int.random(in: 0...4, using: &random)
        for _ in 0..<permissions {
            info.permissions.append(PermissionDefinition(name: "", title: "", isObsolete: chance(8)))
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let bits = info.permissions.map { !$0.isObsolete && chance(2) }
            info.roles.append(
                RoleDefinition(
                    title: "", verbPhrase: "", permissions: bits, isDefault: chance(3), isObsolete: chance(8)))
        }
        for _ in 0..<Int.random(in: 0...maximumGrants, using: &random) { addGrant() }
    }

    private mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    mutating func anyGrant() -> Grant? {
        graph.grants.values.sorted { $0.identifier < $1.identifier }.randomElement(using: &random)
    }

    mutating func addGrant() {
        let links = graph.grants.values.filter { $0.recipient == .link }
        var giver = Grant.Giver.account(accounts[Int.random(in: 0..<accounts.count, using: &random)])
        if chance(3), let link = links.randomElement(using: &random) { giver = .grant(link.identifier) }
        let recipient: Grant.Recipient =
            chance(3) ? .link : .account(accounts[Int.random(in: 0..<accounts.count, using: &random)])
        let assignments: [ShareOffer.Assignment] = [.everything, .defaultRole, .role(0), .role(1), .role(2)]
        let expires = chance(3) ? World.now + Int64.random(in: -5...50, using: &random) : nil
        var grant = Grant(
            identifier: .random(), giver: giver, recipient: recipient,
            offer: ShareOffer(assignments[Int.random(in: 0..<5, using: &random)], expires: expires),
            created: Int64.random(in: 0...9, using: &random))
        grant.isRevoked = chance(6)
        grant.isUsedUp = chance(8)
        graph.set(grant)
    }

    // MARK: The definition, word by word

    /// What reaches a node over paths without a node twice; nil when none does.
    func byPaths(to node: Grant.Giver) -> [Bool]? {
        var found: [Bool]?
        walk(from: .account(graph.owner), with: info.permissions.map { !$0.isObsolete }, over: []) { reached, bits in
            guard reached == node else { return }
            let before = found
            found = bits.indices.map { bits[$0] || before?[$0] == true }
        }
        return found
    }

    private func walk(
        from node: Grant.Giver, with bits: [Bool], over seen: Set<Grant.Giver>, _ visit: (Grant.Giver, [Bool]) -> Void
    ) {
        guard !seen.contains(node) else { return }
        visit(node, bits)
        for grant in graph.grants.values where grant.giver == node && isValid(grant) {
            let role = meaning(of: grant.offer.assignment)
            let next = bits.indices.map { bits[$0] && role[$0] }
            var target = Grant.Giver.grant(grant.identifier)
            if case .account(let account) = grant.recipient { target = .account(account) }
            walk(from: target, with: next, over: seen.union([node]), visit)
        }
    }

    private func isValid(_ grant: Grant) -> Bool {
        if grant.isRevoked { return false }
        if let expires = grant.offer.expires { return World.now < expires }
        return true
    }

    private func meaning(of assignment: ShareOffer.Assignment) -> [Bool] {
        let everything = info.permissions.map { _ in true }, nothing = info.permissions.map { _ in false }
        switch assignment {
        case .everything: return everything
        case .role(let index): return index < info.roles.count ? info.roles[index].permissions : nothing
        case .defaultRole:
            if info.roles.isEmpty { return everything }
            return info.roles.first { $0.isDefault && !$0.isObsolete }?.permissions ?? nothing
        @unknown default: return nothing
        }
    }
}
