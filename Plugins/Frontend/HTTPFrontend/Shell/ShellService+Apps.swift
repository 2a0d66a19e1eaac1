import Barchan

extension ShellService {
    func appList(_ person: Person, _ query: [String: String]) async throws(HostError) -> Response {
        let apps = try await apps(for: person)
        var notice: (text: String, app: AppID)?
        if let app = apps.first(where: { $0.identifier.text == query["installed"] }) {
            notice = (Pages.installedNotice(app), app.app)
        } else if let app = apps.first(where: { $0.identifier.text == query["upgraded"] }) {
            notice = (Pages.upgradedNotice(app, moved: Int(query["moved"] ?? "") ?? 0), app.app)
        }
        let upgrades = try await upgrades(for: person)
        return pages.apps(
            apps, uninstalled: try await uninstalled(for: person), upgrades: upgrades, notice: notice, problem: nil,
            person)
    }

    /// For administrators, in their language.
    private func uninstalled(for person: Person) async throws(HostError) -> [UninstalledApp] {
        guard person.isAdministrator else { return [] }
        return try await host.apps.uninstalled(for: person.account.identifier).map { app in
            UninstalledApp(package: app.package.localized(for: person.languages), grains: app.grains)
        }
    }

    /// Apps in the person's language.
    func apps(for person: Person) async throws(HostError) -> [InstalledPackage] {
        try await host.apps.apps(for: person.account.identifier).map { $0.localized(for: person.languages) }
    }

    func removeApp(_ text: String, _ person: Person) async throws(HostError) -> Response {
        guard let app = AppID(text) else { throw HostError(.notFound, "There is no such app.") }
        do throws(HostError) {
            try await host.apps.uninstall(app, by: person.account.identifier)
        } catch {
            return try await appProblem(error, person)
        }
        return pages.redirect(to: "/apps")
    }

    private func appProblem(_ error: HostError, _ person: Person) async throws(HostError) -> Response {
        let apps = try await apps(for: person)
        return pages.apps(
            apps, uninstalled: try await uninstalled(for: person), upgrades: [], notice: nil, problem: error.message,
            status: ShellService.status(error), person)
    }

    func icon(_ text: String, _ person: Person) async throws(HostError) -> Response {
        let apps = try await apps(for: person)
        guard let app = apps.first(where: { $0.app.text == text }) else { throw ShellService.notFound }
        return AppPicture.response(app)
    }

    // MARK: Installing

    /// A package arrives as the body itself, from our script, or as a part of a form; either way it flows through.
    func install(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        guard person.isAdministrator else {
            throw HostError(.permissionDenied, "Only administrators may install apps, because everybody sees them.")
        }
        do throws(HostError) {
            let file = try await uploadedFile(visit, person)
            let before = try await upgrades(for: person)
            let package = try await host.apps.install(file, by: person.account.identifier) { _ in }
            let next = try await pageAfterInstalling(
                package, asked: before.first { $0.offered.app == package.app }, person)
            return visit.wantsJSON ? pages.installed(package, next: next) : pages.redirect(to: next)
        } catch {
            if visit.wantsJSON { return pages.jsonError(ShellService.status(error), error.message) }
            return try await appProblem(error, person)
        }
    }

    /// - Parameter before: What the person was asked about the app until now.
    private func pageAfterInstalling(
        _ package: InstalledPackage, asked before: AppUpgrade?, _ person: Person
    ) async throws(HostError) -> String {
        let question = "/apps/\(package.app)/upgrade"
        guard let now = try await upgrade(of: package.app.text, person), now.changesApp,
            now.current.identifier != package.identifier
        else { return "/apps?installed=\(package.identifier)" }
        // What waits is newer.
        guard now.offered.identifier == package.identifier else {
            return "\(question)?kept=\(package.manifest.version)"
        }
        guard let before, before.changesApp, before.offered.identifier != package.identifier else { return question }
        return "\(question)?dropped=\(before.offered.manifest.version)"
    }

    /// The file of a form, or the body itself when it comes from our script; with the form's nonce either way.
    func uploadedFile(_ visit: Visit, _ person: Person) async throws(HostError) -> any ByteReader {
        let type = visit.request.head.value(of: "content-type") ?? ""
        if type.lowercased().hasPrefix("multipart/form-data") { return try await visit.uploadedFile(for: person) }
        guard Secret(visit.request.head.value(of: "x-barchan-nonce") ?? "") == person.nonce else {
            throw ShellService.staleForm
        }
        return visit.body
    }
}

extension Visit {
    /// The body as a stream.
    var body: any ByteReader {
        switch request.body {
        case .stream(let reader, _): reader
        case .bytes(let bytes): BufferedBytes(bytes)
        default: BufferedBytes([])
        }
    }

    /// The file of a form that begins with our nonce.
    func uploadedFile(for person: Person) async throws(HostError) -> any ByteReader {
        let form = try MultipartForm(body, contentType: request.head.value(of: "content-type") ?? "")
        while let part = try await form.nextPart() {
            if part.fileName != nil { throw ShellService.staleForm }
            guard part.name == "nonce" else { continue }
            let text = try await part.body.readShort(maximumBytes: 1024)
            guard Secret(String(decoding: text, as: UTF8.self)) == person.nonce else { throw ShellService.staleForm }
            return try await Visit.fileOf(form)
        }
        throw ShellService.staleForm
    }

    private static func fileOf(_ form: MultipartForm) async throws(HostError) -> any ByteReader {
        while let part = try await form.nextPart() {
            if part.name == "file", part.fileName?.isEmpty == false { return part.body }
        }
        throw HostError(.invalidArgument, "No file was chosen. Choose one and send the form again.")
    }
}
