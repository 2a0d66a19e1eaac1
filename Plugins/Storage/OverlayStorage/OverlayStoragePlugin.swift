import Barchan

extension Plugin {
    /// Packages and grains in directories of a local file system, records in SQLite.
    public static let overlay = Plugin(
        identifier: "overlay", summary: "directories of a local file system, and SQLite",
        settings: OverlayStorageSettings.definitions,
        factory: .storage { settings, context throws(HostError) in
            let settings = try OverlayStorageSettings(settings, dataDirectory: context.dataDirectory)
            return try await OverlayStorage(settings, log: context.log)
        })
}
