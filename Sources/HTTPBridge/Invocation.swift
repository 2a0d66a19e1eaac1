/// `<port> -- <program> [argument ...]`
struct Invocation {
    static let usage = "usage: barchan-http-bridge [--config <file>] <port> -- <program> [argument ...]"

    let port: UInt16
    let command: [String]
    /// Where the package's file is, outside of a sandbox.
    var configurationPath = BridgeConfiguration.path

    init?(_ arguments: [String]) {
        var arguments = arguments[...]
        if arguments.first == "--config", arguments.count > 1 {
            configurationPath = arguments[arguments.startIndex + 1]
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
