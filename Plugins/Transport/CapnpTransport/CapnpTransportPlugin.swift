import Barchan

extension Plugin {
    /// Cap'n Proto RPC through libcapnp.
    public static let capnp = Plugin(
        identifier: "capnp",
        summary: "Cap'n Proto RPC over libcapnp",
        settings: CapnpTransportSettings.definitions,
        factory: .transport { (settings, context) throws(HostError) in
            try CapnpTransport(CapnpTransportSettings(settings), on: context.loops, log: context.log)
        })
}
