import Barchan

extension Plugin {
    /// Replaced by the module's descriptor.
    public static let overlay = Plugin(identifier: "overlay", summary: "Directories, overlay mounts and SQLite", factory: .storage { (_, _) throws(HostError) in
        throw HostError(.unsupported, "start OverlayStorage: not built yet")
    })
}
