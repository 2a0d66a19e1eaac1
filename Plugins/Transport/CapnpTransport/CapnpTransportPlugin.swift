import Barchan

extension Plugin {
    /// Replaced by the module's descriptor.
    public static let capnp = Plugin(identifier: "capnp", summary: "Cap'n Proto RPC over libcapnp", factory: .transport { (_, _) throws(HostError) in
        throw HostError(.unsupported, "start CapnpTransport: not built yet")
    })
}
