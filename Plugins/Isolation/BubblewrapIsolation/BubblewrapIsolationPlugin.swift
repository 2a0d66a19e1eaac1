import Barchan

extension Plugin {
    /// Sandboxes that bubblewrap makes, with our filter and Landlock inside.
    public static let bubblewrap = Plugin(
        identifier: "bubblewrap", summary: "bubblewrap's namespaces and mounts, a system call allow list and Landlock",
        settings: BubblewrapIsolation.settings,
        factory: .isolation { (settings, context) throws(HostError) in
            try await BubblewrapIsolation.make(settings, context)
        })
}
