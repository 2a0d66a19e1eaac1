import Barchan

/// One act on several grains, and on the whole trash.
extension ShellService {
    /// - Parameter texts: The identifiers of the grains that were chosen.
    func changeGrains(
        _ texts: [String], _ form: [String: String], _ person: Person
    ) async throws(HostError) -> Response {
        let grains = texts.compactMap { GrainID($0) }
        guard !grains.isEmpty else {
            throw HostError(.invalidArgument, "Nothing is chosen. Go back, choose some grains, and try again.")
        }
        let account = person.account.identifier, tag = form["tag"] ?? ""
        switch form["act"] {
        case "tag", "untag":
            guard !tag.allSatisfy(\.isWhitespace) else {
                throw HostError(.invalidArgument, "The tag is missing. Go back and write one.")
            }
            try await each(grains) { (grain) throws(HostError) in
                try await change(tag, of: grain, isAdded: form["act"] == "tag", by: account)
            }
            return pages.redirect(to: Visit.list(in: form) ?? "/")
        case "trash":
            try await each(grains) { (grain) throws(HostError) in try await host.trash.discard(grain, by: account) }
            return pages.redirect(to: "/?trashed=\(grains.map(\.text).joined(separator: ","))")
        case "recover":
            try await each(grains) { (grain) throws(HostError) in try await host.trash.recover(grain, by: account) }
            return pages.redirect(to: form["back"] == "trash" ? "/trash" : "/")
        case "ask":
            let chosen = Set(grains), trash = try await host.trash.trash(for: account)
            return pages.removeGrains(trash.filter { chosen.contains($0.identifier) }, person)
        case "remove":
            try await each(grains) { (grain) throws(HostError) in try await host.grains.remove(grain, by: account) }
            return pages.redirect(to: "/trash")
        default: throw ShellService.notFound
        }
    }

    private func change(
        _ tag: String, of grain: GrainID, isAdded: Bool, by account: AccountID
    ) async throws(HostError) {
        let name = tag.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        var tags = try await host.grains.grain(grain, for: account).tags
        if isAdded { tags.append(tag) } else { tags.removeAll { $0.lowercased() == name } }
        try await host.tags.setTags(tags, of: grain, by: account)
    }

    /// Does the same with each; one that does not go does not keep the others from it.
    private func each(
        _ grains: [GrainID], _ body: (GrainID) async throws(HostError) -> Void
    ) async throws(HostError) {
        var failures: [HostError] = []
        for grain in grains {
            do throws(HostError) { try await body(grain) } catch { failures.append(error) }
        }
        guard let first = failures.first else { return }
        throw HostError(
            first.code, "\(failures.count) of \(grains.count) could not be changed, the others are: \(first.message)")
    }

    // MARK: The whole trash

    func askEmptying(_ person: Person) async throws(HostError) -> Response {
        pages.emptyTrash(try await host.trash.trash(for: person.account.identifier), person)
    }

    func emptyTrash(_ person: Person) async throws(HostError) -> Response {
        try await host.trash.empty(by: person.account.identifier)
        return pages.redirect(to: "/trash")
    }
}
