import Barchan

extension Plugin {
    /// Sandboxes that an OCI runtime makes, with our filter and Landlock inside.
    public static let oci = Plugin(
        identifier: "oci", summary: "containers by crun or runc, a system call allow list and Landlock",
        settings: OCIIsolation.settings,
        factory: .isolation { (settings, context) throws(HostError) in
            try await OCIIsolation.make(settings, context)
        })
}
