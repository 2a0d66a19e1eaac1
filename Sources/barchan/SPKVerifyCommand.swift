import ArgumentParser
import Barchan
import BarchanControl
import Glibc
import OpenPGP
import SPK

struct SPKVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks a package's signature and manifest, and prints its app's id.",
        discussion:
            "Names of files are checked when they are unpacked; what would be refused then is said as a warning. Texts are in "
            + "the language of the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) where the package has it.")

    @Argument(help: ArgumentHelp("The package; - for standard input.", valueName: "file")) var file: String
    @Flag(help: "Prints what the package says of itself, as JSON.") var details = false
    @Flag(help: "Prints JSON.") var json = false

    func run() throws {
        let package = try VerifiedPackage(path: file, scratch: scratchDirectory())
        let everyLanguage = try package.manifest()
        let manifest = everyLanguage.localized(for: preferredLanguages())
        do {
            try package.archive.check().checkMountPoints()
            let programs = PackagePrograms(of: package.archive)
            for warning in try everyLanguage.warnings(about: programs) { printWarning(warning) }
            try everyLanguage.checkInstallable()
            _ = try package.app.current(forPackage: package.identifier)
        } catch {
            printWarning("nobody can install this: \(error)")
        }
        guard details || json else { return printLine(package.app.text) }
        let author: AuthorProof =
            try details
            ? AuthorVerifier().verify(
                manifestFile: package.manifestFile(), app: package.app, scratch: scratchDirectory()) : .absent
        if case .wrong(let why) = author { printWarning("the author's proof does not hold: \(why)") }
        if case .unverified(let why) = author { printWarning("the author's proof is unverified: \(why)") }
        var metadata: JSONValue?
        if details {
            let report = try MetadataReport(manifestFile: package.manifestFile())
            for warning in try report.warnings() { printWarning(warning) }
            metadata = try report.json(manifest)
        }
        printLine(Self.json(package, manifest, author, metadata).indented())
    }

    private static func json(
        _ package: VerifiedPackage, _ manifest: AppManifest, _ author: AuthorProof, _ metadata: JSONValue?
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "appId", value: .string(package.app.text)),
            .init(name: "packageId", value: .string(package.identifier.text)),
            .init(name: "title", value: .string(manifest.title)),
            .init(name: "version", value: .integer(Int64(manifest.version))),
            .init(name: "marketingVersion", value: .string(manifest.marketingVersion)),
        ]
        guard let metadata else { return .object(members) }
        switch author {
        case .absent: break
        case .verified(let fingerprint):
            members.append(.init(name: "authorPgpKeyFingerprint", value: .string(fingerprint)))
        case .unverified: members.append(.init(name: "authorProof", value: .string("unverified")))
        case .wrong: members.append(.init(name: "authorProof", value: .string("wrong")))
        @unknown default: break
        }
        members.append(.init(name: "metadata", value: metadata))
        members.append(.init(name: "actions", value: .array(manifest.actions.map(json))))
        members.append(.init(name: "continueCommand", value: json(manifest.continueCommand)))
        return .object(members)
    }

    private static func json(_ action: AppAction) -> JSONValue {
        .members([
            "title": .string(action.title), "nounPhrase": .string(action.nounPhrase),
            "description": MetadataReport.text(action.description), "command": json(action.command),
        ])
    }

    private static func json(_ command: Command) -> JSONValue {
        .members(["argv": .strings(command.arguments), "environ": .strings(command.environment)])
    }
}

/// Where there is room for an expanded package.
func scratchDirectory() -> String { getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp" }
