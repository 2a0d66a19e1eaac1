import Barchan

extension Plugin {
    /// Replaced by the module's descriptor.
    public static let namespace = Plugin(identifier: "namespace", summary: "Linux namespaces and seccomp", factory: .isolation { (_, _) throws(HostError) in
        throw HostError(.unsupported, "start NamespaceIsolation: not built yet")
    })
}
