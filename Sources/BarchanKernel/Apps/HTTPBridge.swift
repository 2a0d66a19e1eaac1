import Barchan

extension Command {
    /// Whether it starts the bridge that packers add, which speaks HTTP with the app (specification, sections 2.4 and 7).
    public var startsHTTPBridge: Bool {
        ["/sandstorm-http-bridge", "sandstorm-http-bridge", "./sandstorm-http-bridge"].contains(arguments.first)
    }
}

extension Set<Guarantee> {
    /// Whether sandboxes have not even a network of their own.
    var lacksLoopback: Bool { contains(.unixSocketsOnly) }
}

extension IsolationProvider {
    /// Refuses what could never answer: the bridge reaches its app over a loopback.
    /// - Throws: ``HostError`` `.failed` when `command` starts the bridge, and sandboxes of the package's app have no loopback.
    func requireLoopback(
        for command: Command, of package: InstalledPackage, to attempt: String
    ) throws(HostError) {
        guard command.startsHTTPBridge, guarantees(for: package.app).lacksLoopback else { return }
        throw HostError(
            .failed,
            "\(attempt): app '\(package.manifest.title)' runs behind the HTTP bridge, which needs a loopback, and its isolation"
                + " back end on this host gives it none. Whoever runs the host can give the app another one:"
                + " isolation = NAME in [apps.\(package.app)]")
    }
}
