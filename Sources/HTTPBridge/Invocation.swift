/// `<port> -- <program> [argument ...]`, behind options that only matter outside of a sandbox.
struct Invocation {
    static let usage = """
        usage: barchan-http-bridge [--config <file>] [--api-socket <path>] [--proxy-port <port>] [--identities <folder>] \
        [--patience <seconds>] <port> -- <program> [argument ...]
        """

    let port: UInt16
    let command: [String]
    var configurationPath = BridgeConfiguration.path
    /// Empty for no socket.
    var apiPath = LocalAPI.path
    /// 0 for no proxy.
    var proxyPort = OutboundProxy.port
    var identityFolder = "/var/.sandstorm-http-bridge/identities"
    /// How long requests may wait for the app to open its port.
    var patienceSeconds = AppReadiness.patienceSeconds

    init?(_ arguments: [String]) {
        var arguments = arguments[...]
        while let option = arguments.first, option.hasPrefix("--"), option != "--" {
            guard arguments.count > 1 else { return nil }
            let value = arguments[arguments.startIndex + 1]
            switch option {
            case "--config": configurationPath = value
            case "--api-socket": apiPath = value
            case "--identities": identityFolder = value
            case "--proxy-port":
                guard let port = UInt16(value) else { return nil }
                proxyPort = port
            case "--patience":
                guard let seconds = UInt32(value) else { return nil }
                patienceSeconds = seconds
            default: return nil
            }
            arguments = arguments.dropFirst(2)
        }
        guard arguments.count >= 3, let text = arguments.popFirst(), let port = UInt16(text), port > 0,
            arguments.popFirst() == "--"
        else { return nil }
        self.port = port
        command = Array(arguments)
    }
}

/// Runs the app and speaks for it until either it or the host is gone.
/// - Returns: The exit status.
public func runBridge(_ arguments: [String]) -> Int32 {
    let log = Log()
    guard let invocation = Invocation(arguments) else {
        log.say(Invocation.usage)
        return 64
    }
    do {
        return try serve(invocation, log)
    } catch {
        log.say(error.text)
        return 1
    }
}
