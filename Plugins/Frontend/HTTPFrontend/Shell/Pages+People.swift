import Barchan
import Glibc

extension Pages {
    func code(challenge: Secret, address: String, next: String?, problem: String? = nil) -> Response {
        var values: [String: Any] = ["challenge": challenge.text, "address": address, "next": next ?? "/"]
        if let problem { values["problem"] = problem }
        return page(problem == nil ? 200 : 403, "code", title: "Enter the code", values, nil)
    }

    func invitation(
        _ offer: InvitationOffer, token: String, _ form: [String: String] = [:], problem: HostError? = nil
    ) -> Response {
        var values = Pages.values(
            Profile(
                displayName: form["name"] ?? "", handle: form["handle"] ?? "",
                pronouns: Pages.pronouns(form["pronouns"])))
        values["token"] = PercentText.encode(token)
        values["role"] = Pages.text(offer.role)
        values["address"] = offer.emailAddress
        values["problem"] = problem?.message
        return page(problem.map(ShellService.status) ?? 200, "invite", title: "Welcome", values, nil)
    }

    func account(
        _ logins: [LoginSummary], _ outcome: Outcome, _ person: Person
    ) -> Response {
        let account = person.account, now = Pages.now
        var values = Pages.values(
            Profile(displayName: account.displayName, handle: account.handle, pronouns: account.pronouns))
        outcome.add(to: &values)
        values["picture"] = account.picture.map { "/account/picture/\($0)" }
        values["address"] = account.emailAddress
        values["hasOthers"] = logins.count > 1
        values["logins"] = logins.map { login -> [String: Any] in
            [
                "id": login.id.text, "method": Pages.method(login.method), "created": Pages.ago(now - login.created),
                "lastUsed": Pages.ago(now - login.lastUsed), "expires": Pages.date(login.expires),
                "isThis": login.isCurrent,
            ]
        }
        return page(outcome.status, "account", title: "Your account", values, person)
    }

    func people(
        _ people: [Account], invitations: [Invitation], hasMail: Bool, _ outcome: Outcome, _ person: Person
    ) -> Response {
        var values: [String: Any] = [
            "roles": Pages.roles(.user), "hasMail": hasMail, "hasInvitations": !invitations.isEmpty,
        ]
        outcome.add(to: &values)
        Pages.addNavigation(.people, to: &values)
        values["invitations"] = invitations.map { invitation -> [String: Any] in
            var values: [String: Any] = [
                "id": invitation.id.text, "role": Pages.text(invitation.offer.role),
                "expires": Pages.date(invitation.expires),
            ]
            // An empty text is shown as something that is there.
            values["note"] = invitation.offer.note.isEmpty ? nil : invitation.offer.note
            values["address"] = invitation.offer.emailAddress
            return values
        }
        values["people"] = people.map { account -> [String: Any] in
            var values: [String: Any] = [
                "id": account.identifier.text, "name": account.displayName, "handle": account.handle,
                "role": Pages.text(account.role), "roles": Pages.roles(account.role),
                "isSuspended": account.isSuspended,
                "isSelf": account.identifier == person.account.identifier,
                "suspend": account.isSuspended ? "readmit" : "suspend",
                "suspendText": account.isSuspended ? "Readmit" : "Suspend",
            ]
            values["address"] = account.emailAddress
            return values
        }
        return page(outcome.status, "people", title: "People", values, person)
    }

    // MARK: Values

    /// What a page says about what was just done.
    struct Outcome {
        var notice: String?
        var problem: HostError?
        /// A link that is shown once, and what it is for.
        var link: (address: String, text: String)?

        static let none = Outcome()
        var status: Int { problem.map(ShellService.status) ?? 200 }

        func add(to values: inout [String: Any]) {
            values["notice"] = notice
            values["problem"] = problem?.message
            values["link"] = link?.address
            values["linkText"] = link?.text
        }
    }

    private static func values(_ profile: Profile) -> [String: Any] {
        let pronouns: [(UserInfo.Pronouns, String)] = [
            (.neutral, "they"), (.female, "she"), (.male, "he"), (.robot, "it"),
        ]
        return [
            "name": profile.displayName, "handle": profile.handle,
            "pronouns": pronouns.map { pronoun, text -> [String: Any] in
                ["value": String(pronoun.rawValue), "text": text, "isChosen": pronoun == profile.pronouns]
            },
        ]
    }

    static func pronouns(_ text: String?) -> UserInfo.Pronouns {
        text.flatMap { UInt16($0) }.flatMap { UserInfo.Pronouns(rawValue: $0) } ?? .neutral
    }

    private static func roles(_ chosen: Account.Role) -> [[String: Any]] {
        [Account.Role.user, .guest, .administrator].map {
            ["value": $0.rawValue, "text": text($0), "isChosen": $0 == chosen]
        }
    }

    static func text(_ role: Account.Role) -> String {
        switch role {
        case .administrator: "administrator"
        case .user: "user"
        case .guest: "guest, who uses what others share"
        @unknown default: role.rawValue
        }
    }

    private static func method(_ name: String) -> String {
        switch name {
        case "email": "With a code by e-mail"
        case "invitation": "With an invitation"
        default: "With a link"
        }
    }

    /// `2026-11-28 14:05` in the server's time zone.
    static func date(_ seconds: Int64) -> String {
        var moment = time_t(seconds), parts = tm()
        localtime_r(&moment, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return
            "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) \(two(parts.tm_hour)):\(two(parts.tm_min))"
    }
}
