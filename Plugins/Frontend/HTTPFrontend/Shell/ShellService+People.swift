import Barchan
import HTTP1Server

/// Logging in by a code, invitations, one's own account, and the administrators' list of people.
extension ShellService {
    private var address: FrontendAddress { FrontendAddress(baseURL: site.baseURL) }

    // MARK: Before somebody is logged in

    func beginLogin(_ visit: Visit) async throws(HostError) -> Response {
        let form = try await visit.form(), claim = form["claim"] ?? ""
        let challenge = try await host.accounts.beginLogin(by: visit.path[2], as: claim, at: address)
        return pages.code(challenge: challenge, address: claim, next: Visit.place(form["next"]))
    }

    func finishLogin(_ visit: Visit) async throws(HostError) -> Response {
        let form = try await visit.form(), challenge = Secret(form["challenge"] ?? "")
        let next = Visit.place(form["next"])
        do throws(HostError) {
            return welcomed(
                try await host.accounts.logIn(
                    by: visit.path[2], challenge: challenge, answer: form["answer"] ?? ""), visit, next: next)
        } catch {
            guard error.code == .permissionDenied else { throw error }
            return pages.code(
                challenge: challenge, address: form["address"] ?? "", next: next, problem: error.message)
        }
    }

    func invitation(_ visit: Visit) async throws(HostError) -> Response {
        guard let offer = try await host.people.invitation(Secret(visit.path[1])) else {
            return pages.error(404, "This invitation is unknown, was used, or is too old. Ask for a new one.")
        }
        guard visit.request.head.method == "POST" else { return pages.invitation(offer, token: visit.path[1]) }
        let form = try await visit.form()
        do throws(HostError) {
            return welcomed(
                try await host.people.accept(Secret(visit.path[1]), as: ShellService.profile(form)), visit)
        } catch {
            return pages.invitation(offer, token: visit.path[1], form, problem: error)
        }
    }

    private static func profile(_ form: [String: String]) -> Profile {
        Profile(
            displayName: form["name"] ?? "", handle: form["handle"] ?? "", pronouns: Pages.pronouns(form["pronouns"]))
    }

    // MARK: One's own account

    func account(_ person: Person, _ outcome: Pages.Outcome = .none) async throws(HostError) -> Response {
        let logins = try await host.people.logins(of: person.account.identifier, seenFrom: person.login)
        return pages.account(logins, outcome, person)
    }

    /// On our own pages pictures come from our own host.
    func ownPicture(_ name: String, _ person: Person) async throws(HostError) -> Response {
        guard name == person.account.picture, let picture = try await host.people.picture(name) else {
            throw ShellService.notFound
        }
        var fields = HeaderPolicy.shell(frame: nil)
        fields.add("Content-Type", picture.format == .png ? "image/png" : "image/jpeg")
        fields.add("Cache-Control", "private, max-age=86400")
        return Response(200, fields: fields, body: .bytes(picture.bytes))
    }

    func changeAccount(_ visit: Visit, _ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        let account = person.account.identifier
        do throws(HostError) {
            switch (visit.path[1], visit.path.count) {
            case ("profile", 2): try await host.people.changeProfile(of: account, ShellService.profile(form))
            case ("no-picture", 2): try await host.people.setPicture(nil, of: account)
            case ("link", 2):
                let secret = try await host.people.issueLoginToken(for: account)
                let text = "Open this link in the other browser within an hour. It works once."
                return try await self.account(
                    person, Pages.Outcome(link: (address.loginLink(token: secret), text)))
            case ("logins", 3):
                if visit.path[2] == "others" {
                    try await host.people.endLogins(of: account, except: person.login)
                } else if let login = LoginSummary.ID(visit.path[2]) {
                    try await host.people.endLogin(login, of: account)
                }
            default: throw ShellService.notFound
            }
        } catch {
            guard error != ShellService.notFound else { throw error }
            return try await self.account(person, Pages.Outcome(problem: error))
        }
        return pages.redirect(to: "/account")
    }

    func uploadPicture(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        do throws(HostError) {
            let file = try await visit.uploadedFile(for: person)
            let bytes = try await file.readShort(maximumBytes: 64 << 10)
            try await host.people.setPicture(bytes, of: person.account.identifier)
        } catch {
            guard error != ShellService.staleForm else { throw error }
            return try await account(person, Pages.Outcome(problem: error))
        }
        return pages.redirect(to: "/account")
    }

    // MARK: Everybody

    func people(_ person: Person, _ outcome: Pages.Outcome = .none) async throws(HostError) -> Response {
        let account = person.account.identifier
        let people = try await host.people.people(for: account)
        let invitations = try await host.people.invitations(for: account)
        let hasMail = host.accounts.loginMethods.contains("email")
        return pages.people(people, invitations: invitations, hasMail: hasMail, outcome, person)
    }

    func changePeople(_ visit: Visit, _ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        let account = person.account.identifier
        do throws(HostError) {
            switch (visit.path[1], visit.path.count) {
            case ("invite", 2): return try await invite(form, person)
            case ("withdraw", 2):
                if let id = Invitation.ID(form["id"] ?? "") { try await host.people.withdraw(id, by: account) }
            case (_, 3):
                guard let other = AccountID(visit.path[1]) else { throw ShellService.notFound }
                switch visit.path[2] {
                case "role": try await host.people.setRole(try ShellService.role(form), of: other, by: account)
                case "suspend": try await host.people.setSuspended(true, other, by: account)
                case "readmit": try await host.people.setSuspended(false, other, by: account)
                default: throw ShellService.notFound
                }
            default: throw ShellService.notFound
            }
        } catch {
            guard person.isAdministrator, error != ShellService.notFound else { throw error }
            return try await people(person, Pages.Outcome(problem: error))
        }
        return pages.redirect(to: "/people")
    }

    private func invite(_ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        let recipient = form["address"].flatMap { $0.isEmpty ? nil : $0 }
        let offer = InvitationOffer(
            role: try ShellService.role(form), note: form["note"] ?? "", emailAddress: recipient)
        let secret = try await host.people.invite(offer, by: person.account.identifier, at: address)
        let text = "The invitation\(recipient == nil ? "" : ", which was sent, too"). It works once, for a week."
        return try await people(person, Pages.Outcome(link: (address.invitationLink(secret), text)))
    }

    private static func role(_ form: [String: String]) throws(HostError) -> Account.Role {
        guard let role = Account.Role(rawValue: form["role"] ?? "") else {
            throw HostError(.invalidArgument, "The form does not say which role.")
        }
        return role
    }
}
