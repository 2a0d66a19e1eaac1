import Barchan

extension Plugin {
    /// Sandboxes from Linux namespaces, an allow list of system calls and Landlock.
    public static let namespace = Plugin(
        identifier: "namespace", summary: "Linux namespaces, a system call allow list and Landlock",
        settings: NamespaceIsolationSettings.definitions,
        factory: .isolation { (settings, context) throws(HostError) in
            try await NamespaceIsolation.make(NamespaceIsolationSettings(settings, context), log: context.log)
        })
}
