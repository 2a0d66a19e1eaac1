import Barchan

/// Who gave what to whom in one grain, and what everybody has by it (specification, section 12.1).
///
/// The nodes are the owner, accounts and links; a grant is an edge, and a link is the node behind its own edge. Along a path
/// permissions are intersected: nobody gives more than they have. Over all paths from the owner they are united. What no
/// valid path reaches has no access, so taking back one grant takes back all that depends on it and on nothing else.
///
/// A value without I/O: time and the app's view info are arguments.
public struct SharingGraph: Sendable, Equatable {
    public var owner: AccountID
    public private(set) var grants: [GrantID: Grant]

    public init(owner: AccountID, grants: some Sequence<Grant> = []) {
        self.owner = owner
        self.grants = Dictionary(grants.map { ($0.identifier, $0) }, uniquingKeysWith: { $1 })
    }

    public mutating func remove(_ grant: GrantID) { grants[grant] = nil }

    /// Tokens of programs that nobody can use again; nothing hangs on them.
    public func deadTokens(at now: Int64) -> [Grant] {
        grants.values.filter { grant in
            guard case .program = grant.recipient else { return false }
            return grant.isRevoked || now >= grant.offer.expires ?? .max || now >= grant.expiresUnused ?? .max
        }
    }

    /// Adds a grant, or puts it in place of the one with its identifier.
    public mutating func set(_ grant: Grant) { grants[grant.identifier] = grant }

    // MARK: Permissions

    /// What everybody has at a moment, found once for any number of questions.
    public func holdings(at now: Int64, _ info: ViewInfo) -> SharingHoldings { SharingHoldings(self, at: now, info) }

    /// When the next grant expires after `now`, or nil.
    public func nextExpiry(after now: Int64) -> Int64? {
        grants.values.filter { !$0.isRevoked }.flatMap { [$0.offer.expires, $0.expiresUnused] }.compactMap { $0 }
            .filter { $0 > now }.min()
    }

    // MARK: Taking back

    /// Whether somebody may take a grant back: the owner every one, others what they gave and what they got.
    public func mayRevoke(_ grant: GrantID, _ account: AccountID) -> Bool {
        guard let grant = grants[grant] else { return false }
        return account == owner || grant.recipient == .account(account) || giver(of: grant) == account
    }

    /// The grants that taking a person's access back would revoke.
    public func revocable(from person: AccountID, by account: AccountID) -> [Grant] {
        grants.values.filter {
            $0.recipient == .account(person) && !$0.isRevoked && mayRevoke($0.identifier, account)
        }.sorted { $0.identifier < $1.identifier }
    }

    /// What somebody has, or had, by a link that they came by.
    public func kept(by account: AccountID, from link: GrantID) -> [Grant] {
        grants.values.filter { $0.giver == .grant(link) && $0.recipient == .account(account) }
    }

    /// Whether somebody keeps what a link gives.
    public func isKept(_ link: GrantID, by account: AccountID) -> Bool {
        kept(by: account, from: link).contains { !$0.isRevoked }
    }

    /// Whether somebody was removed after they had come by this link, and so cannot come by it again. Whoever left can.
    public func wasRemoved(_ account: AccountID, from link: GrantID) -> Bool {
        kept(by: account, from: link).contains { $0.isRevoked && !$0.isGivenUp }
    }

    /// The account that gave a grant; of what was got by a link, whoever made the link.
    private func giver(of grant: Grant) -> AccountID? {
        var grant = grant, seen: Set<GrantID> = []
        while case .grant(let parent) = grant.giver {
            guard seen.insert(parent).inserted, let next = grants[parent] else { return nil }
            grant = next
        }
        guard case .account(let account) = grant.giver else { return nil }
        return account
    }
}

/// What everybody has in one grain at one moment.
public struct SharingHoldings: Sendable {
    private let graph: SharingGraph
    private let now: Int64
    private let info: ViewInfo
    private let byGiver: [Grant.Giver: [Grant]]
    /// By position in the view info; nobody who is not here has access.
    private var held: [Grant.Giver: [Bool]]

    fileprivate init(_ graph: SharingGraph, at now: Int64, _ info: ViewInfo) {
        self.graph = graph
        self.now = now
        self.info = info
        byGiver = Dictionary(grouping: graph.grants.values.sorted(by: SharingHoldings.precedes)) { $0.giver }
        held = [.account(graph.owner): info.allPermissions]
        spread()
    }

    /// Each round through here makes somebody's set larger, so it ends.
    private mutating func spread() {
        var pending: [Grant.Giver] = [.account(graph.owner)]
        while let giver = pending.popLast() {
            for grant in byGiver[giver] ?? [] {
                guard let given = permissions(by: grant) else { continue }
                let node = SharingHoldings.node(of: grant)
                let before = held[node], after = union(before ?? [], given)
                if before != after {
                    held[node] = after
                    pending.append(node)
                }
            }
        }
    }

    /// What an account may do, or nil when it has no access.
    public func permissions(of account: AccountID) -> [Bool]? { held[.account(account)] }

    /// What the holder of a link or a token may do, or nil when it is of no use.
    public func permissions(ofBearerOf grant: GrantID) -> [Bool]? {
        guard let record = graph.grants[grant], !record.isUsedUp else { return nil }
        if case .account = record.recipient { return nil }
        return held[.grant(grant)]
    }

    /// What one grant comes to, or nil when it is revoked or expired or its giver has nothing.
    public func permissions(by grant: Grant) -> [Bool]? {
        guard !grant.isRevoked, now < grant.offer.expires ?? .max, now < grant.expiresUnused ?? .max,
            let own = held[grant.giver]
        else { return nil }
        return intersection(own, info.permissions(of: grant.offer.assignment, giver: own))
    }

    /// The roles that somebody may give: those with nothing in them that they do not have themselves.
    public func roles(givenBy account: AccountID) -> [Int] {
        permissions(of: account).map(roles(within:)) ?? []
    }

    private func roles(within own: [Bool]) -> [Int] {
        info.roles.indices.filter { index in
            guard !info.roles[index].isObsolete else { return false }
            let role = info.permissions(of: .role(index), giver: own)
            return role == intersection(own, role)
        }
    }

    /// Whether somebody has all that an offer gives.
    public func mayGive(_ assignment: ShareOffer.Assignment, _ giver: Grant.Giver) -> Bool {
        guard let own = held[giver] else { return false }
        switch assignment {
        case .everything: return true
        case .role(let index): return roles(within: own).contains(index)
        case .defaultRole:
            let given = info.permissions(of: assignment, giver: own)
            return given == intersection(own, given)
        @unknown default: return false
        }
    }

    // MARK: The tree

    /// Who gave what to whom, from `account` on. A grant that is not revoked stands in the owner's tree exactly once when
    /// its giver can be reached from the owner over grants that are not revoked, expired ones included. What the owner was
    /// given is in no tree: it adds nothing, and nobody sees by it what the owner gave.
    public func tree(from account: AccountID) -> [SharingBranch] {
        // In the order of distance, so that everything hangs as near to the root as it can.
        var order: [(grant: Grant, parent: Int?)] = [], seen: Set<Grant.Giver> = [.account(account)]
        func expand(_ node: Grant.Giver, _ parent: Int?) {
            for grant in byGiver[node] ?? [] where !grant.isRevoked && grant.recipient != .account(graph.owner) {
                order.append((grant, parent))
            }
        }
        expand(.account(account), nil)
        var next = 0
        while next < order.count {
            let node = SharingHoldings.node(of: order[next].grant)
            if seen.insert(node).inserted { expand(node, next) }
            next += 1
        }
        // From the last one back, so that every branch is whole before it is hung up.
        var below = [[SharingBranch]](repeating: [], count: order.count), top: [SharingBranch] = []
        for index in order.indices.reversed() {
            let (grant, parent) = order[index]
            let branch = SharingBranch(
                grant: grant, permissions: permissions(by: grant), branches: below[index].reversed())
            if let parent { below[parent].append(branch) } else { top.append(branch) }
        }
        return top.reversed()
    }

    // MARK: Details

    private static func node(of grant: Grant) -> Grant.Giver {
        if case .account(let account) = grant.recipient { return .account(account) }
        return .grant(grant.identifier)
    }

    private static func precedes(_ left: Grant, _ right: Grant) -> Bool {
        (left.created, left.identifier) < (right.created, right.identifier)
    }
}

extension ViewInfo {
    /// What the owner has: every permission there is (specification, section 12.1).
    public var allPermissions: [Bool] { permissions.map { !$0.isObsolete } }

    /// What an assignment means, whoever gives it: of as many permissions as the app has, none of them obsolete.
    func permissions(of assignment: ShareOffer.Assignment, giver: [Bool]) -> [Bool] {
        switch assignment {
        case .everything: return giver
        case .defaultRole:
            if roles.isEmpty { return giver }
            return permissions(ofRole: defaultRole)
        case .role(let index): return permissions(ofRole: index)
        @unknown default: return permissions(ofRole: nil)
        }
    }

    /// An unknown role gives nothing but access.
    private func permissions(ofRole index: Int?) -> [Bool] {
        guard let index, roles.indices.contains(index) else { return permissions.map { _ in false } }
        let role = roles[index].permissions
        return permissions.indices.map { $0 < role.count && role[$0] && !permissions[$0].isObsolete }
    }
}

private func intersection(_ left: [Bool], _ right: [Bool]) -> [Bool] { zip(left, right).map { $0 && $1 } }

private func union(_ left: [Bool], _ right: [Bool]) -> [Bool] {
    left.isEmpty ? right : zip(left, right).map { $0 || $1 }
}
