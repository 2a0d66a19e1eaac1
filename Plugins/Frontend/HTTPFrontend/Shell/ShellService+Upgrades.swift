import Barchan

/// New versions of apps: the question, and the answers to it.
extension ShellService {
    /// The question about an app, or nil when there is none.
    func upgrade(of app: String, _ person: Person) async throws(HostError) -> AppUpgrade? {
        try await upgrades(for: person).first { $0.current.app.text == app }
    }

    /// Every question, in the person's language.
    func upgrades(for person: Person) async throws(HostError) -> [AppUpgrade] {
        localized(try await host.upgrades.upgrades(for: person.account.identifier), for: person)
    }

    /// - Parameter grains: The person's own list.
    func upgrades(for person: Person, among grains: [GrainSummary]) async throws(HostError) -> [AppUpgrade] {
        localized(try await host.upgrades.upgrades(for: person.account.identifier, among: grains), for: person)
    }

    private func localized(_ upgrades: [AppUpgrade], for person: Person) -> [AppUpgrade] {
        upgrades.map { upgrade in
            var upgrade = upgrade
            upgrade.current = upgrade.current.localized(for: person.languages)
            upgrade.offered = upgrade.offered.localized(for: person.languages)
            return upgrade
        }
    }

    /// - Parameter query: After an installation the number of the version that came, `kept`, or of the one that went, `dropped`.
    func askUpgrade(
        _ app: String, _ query: [String: String], _ person: Person
    ) async throws(HostError) -> Response {
        guard let upgrade = try await upgrade(of: app, person) else { return pages.redirect(to: "/apps") }
        func number(_ name: String) -> UInt32? { query[name].flatMap { UInt32($0) } }
        let notice =
            number("kept").map(Pages.keptNotice) ?? number("dropped").map(Pages.droppedNotice)
        return pages.upgrade(upgrade, notice: notice, problem: nil, person)
    }

    func answerUpgrade(_ text: String, _ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        guard let app = AppID(text) else { throw HostError(.notFound, "There is no such app.") }
        if form["answer"] == "decline" {
            try await host.upgrades.decline(app, by: person.account.identifier)
            return pages.redirect(to: "/apps")
        }
        guard let package = PackageID(form["package"] ?? ""), let upgrade = try await upgrade(of: text, person),
            upgrade.offered.identifier == package
        else {
            throw HostError(.notFound, "This version is not offered any more. Load the page of apps again.")
        }
        do throws(HostError) {
            let moved = try await host.upgrades.accept(
                package, force: form["force"] == "1", by: person.account.identifier)
            return pages.redirect(to: "/apps?upgraded=\(package)&moved=\(moved)")
        } catch {
            return pages.upgrade(upgrade, problem: error.message, status: ShellService.status(error), person)
        }
    }

    func moveGrain(
        _ grain: GrainID, _ form: [String: String], _ person: Person
    ) async throws(HostError) -> Response {
        guard let package = PackageID(form["package"] ?? "") else {
            throw HostError(.invalidArgument, "The form does not say which version to move the grain to.")
        }
        try await host.upgrades.move(grain, to: package, force: form["force"] == "1", by: person.account.identifier)
        return pages.redirect(to: "/grains/\(grain)/version")
    }
}
