import Barchan

extension Plugin {
    /// Sandboxes without namespaces, for hosts that forbid them.
    public static let landlock = Plugin(
        identifier: "landlock", summary: "no namespaces: Landlock, a changed root and a tighter system call filter",
        settings: LandlockIsolation.settings,
        factory: .isolation { (settings, context) throws(HostError) in
            try await LandlockIsolation.make(settings, context)
        })
}
