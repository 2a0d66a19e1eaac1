import Barchan
import CapnProto
import GrainSchemas

extension AppManifest {
    /// The bytes of `/sandstorm-manifest`.
    /// - Parameter description: A longer text about the app, Markdown.
    public func manifestFile(description: String? = nil) -> [UInt8] {
        let message = MessageBuilder()
        let manifest = message.initRoot(Wire.Manifest.self)
        manifest.initAppTitle().setDefaultText(title)
        manifest.setAppVersion(version)
        manifest.initAppMarketingVersion().setDefaultText(marketingVersion)
        for (builder, action) in zip(manifest.initActions(count: actions.count), actions) {
            builder.initInput().setNone()
            builder.initTitle().setDefaultText(action.title)
            if !action.nounPhrase.isEmpty { builder.initNounPhrase().setDefaultText(action.nounPhrase) }
            if !action.description.isEmpty { builder.initDescription().setDefaultText(action.description) }
            action.command.write(into: builder.initCommand())
        }
        continueCommand.write(into: manifest.initContinueCommand())
        writeMetadata(into: manifest.initMetadata(), description: description)
        return message.streamBytes
    }

    private func writeMetadata(into metadata: Wire.Metadata.Builder, description: String?) {
        if let website { metadata.setWebsite(website) }
        if let sourceCode { metadata.setCodeUrl(sourceCode) }
        if let author { metadata.initAuthor().setUpstreamAuthor(author) }
        if let description { metadata.initDescription().setDefaultText(description) }
        if let shortDescription { metadata.initShortDescription().setDefaultText(shortDescription) }
        if let changeLog { metadata.initChangeLog().setDefaultText(changeLog) }
        guard let icon else { return }
        let builder = metadata.initIcons().initAppGrid()
        switch icon.format {
        case .svg: builder.setSvg(String(decoding: icon.bytes, as: UTF8.self))
        case .png: builder.initPng().setDpi1x(icon.bytes)
        @unknown default: builder.setUnknown()
        }
    }
}

extension Command {
    func write(into command: Wire.Manifest.Command.Builder) {
        command.setArgv(arguments)
        for (builder, variable) in zip(command.initEnviron(count: environment.count), environment) {
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            builder.setKey(String(parts[0]))
            builder.setValue(parts.count > 1 ? String(parts[1]) : "")
        }
    }
}
