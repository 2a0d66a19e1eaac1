import Barchan
import Sharing
import Testing

/// The algebra by example (specification, section 12.1).
@Suite struct SharingGraphTests {
    private let owner = AccountID.random(), ann = AccountID.random(), bob = AccountID.random()
    private let info = ViewInfo.readWriteAdmin

    private func grant(
        _ giver: Grant.Giver, _ recipient: Grant.Recipient, _ assignment: ShareOffer.Assignment = .everything,
        expires: Int64? = nil
    ) -> Grant {
        Grant(
            identifier: .random(), giver: giver, recipient: recipient,
            offer: ShareOffer(assignment, expires: expires), created: 0)
    }

    @Test func theOwnerHasEverythingThatIsNotObsolete() {
        let graph = SharingGraph(owner: owner)
        #expect(graph.holdings(at: 0, info).permissions(of: owner) == [true, true, true, false])
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == nil)
        #expect(graph.holdings(at: 0, ViewInfo()).permissions(of: owner) == [])
    }

    @Test func aPathIsAsWideAsItsNarrowestPlace() {
        let graph = SharingGraph(
            owner: owner,
            grants: [
                grant(.account(owner), .account(ann), .role(ViewInfo.editor)),
                grant(.account(ann), .account(bob), .role(ViewInfo.administrator)),
            ])
        let holdings = graph.holdings(at: 0, info)
        #expect(holdings.permissions(of: ann) == [true, true, false, false])
        #expect(holdings.permissions(of: bob) == [true, true, false, false])
    }

    @Test func severalPathsAreUnited() {
        let graph = SharingGraph(
            owner: owner,
            grants: [
                grant(.account(owner), .account(ann), .role(ViewInfo.reader)),
                grant(.account(owner), .account(ann), .role(ViewInfo.writer)),
                grant(.account(ann), .account(bob)),
            ])
        #expect(graph.holdings(at: 0, info).permissions(of: bob) == [true, true, false, false])
    }

    @Test func aLinkGivesToWhoeverHoldsItAndToThoseWhoKeptIt() {
        let link = grant(.account(owner), .link, .role(ViewInfo.reader))
        let kept = grant(.grant(link.identifier), .account(ann))
        var graph = SharingGraph(owner: owner, grants: [link, kept])
        #expect(graph.holdings(at: 0, info).permissions(ofBearerOf: link.identifier) == [true, false, false, false])
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == [true, false, false, false])
        #expect(graph.holdings(at: 0, info).permissions(ofBearerOf: kept.identifier) == nil)
        var used = link
        used.isUsedUp = true
        graph.set(used)
        #expect(graph.holdings(at: 0, info).permissions(ofBearerOf: link.identifier) == nil)
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == [true, false, false, false])
    }

    @Test func aLinkAndAPersonAreTakenBackApart() {
        let link = grant(.account(owner), .link)
        let kept = grant(.grant(link.identifier), .account(ann)), direct = grant(.account(owner), .account(ann))
        var graph = SharingGraph(owner: owner, grants: [link, kept, direct])
        graph.revoke(link)
        #expect(graph.holdings(at: 0, info).permissions(of: ann) != nil, "what was given to the person stays")
        graph = SharingGraph(owner: owner, grants: [link, kept, direct])
        for grant in graph.revocable(from: ann, by: owner) { graph.revoke(grant) }
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == nil)
        #expect(graph.holdings(at: 0, info).permissions(ofBearerOf: link.identifier) != nil, "the link stays")
        #expect(graph.wasRemoved(ann, from: link.identifier) && !graph.wasRemoved(bob, from: link.identifier))
    }

    @Test func whoLeftWasNotRemoved() {
        let link = grant(.account(owner), .link)
        var kept = grant(.grant(link.identifier), .account(ann))
        kept.isRevoked = true
        #expect(SharingGraph(owner: owner, grants: [link, kept]).wasRemoved(ann, from: link.identifier))
        kept.isGivenUp = true
        let graph = SharingGraph(owner: owner, grants: [link, kept])
        #expect(!graph.wasRemoved(ann, from: link.identifier))
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == nil)
    }

    @Test func whatTheOwnerWasGivenIsInNoTree() {
        let toAnn = grant(.account(owner), .account(ann)), back = grant(.account(ann), .account(owner))
        let toBob = grant(.account(owner), .account(bob))
        let holdings = SharingGraph(owner: owner, grants: [toAnn, back, toBob]).holdings(at: 0, info)
        let tree = holdings.tree(from: owner)
        #expect(Set(tree.map(\.grant.identifier)) == [toAnn.identifier, toBob.identifier])
        #expect(tree.allSatisfy { $0.branches.isEmpty })
        #expect(holdings.tree(from: ann).isEmpty, "what the owner gave is not what ann gave")
    }

    @Test func takingBackReachesFarAndNoFarther() {
        let first = grant(.account(owner), .account(ann))
        let onwards = grant(.account(ann), .account(bob)), other = grant(.account(owner), .account(bob), .role(0))
        var graph = SharingGraph(owner: owner, grants: [first, onwards, other])
        graph.revoke(first)
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == nil)
        #expect(graph.holdings(at: 0, info).permissions(of: bob) == [true, false, false, false])
    }

    @Test func whoGivesToEachOtherKeepsNothing() {
        let first = grant(.account(owner), .account(ann))
        var graph = SharingGraph(
            owner: owner,
            grants: [first, grant(.account(ann), .account(bob)), grant(.account(bob), .account(ann))])
        #expect(graph.holdings(at: 0, info).permissions(of: bob) != nil)
        graph.revoke(first)
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == nil)
        #expect(graph.holdings(at: 0, info).permissions(of: bob) == nil)
    }

    @Test func expiryIsToTheSecond() {
        let graph = SharingGraph(
            owner: owner,
            grants: [grant(.account(owner), .account(ann), expires: 100), grant(.account(ann), .account(bob))])
        #expect(graph.holdings(at: 99, info).permissions(of: bob) != nil)
        #expect(graph.holdings(at: 100, info).permissions(of: bob) == nil)
        #expect(graph.nextExpiry(after: 99) == 100)
        #expect(graph.nextExpiry(after: 100) == nil)
    }

    @Test func theDefaultRoleIsTheOneThatIsMarked() {
        let graph = SharingGraph(owner: owner, grants: [grant(.account(owner), .account(ann), .defaultRole)])
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == [true, false, false, false])
        var without = info
        without.roles = []
        #expect(graph.holdings(at: 0, without).permissions(of: ann) == [true, true, true, false])
        without.roles = [RoleDefinition(title: "", verbPhrase: "", permissions: [true], isDefault: false)]
        #expect(graph.holdings(at: 0, without).permissions(of: ann) == [false, false, false, false])
    }

    @Test func anUnknownRoleGivesAccessAndNothingElse() {
        let graph = SharingGraph(owner: owner, grants: [grant(.account(owner), .account(ann), .role(99))])
        #expect(graph.holdings(at: 0, info).permissions(of: ann) == [false, false, false, false])
    }

    @Test func nobodyIsOfferedMoreThanTheyHave() {
        let graph = SharingGraph(
            owner: owner, grants: [grant(.account(owner), .account(ann), .role(ViewInfo.editor))])
        let holdings = graph.holdings(at: 0, info)
        #expect(holdings.roles(givenBy: owner) == [0, 1, 2, 3])
        #expect(holdings.roles(givenBy: ann) == [ViewInfo.reader, ViewInfo.writer, ViewInfo.editor])
        #expect(holdings.roles(givenBy: bob) == [])
        #expect(
            holdings.mayGive(.role(ViewInfo.reader), .account(ann))
                && !holdings.mayGive(.role(ViewInfo.administrator), .account(ann)))
        #expect(holdings.mayGive(.everything, .account(ann)) && !holdings.mayGive(.everything, .account(bob)))
    }

    @Test func whoMayTakeBack() {
        let link = grant(.account(ann), .link), kept = grant(.grant(link.identifier), .account(bob))
        let graph = SharingGraph(owner: owner, grants: [grant(.account(owner), .account(ann)), link, kept])
        for account in [owner, ann, bob] { #expect(graph.mayRevoke(kept.identifier, account)) }
        #expect(graph.mayRevoke(link.identifier, ann) && !graph.mayRevoke(link.identifier, bob))
        #expect(!graph.mayRevoke(.random(), owner))
    }

    @Test func aTreeOfWhoGaveWhatToWhom() throws {
        let toAnn = grant(.account(owner), .account(ann)), link = grant(.account(ann), .link, .role(0))
        let kept = grant(.grant(link.identifier), .account(bob)), revoked = grant(.account(owner), .link)
        var graph = SharingGraph(owner: owner, grants: [toAnn, link, kept, revoked])
        graph.revoke(revoked)
        let tree = graph.holdings(at: 0, info).tree(from: owner)
        let first = try #require(tree.first), second = try #require(first.branches.first)
        #expect(tree.count == 1 && first.grant == toAnn && first.permissions == [true, true, true, false])
        #expect(second.grant == link && second.branches.map(\.grant) == [kept])
        #expect(graph.holdings(at: 0, info).tree(from: ann).map(\.grant) == [link])
        #expect(graph.holdings(at: 0, info).tree(from: bob).isEmpty)
    }

    @Test func aLongChainIsNoProblem() {
        let accounts = (0..<10_000).map { _ in AccountID.random() }
        let grants = zip([owner] + accounts, accounts).map { grant(.account($0), .account($1)) }
        let holdings = SharingGraph(owner: owner, grants: grants).holdings(at: 0, info)
        #expect(holdings.permissions(of: accounts[9_999]) == [true, true, true, false])
    }
}

extension SharingGraph {
    mutating func revoke(_ grant: Grant) {
        var changed = grant
        changed.isRevoked = true
        set(changed)
    }
}

extension ViewInfo {
    static let reader = 0, writer = 1, editor = 2, administrator = 3

    /// read, write, admin and one that is obsolete; a role for each and one for the first two.
    static var readWriteAdmin: ViewInfo {
        var info = ViewInfo()
        info.permissions = ["read", "write", "admin"].map { PermissionDefinition(name: $0, title: "") }
        info.permissions.append(PermissionDefinition(name: "old", title: "", isObsolete: true))
        func role(_ permissions: [Bool], isDefault: Bool = false) -> RoleDefinition {
            RoleDefinition(title: "", verbPhrase: "", permissions: permissions, isDefault: isDefault)
        }
        info.roles = [
            role([true], isDefault: true), role([false, true]), role([true, true]), role([true, true, true, true]),
        ]
        return info
    }
}
