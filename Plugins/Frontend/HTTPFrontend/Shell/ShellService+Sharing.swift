import Barchan
import HTTP1Server

/// The page and dialog for sharing, and what is behind a sharing link.
extension ShellService {
    func sharing(
        _ grain: GrainSummary, _ visit: Visit, _ person: Person, _ outcome: Pages.Outcome = .none
    ) async throws(HostError) -> Response {
        let sharing = try await host.sharing.sharing(of: grain.identifier, for: person.account.identifier)
        return pages.sharing(grain, sharing, outcome, isPart: visit.wantsPart, person)
    }

    func changeSharing(_ visit: Visit, _ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        let grain = try await grain(visit.path[1], person), account = person.account.identifier
        var outcome = Pages.Outcome.none
        do throws(HostError) {
            switch form["act"] {
            case "person":
                let handle = form["handle"] ?? "", before = try await working(in: grain.identifier, account)
                let grant = try await host.sharing.share(
                    grain.identifier, with: handle, try ShellService.offer(form), by: account)
                outcome.notice = "It is shared with \(handle). They find it among their grains."
                if try await !working(in: grain.identifier, account).isSubset(of: before.union([grant])) {
                    outcome.notice? +=
                        " What they gave others before, links and webkeys too, works by this again: see below."
                }
            case "link":
                let link = try await host.sharing.makeLink(
                    to: grain.identifier, try ShellService.offer(form), by: account)
                let address = FrontendAddress(baseURL: site.baseURL).sharingLink(link.secret)
                outcome.link = (address, "The new link. It is shown only now.")
            case "token":
                let token = try await host.api.makeToken(
                    TokenOffer(try ShellService.offer(form)), for: .account(account, of: grain.identifier))
                let webkey = "\(site.apiOrigin(token.host))#\(token.secret.text)"
                outcome.link = (webkey, "The new webkey. It is shown only now.")
            case "label":
                guard let grant = GrantID(form["grant"] ?? "") else { throw ShellService.notFound }
                try await host.sharing.relabel(
                    grant, in: grain.identifier, to: form["label"] ?? "", by: account)
                outcome.notice = "Its label is changed."
            case "revoke":
                guard let grant = GrantID(form["grant"] ?? "") else { throw ShellService.notFound }
                try await host.sharing.revoke(grant, in: grain.identifier, by: account)
                outcome.notice = "Nobody has access by it any more."
            case "remove":
                guard let other = AccountID(form["person"] ?? "") else { throw ShellService.notFound }
                try await host.sharing.remove(other, from: grain.identifier, by: account)
                outcome.notice = "They are removed. Links that they know work as before until you revoke them."
            case "transfer":
                try await host.sharing.transfer(grain.identifier, to: form["handle"] ?? "", by: account)
                outcome.notice = "It is handed over."
            case "leave":
                try await host.sharing.remove(account, from: grain.identifier, by: account)
                return pages.redirect(to: "/")
            default: throw ShellService.notFound
            }
        } catch {
            outcome = Pages.Outcome(problem: error)
        }
        return try await sharing(grain, visit, person, outcome)
    }

    /// What works of all that hangs on somebody in a grain.
    private func working(in grain: GrainID, _ account: AccountID) async throws(HostError) -> Set<GrantID> {
        var pending = try await host.sharing.sharing(of: grain, for: account).branches, working: Set<GrantID> = []
        while let branch = pending.popLast() {
            if branch.permissions != nil { working.insert(branch.grant.identifier) }
            pending += branch.branches
        }
        return working
    }

    private static func offer(_ form: [String: String]) throws(HostError) -> ShareOffer {
        let assignment: ShareOffer.Assignment =
            switch form["role"] ?? "" {
            case "everything": .everything
            case "default": .defaultRole
            case let text: try role(text)
            }
        return ShareOffer(
            assignment, label: form["label"] ?? "", expires: try end(form["ends"] ?? ""),
            isSingleUse: form["single"] != nil)
    }

    private static let maximumDays: Int64 = 3_650

    /// - Parameter days: From now; empty for never.
    private static func end(_ days: String) throws(HostError) -> Int64? {
        if days.isEmpty { return nil }
        guard let number = Int64(days), (1...maximumDays).contains(number) else {
            throw HostError(
                .invalidArgument,
                "Until when it is given has to be a number of days from 1 to \(maximumDays), or empty for no end; "
                    + "nothing was given.")
        }
        return Pages.now + number * 86_400
    }

    private static func role(_ text: String) throws(HostError) -> ShareOffer.Assignment {
        guard let index = Int(text), index >= 0 else {
            throw HostError(.invalidArgument, "The form does not say what is given.")
        }
        return .role(index)
    }

    // MARK: Links

    /// `/shared/TOKEN[/path]`: who is not logged in gets in at once, who has it already as themselves, others choose whether to keep it.
    ///
    /// `/incognito/TOKEN[/path]` is the same for a tab in which somebody chose not to be themselves: there they choose again.
    func openLink(_ visit: Visit, _ person: Person?) async throws(HostError) -> Response {
        let secret = Secret(visit.path[1])
        if let person, visit.path[0] == "shared",
            let grain = try await host.sharing.keptGrain(by: secret, of: person.account.identifier)
        {
            return pages.redirect(to: "/grain/\(grain)\(ShellService.appPath(visit))")
        }
        guard let link = try await host.sharing.link(secret) else {
            return pages.error(
                404, "This link is of no use: it is unknown, was used up, has expired or was taken back.",
                person: person)
        }
        guard person == nil && !link.grant.offer.isSingleUse else {
            return pages.shared(link, at: ShellService.linkPath(visit), person)
        }
        return try await openGrain(link.grain, as: .link(secret), at: visit, nil)
    }

    func followLink(_ visit: Visit, _ person: Person?) async throws(HostError) -> Response {
        let secret = Secret(visit.path[1]), form = try await visit.form()
        if let person {
            guard Secret(form["nonce"] ?? "") == person.nonce else { throw ShellService.staleForm }
        }
        guard let link = try await host.sharing.link(secret) else { return try await openLink(visit, person) }
        guard form["act"] == "keep", let person else {
            return try await openGrain(link.grain, as: .link(secret), at: visit, nil)
        }
        do throws(HostError) {
            let grain = try await host.sharing.redeem(secret, by: person.account.identifier)
            return pages.redirect(to: "/grain/\(grain)\(ShellService.appPath(visit))")
        } catch {
            return pages.shared(link, at: ShellService.linkPath(visit), person, problem: error)
        }
    }

    /// The link's token and the app's path.
    private static func linkPath(_ visit: Visit) -> String { "\(visit.path[1])\(appPath(visit))" }
}
