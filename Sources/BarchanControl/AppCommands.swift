import Barchan
import BarchanKernel

/// What a running host answers about apps and their versions.
struct AppCommands: Sendable {
    /// A change log may be as long as a manifest; so much of it is shown.
    private static let maximumChangeLogCharacters = 16_384

    private let host: Host

    init(_ host: Host) { self.host = host }

    func answer(_ request: JSONValue) async throws(HostError) -> JSONValue {
        switch request["command"]?.text {
        case "apps": return try await apps(in: HostCommands.languages(of: request))
        case "upgrade":
            let moved = try await host.operatorUpgrade(to: try package(in: request), force: try request.flag("force"))
            return .members(["ok": .boolean(true), "moved": .array(moved.map { .string($0.text) })])
        case "decline": try await host.operatorDecline(try app(in: request))
        case "uninstall":
            let removed = try await host.operatorUninstall(try app(in: request))
            return .members(["ok": .boolean(true), "text": .string(removed.text)])
        case "move":
            try await host.operatorMove(
                try HostCommands.grain(in: request), to: try package(in: request), force: try request.flag("force"))
        case "collect":
            let removed = await host.operatorCollect().map { JSONValue.string($0.text) }
            return .members(["ok": .boolean(true), "removed": .array(removed)])
        default: throw HostError(.unsupported, "ask the host about apps: it knows no such command")
        }
        return .members(["ok": .boolean(true)])
    }

    private func package(in request: JSONValue) throws(HostError) -> PackageID {
        let text = request["package"]?.text ?? ""
        guard let package = PackageID(text) else {
            throw HostError(
                .invalidArgument, "look for package '\(text)': that is no identifier; 'barchan app list' shows them")
        }
        return package
    }

    private func app(in request: JSONValue) throws(HostError) -> AppID {
        let text = request["app"]?.text ?? ""
        guard let app = AppID(text) else {
            throw HostError(
                .invalidArgument, "look for app '\(text)': that is no identifier; 'barchan app list' shows them")
        }
        return app
    }

    private func apps(in languages: [String]) async throws(HostError) -> JSONValue {
        let (apps, grains) = try await host.operatorApps()
        return .members([
            "ok": .boolean(true),
            "apps": .array(
                apps.map { app in
                    .members([
                        "app": .string(app.app.text),
                        "title": .string(app.current.manifest.localized(for: languages).title),
                        "versions": .array(
                            app.all.map { json($0.localized(for: languages), app, grains: grains[$0.identifier] ?? 0) }),
                    ])
                }),
        ])
    }

    private func json(_ package: InstalledPackage, _ versions: AppVersions, grains: Int) -> JSONValue {
        let changeLog = package.manifest.changeLog.map {
            String($0.prefix(AppCommands.maximumChangeLogCharacters))
        }
        return .members([
            "package": .string(package.identifier.text), "number": .integer(Int64(package.manifest.version)),
            "version": .string(package.manifest.marketingVersion), "bytes": .integer(package.sizeBytes),
            "state": .string(AppCommands.state(of: package, in: versions)), "grains": .integer(Int64(grains)),
            "authorProof": .string(package.authorProof.name),
            "authorPgpKeyFingerprint": package.authorProof.fingerprint.map { .string($0) } ?? .null,
            "authorProofReason": package.authorProof.reason.map { .string($0) } ?? .null,
            "authorWarning": package.authorProof.warning(replacing: versions.current.authorProof).map { .string($0) }
                ?? .null,
            "changeLog": changeLog.map { .string($0) } ?? .null,
        ])
    }

    static func state(of package: InstalledPackage, in versions: AppVersions) -> String {
        if versions.isUninstalled { return "uninstalled" }
        return switch package.identifier {
        case versions.current.identifier: "in use"
        case versions.pending?.identifier: "waiting"
        default: "kept"
        }
    }
}
