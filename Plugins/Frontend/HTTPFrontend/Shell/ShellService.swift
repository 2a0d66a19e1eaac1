import Barchan
import HTTP1Server

/// Our own pages: login, apps, grains, and the page around a grain.
struct ShellService: Sendable {
    let host: any FrontendHost
    let site: Site
    let exceptions: OpenExceptions
    /// Attempts to log in and to use tokens.
    let attempts: AttemptLimiter
    let metrics: FrontendMetrics
    let log: HostLog
    let pages: Pages
    let offers = OfferBox()

    init(
        host: any FrontendHost, site: Site, exceptions: OpenExceptions, attempts: AttemptLimiter,
        metrics: FrontendMetrics, log: HostLog
    ) throws(HostError) {
        self.attempts = attempts
        self.metrics = metrics
        self.host = host
        self.site = site
        self.exceptions = exceptions
        self.log = log
        pages = try Pages()
    }

    func answer(_ request: Request) async -> Response {
        let visit = Visit(request, site: site)
        do throws(HostError) {
            if let objection = visit.objection { throw HostError(.permissionDenied, objection) }
            if let refusal = tooFast(visit) { return refusal }
            return try await route(visit)
        } catch {
            return failure(error, visit)
        }
    }

    private func route(_ visit: Visit) async throws(HostError) -> Response {
        let method = visit.isRead ? "GET" : visit.request.head.method
        switch (method, visit.path.first ?? "", visit.path.count) {
        case ("GET", "assets", 2): return asset(visit.path[1])
        case ("GET", "robots.txt", 1): return pages.text(200, "User-agent: *\nDisallow: /\n")
        case ("GET", "favicon.ico", 1): return pages.redirect(to: Assets.icon.path)
        case ("GET", "login", 2): return pages.login(token: visit.path[1])
        case ("POST", "login", 2): return try await logIn(visit)
        case ("POST", "login", 3) where visit.path[1] == "by": return try await beginLogin(visit)
        case ("POST", "login", 4) where visit.path[1] == "by" && visit.path[3] == "answer":
            return try await finishLogin(visit)
        case ("GET", "invite", 2), ("POST", "invite", 2): return try await invitation(visit)
        case ("GET", "shared", 2...), ("GET", "incognito", 2...):
            return try await openLink(visit, try await person(visit))
        case ("POST", "shared", 2...), ("POST", "incognito", 2...):
            return try await followLink(visit, try await person(visit))
        // Whoever came by a link is nobody in particular here, logged in or not: the session's secret says which tab it is.
        case ("POST", "sessions", 3): return try await touchSession(visit)
        default: break
        }
        guard let person = try await person(visit) else {
            if visit.wantsJSON { return pages.jsonError(403, "You are not logged in.") }
            return welcome(visit)
        }
        if method == "GET" { return try await read(visit, person) }
        guard method == "POST" else {
            return pages.error(405, "This page cannot be asked with \(method).", person: person)
        }
        return try await write(visit, person)
    }

    private func read(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        switch (visit.path.first ?? "", visit.path.count) {
        case ("", _):
            return try await grainList(GrainQuery(visit.query), discarded: visit.query["trashed"], person)
        case ("trash", 1): return try await trash(GrainQuery(visit.query, at: "/trash"), person)
        case ("trash", 2) where visit.path[1] == "empty": return try await askEmptying(person)
        case ("admin", 1...2): return try await administration(visit, person)
        case ("apps", 1): return try await appList(person, visit.query)
        case ("apps", 3) where visit.path[2] == "icon": return try await icon(visit.path[1], person)
        case ("apps", 3) where visit.path[2] == "upgrade":
            return try await askUpgrade(visit.path[1], visit.query, person)
        case ("grain", 2...):
            let grain = try await grain(visit.path[1], person)
            return try await openGrain(grain, as: .account(person.account.identifier), at: visit, person)
        case ("account", 1): return try await account(person)
        case ("account", 3) where visit.path[1] == "picture": return try await ownPicture(visit.path[2], person)
        case ("people", 1): return try await people(person)
        case ("grains", 2): return try await grainActs(visit, person)
        case ("grains", 3) where visit.path[2] == "remove": return try await askRemoval(visit.path[1], person)
        case ("grains", 3):
            let grain = try await grain(visit.path[1], person)
            switch visit.path[2] {
            case "log": return try await grainLog(grain, person)
            case "sharing": return try await sharing(grain, visit, person)
            case "version": return pages.version(grain, person)
            default: throw ShellService.notFound
            }
        default: throw ShellService.notFound
        }
    }

    private func write(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        if visit.path == ["apps", "install"] { return try await install(visit, person) }
        if visit.path == ["account", "picture"] { return try await uploadPicture(visit, person) }
        if visit.path == ["grains", "restore"] { return try await restore(visit, person) }
        let fields = try await visit.formFields(), form = Visit.last(fields)
        guard Secret(form["nonce"] ?? "") == person.nonce else { throw ShellService.staleForm }
        switch (visit.path.first ?? "", visit.path.count) {
        case ("logout", 1): return try await logOut(visit, person)
        case ("grains", 1): return try await createGrain(form, person)
        case ("account", 2...): return try await changeAccount(visit, form, person)
        case ("people", 2...): return try await changePeople(visit, form, person)
        case ("grains", 2) where visit.path[1] == "several":
            return try await changeGrains(fields.filter { $0.name == "grain" }.map(\.value), form, person)
        case ("trash", 2) where visit.path[1] == "empty": return try await emptyTrash(person)
        case ("grains", 3) where visit.path[2] == "sharing": return try await changeSharing(visit, form, person)
        case ("grains", 3): return try await changeGrain(visit, form, person)
        case ("apps", 3) where visit.path[2] == "remove": return try await removeApp(visit.path[1], person)
        case ("apps", 3) where visit.path[2] == "upgrade":
            return try await answerUpgrade(visit.path[1], form, person)
        default: throw ShellService.notFound
        }
    }

    static let notFound = HostError(.notFound, "There is no such page.")
    static let staleForm = HostError(
        .permissionDenied,
        "This form is out of date, or comes from somewhere else. Go back, load the page again and repeat.")

    private func failure(_ error: HostError, _ visit: Visit) -> Response {
        let status = ShellService.status(error)
        let trace = visit.request.trace
        if status == 500 {
            log(
                .warning, "\(visit.request.head.method) /\(visit.path.first ?? ""): \(error)",
                [KeyValue("trace", trace.description)])
        }
        var response =
            visit.wantsJSON
            ? pages.jsonError(status, error.message) : pages.error(status, error.message, trace: trace)
        if let wait = error.retryAfter { response.fields.add("Retry-After", String(wait.components.seconds)) }
        return response
    }

    /// The first parts of the paths at which somebody could guess a secret.
    private static let guarded: Set<String> = ["login", "invite", "shared", "incognito", "recover"]

    /// Who tries too many login links or tokens waits.
    private func tooFast(_ visit: Visit) -> Response? {
        guard !visit.isRead, ShellService.guarded.contains(visit.path.first ?? ""),
            let seconds = attempts.refuse(ClientAddress.key(of: visit.request))
        else { return nil }
        metrics.limited.increment()
        let message = "There were too many attempts from where you are. Try again in \(seconds) seconds."
        var response = visit.wantsJSON ? pages.jsonError(429, message) : pages.error(429, message)
        response.fields.add("Retry-After", String(seconds))
        return response
    }

    /// What has a place in memory is longer than that.
    static let tooLong = HostError(.invalidArgument, "What was sent is longer than it may be; nothing was changed.")

    static func status(_ error: HostError) -> Int {
        // RFC 9110, section 15.5.14.
        if error == tooLong { return 413 }
        // RFC 9110, section 15.6.4: it is no lack of room, and over in a moment.
        if error.retryAfter != nil { return 503 }
        return switch error.code {
        case .invalidArgument: 400
        case .permissionDenied: 403
        case .notFound: 404
        case .gone: 410
        case .alreadyExists: 409
        case .resourceExhausted: 507
        case .unsupported: 501
        case .disconnected, .cancelled: 503
        case .timedOut: 504
        // What the host has stored is damaged; what somebody sent would be an invalid argument.
        case .corrupt, .failed: 500
        @unknown default: 500
        }
    }
}
