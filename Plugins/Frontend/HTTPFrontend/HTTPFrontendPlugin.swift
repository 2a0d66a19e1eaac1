import Barchan

extension Plugin {
    /// HTTP/1.1 for people's browsers.
    public static let http = Plugin(
        identifier: "http",
        summary: "HTTP/1.1: pages to work with, and every open grain on a host name of its own",
        settings: HTTPFrontendSettings.definitions,
        factory: .frontend { (settings, context) throws(HostError) in
            HTTPFrontend(
                settings: try HTTPFrontendSettings(settings), loops: context.loops, listeners: context.listeners,
                log: context.log)
        })
}
