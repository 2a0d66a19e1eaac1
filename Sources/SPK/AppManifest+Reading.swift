import Barchan
import CapnProto
import GrainSchemas

extension AppManifest {
    /// The only version of the interface between host and apps that exists (specification, section 1.3).
    static let apiVersion: UInt32 = 0

    /// Reads `/sandstorm-manifest`.
    /// - Throws: ``HostError`` `.invalidArgument` when it cannot be read or needs another version of the interface.
    public init(manifestFile bytes: [UInt8], limits: PackageLimits = PackageLimits()) throws(HostError) {
        guard bytes.count <= limits.manifestBytes else {
            throw HostError(
                .invalidArgument,
                "read the manifest: it is larger than the \(limits.manifestBytes) bytes allowed here")
        }
        do {
            // Icons and screenshots are inside; every object may be looked at twice.
            let readerLimits = ReaderLimits(traversalWords: 2 * bytes.count / 8 + 1024)
            let message = try MessageReader(bytes, framing: .stream, limits: readerLimits)
            let manifest = try message.root(Wire.Manifest.self)
            guard manifest.minApiVersion <= Self.apiVersion else { throw Refusal(needed: manifest.minApiVersion) }
            self = try Self.read(manifest)
        } catch let refusal as Refusal {
            throw HostError(
                .unsupported,
                "read the manifest: the app needs version \(refusal.needed) of the interface; this host has \(Self.apiVersion)"
            )
        } catch {
            throw HostError(.invalidArgument, "read the manifest: \(error)")
        }
    }

    private struct Refusal: Error { var needed: UInt32 }

    private static func read(_ manifest: Wire.Manifest.Reader) throws(MessageError) -> AppManifest {
        let given = try manifest.appTitle.defaultText
        let title = given.isEmpty ? "Untitled app" : given
        var result = AppManifest(
            title: title, version: manifest.appVersion,
            marketingVersion: try manifest.appMarketingVersion.defaultText,
            actions: try actions(manifest, appTitle: title),
            continueCommand: try Command(reading: manifest.continueCommand))
        try result.read(manifest.metadata)
        if !given.isEmpty { try result.translate(.title, manifest.appTitle) }
        try result.translate(.marketingVersion, manifest.appMarketingVersion)
        try result.translateActions(manifest)
        return result
    }

    /// Actions that start from nothing; others never worked anywhere.
    private static func actions(
        _ manifest: Wire.Manifest.Reader, appTitle: String
    ) throws(MessageError) -> [AppAction] {
        var actions: [AppAction] = []
        for action in try manifest.actions where isOffered(action) {
            let noun = try action.nounPhrase.defaultText
            let title = try action.title.defaultText
            let fallback = "New \(noun.isEmpty ? appTitle : noun)"
            actions.append(
                AppAction(
                    title: title.isEmpty ? fallback : title, nounPhrase: noun,
                    description: try action.description.defaultText, command: try Command(reading: action.command)))
        }
        return actions
    }

    private static func isOffered(_ action: Wire.Manifest.Action.Reader) -> Bool {
        action.input.which == Wire.Manifest.Action.Input.Which.none
    }

    private mutating func translateActions(_ manifest: Wire.Manifest.Reader) throws(MessageError) {
        for (index, action) in try manifest.actions.filter(Self.isOffered).enumerated() {
            try translate(.actionTitle(index), action.title)
            try translate(.nounPhrase(index), action.nounPhrase)
            try translate(.actionDescription(index), action.description)
        }
    }

    private mutating func translate(_ text: Text, _ given: Wire.LocalizedText.Reader) throws(MessageError) {
        var versions: [Translation] = []
        for version in try given.localizations {
            versions.append(Translation(language: try version.locale, text: try version.text))
        }
        if !versions.isEmpty { translations[text] = versions }
    }

    private mutating func read(_ metadata: Wire.Metadata.Reader) throws(MessageError) {
        website = try Self.link(metadata.website)
        sourceCode = try Self.link(metadata.codeUrl)
        author = try Self.present(metadata.author.upstreamAuthor)
        shortDescription = try Self.present(metadata.shortDescription.defaultText)
        changeLog = try Self.present(metadata.changeLog.defaultText)
        try translate(.shortDescription, metadata.shortDescription)
        try translate(.changeLog, metadata.changeLog)
        icon = try AppIcon(reading: metadata.icons.appGrid)
        if icon == nil { icon = try AppIcon(reading: metadata.icons.grain) }
    }

    private static func present(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// Only what a browser may follow: a `javascript:` link in a manifest must not reach a page.
    public static func isLink(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return lowered.hasPrefix("https://") || lowered.hasPrefix("http://")
    }

    private static func link(_ text: String) -> String? { isLink(text) ? text : nil }
}

extension Command {
    /// In old manifests the program stands beside its arguments.
    init(reading command: Wire.Manifest.Command.Reader) throws(MessageError) {
        let program = try command.deprecatedExecutablePath
        var arguments: [String] = program.isEmpty ? [] : [program]
        for argument in try command.structure.pointer(1).pointers() { arguments.append(try argument.text()) }
        var environment: [String] = []
        for variable in try command.environ { environment.append("\(try variable.key)=\(try variable.value)") }
        self.init(arguments: arguments, environment: environment)
    }
}

extension AppIcon {
    init?(reading icon: Wire.Metadata.Icon.Reader) throws(MessageError) {
        switch icon.which {
        case .svg:
            let text = try icon.structure.pointer(0).textBytes()
            guard !text.isEmpty else { return nil }
            self.init(format: .svg, bytes: text.array)
        case .png:
            let large = try icon.structure.pointer(1).data()
            let bytes = large.isEmpty ? try icon.structure.pointer(0).data() : large
            guard !bytes.isEmpty else { return nil }
            self.init(format: .png, bytes: bytes.array)
        default: return nil
        }
    }
}
