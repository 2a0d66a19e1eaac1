import Barchan

extension Plugin {
    /// Sandboxes made by a program of somebody else, in any language.
    public static let external = Plugin(
        identifier: "external", summary: "a program that speaks Schemas/plugin/isolation.capnp makes the sandboxes",
        settings: ExternalIsolationSettings.definitions,
        factory: .isolation { (settings, context) throws(HostError) in
            try await ExternalIsolation(ExternalIsolationSettings(settings, context), log: context.log)
        })
}
