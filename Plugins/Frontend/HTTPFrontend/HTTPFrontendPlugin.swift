import Barchan

extension Plugin {
    /// Replaced by the module's descriptor.
    public static let http = Plugin(identifier: "http", summary: "HTTP/1.1, pages and the walls in the browser", factory: .frontend { (_, _) throws(HostError) in
        throw HostError(.unsupported, "start HTTPFrontend: not built yet")
    })
}
