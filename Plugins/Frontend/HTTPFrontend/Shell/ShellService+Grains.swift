import Barchan

extension ShellService {
    func grain(_ text: String, _ person: Person) async throws(HostError) -> GrainSummary {
        guard let identifier = GrainID(text) else { throw HostError(.notFound, "There is no such grain.") }
        return try await host.grains.grain(identifier, for: person.account.identifier)
    }

    /// - Parameter discarded: The grains that were just thrown away, as the address has them, with commas between them.
    func grainList(_ query: GrainQuery, discarded: String?, _ person: Person) async throws(HostError) -> Response {
        let list = try await host.grains.list(for: person.account.identifier)
        let apps = try await apps(for: person)
        let upgrades = try await upgrades(for: person, among: list.grains)
        let named = Set((discarded ?? "").split(separator: ",").map(String.init))
        return pages.grains(
            list, query, apps: apps, upgrades: upgrades,
            discarded: list.discarded.filter { named.contains($0.identifier.text) }, person)
    }

    func trash(_ query: GrainQuery, _ person: Person) async throws(HostError) -> Response {
        let trash = try await host.trash.trash(for: person.account.identifier)
        return pages.trash(trash, query, apps: try await apps(for: person), person)
    }

    /// All that can be done with a grain besides opening it, as a page, or as a part that our script shows over the list.
    func grainActs(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        let grain = try await grain(visit.path[1], person)
        let hasIcon = try await apps(for: person).contains { $0.app == grain.app }
        return pages.acts(grain, hasIcon: hasIcon, list: visit.list, isPart: visit.wantsPart, person)
    }

    /// The question before a grain is removed for good, from the trash or from where it is.
    func askRemoval(_ text: String, _ person: Person) async throws(HostError) -> Response {
        let trash = try await host.trash.trash(for: person.account.identifier)
        if let grain = trash.first(where: { $0.identifier.text == text }) {
            return pages.removeGrain(grain, person)
        }
        return pages.removeGrain(try await grain(text, person), person)
    }

    func grainLog(_ grain: GrainSummary, _ person: Person) async throws(HostError) -> Response {
        let bytes = try await host.grains.log(
            of: grain.identifier, by: person.account.identifier, maximumBytes: 256 << 10)
        return pages.log(grain, text: String(decoding: bytes, as: UTF8.self), person)
    }

    func createGrain(_ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        guard let package = PackageID(form["package"] ?? ""), let action = Int(form["action"] ?? "0") else {
            throw HostError(.invalidArgument, "The form does not say which kind of grain to make.")
        }
        let title = form["title"].flatMap { $0.isEmpty ? nil : $0 }
        let grain = try await host.grains.create(
            package: package, action: action, title: title, by: person.account.identifier)
        return pages.redirect(to: "/grain/\(grain.identifier)")
    }

    func changeGrain(_ visit: Visit, _ form: [String: String], _ person: Person) async throws(HostError) -> Response {
        guard let grain = GrainID(visit.path[1]) else { throw HostError(.notFound, "There is no such grain.") }
        let account = person.account.identifier
        // A form on the grain's own page says so; everywhere else the list is where people come from.
        let list = Visit.list(in: form) ?? visit.list
        let back = form["back"] == "grain" ? "/grain/\(grain)" : list
        switch visit.path[2] {
        case "rename":
            try await host.grains.rename(grain, to: form["title"] ?? "", by: account)
            return visit.wantsJSON ? pages.json(200, "{}") : pages.redirect(to: back)
        case "stop":
            try await host.grains.stop(grain, by: account)
            return pages.redirect(to: back)
        case "backup": return try await backUp(grain, person)
        case "remove":
            try await host.grains.remove(grain, by: account)
            return pages.redirect(to: "/trash")
        case "tags":
            let tags = (form["tags"] ?? "").split(separator: ",").map(String.init)
            try await host.tags.setTags(tags, of: grain, by: account)
            return pages.redirect(to: back)
        case "trash":
            try await host.trash.discard(grain, by: account)
            return pages.redirect(to: "/?trashed=\(grain)")
        case "recover":
            try await host.trash.recover(grain, by: account)
            return pages.redirect(to: form["back"] == "trash" ? "/trash" : "/")
        case "move": return try await moveGrain(grain, form, person)
        default: throw ShellService.notFound
        }
    }

    // MARK: The page around a grain

    /// Opens a session; its host name and secret are in the page, which nobody else can read.
    /// - Parameter person: Nil for somebody anonymous: nothing of a person's is on the page then.
    func openGrain(
        _ grain: GrainSummary, as visitor: Visitor, at visit: Visit, _ person: Person?
    ) async throws(HostError) -> Response {
        // Programs that look whether a link is good open nothing.
        guard visit.request.head.method != "HEAD" else { return pages.nothing }
        let base = "/\(visit.path[0])/\(visit.path[1])"
        let session = try await host.sessions.open(
            grain.identifier, as: visitor,
            at: TabPlace(base: base, clientAddress: ClientAddress.bytes(of: visit.request)))
        let exceptions = await exceptions.opened(session.identifier, of: grain.app, in: host.sessions)
        for text in exceptions.descriptions {
            log(.info, "grain \(grain.identifier) is opened with an exception: its pages may \(text)")
        }
        let origin = site.grainOrigin(session.identifier)
        let path = PercentText.encode(ShellService.appPath(visit))
        let frame = "\(origin)\(SessionStart.path)?sessionid=\(session.secret.text)&path=\(path)"
        return pages.grain(
            grain, session: session, origin: origin, frame: frame, base: base, except: exceptions,
            person)
    }

    /// What stands behind the grain's identifier, or a link's token, in the address; `/` when a session could not start there.
    static func appPath(_ visit: Visit) -> String {
        let prefix = "/\(visit.path[0])/\(visit.path[1])"
        guard visit.request.head.target.hasPrefix(prefix) else { return "/" }
        let rest = visit.request.head.target.dropFirst(prefix.count)
        let path = rest.hasPrefix("/") ? String(rest) : "/" + rest
        let start = "\(SessionStart.path)?sessionid=&path=\(PercentText.encode(path))"
        return SessionStart(target: start) == nil ? "/" : path
    }

    /// The tab says that it is there, or that it goes. The session's secret proves that it is this tab.
    func touchSession(_ visit: Visit) async throws(HostError) -> Response {
        let form = try await visit.form()
        guard let identifier = SessionID(visit.path[1]), let session = await host.sessions.session(identifier),
            session.secret == Secret(form["secret"] ?? "")
        else { return pages.jsonError(410, "This page is not open any more.") }
        switch visit.path[2] {
        case "alive":
            try await session.keepAlive()
            return pages.state(await session.state, of: try? await host.sessions.grain(of: identifier))
        case "offer":
            let title = (try? await host.sessions.grain(of: identifier))?.titleForApp ?? ""
            return await renderOffer(session, form, title: title)
        case "close":
            await session.close()
            return Response(204, fields: HeaderPolicy.shell(frame: nil))
        default: throw ShellService.notFound
        }
    }
}
