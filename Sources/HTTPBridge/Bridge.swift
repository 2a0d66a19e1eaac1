import CCapnpRPC
import Glibc
// The vocabulary of every file here.
@_exported import GrainRPC

/// The descriptor the host gave this process.
let hostDescriptor: Int32 = 3

/// Puts the parts together and runs the loop. The app is started before the rest: it is what takes longest.
func serve(_ invocation: Invocation, _ log: Log) throws(CallFailure) -> Int32 {
    guard fcntl(hostDescriptor, F_SETFD, FD_CLOEXEC) == 0 else {
        throw .failed("descriptor 3 is not open: this program is started by a host, not by hand")
    }
    signal(SIGPIPE, SIG_IGN)
    // The app may want these as soon as it runs.
    let localSocket = listener(log) { () throws(CallFailure) in
        invocation.apiPath.isEmpty ? nil : try Listener.local(invocation.apiPath)
    }
    let proxySocket = listener(log) { () throws(CallFailure) in
        invocation.proxyPort == 0 ? nil : try Listener.loopback(invocation.proxyPort)
    }
    let process = try AppProcess(invocation.command, log)
    guard let loop = EventLoop() else { throw .failed("make an event loop: \(errorText(errno))") }
    let ending = Ending(loop)
    guard let exitWatch = process.whenExited(on: loop, { status in ending.end(status) }) else {
        throw .failed("watch the app's process: \(errorText(errno))")
    }
    let configuration = try BridgeConfiguration(path: invocation.configurationPath)
    let app = AppServer(port: invocation.port, on: loop)
    let view = MainView(
        app: app, configuration: configuration, patienceSeconds: invocation.patienceSeconds, log: log)
    let host = PeerConnection(hostDescriptor, side: bcr_client, offering: Capability(to: view, on: loop), on: loop) {
        _, reason in
        log.say("the host is gone: \(reason)")
        process.kill()
        ending.end(1)
    }
    app.uplink = host
    // Asked for at once, as hosts expect of this program.
    let api = host.bootstrap().map(HostAPI.init)
    let identities = api.map { SavedIdentities(in: invocation.identityFolder, api: $0, log: log) }
    view.identities = configuration.savesIdentities ? identities : nil
    let local = serveApp(on: localSocket, view, api, identities, loop)
    let proxy = proxySocket.map {
        OutboundProxy(
            $0, api: api, sessions: view.sessions, permissionNames: configuration.permissionNames, on: loop)
    }
    view.readiness.start()
    app.trim.noteActivity()
    loop.run()
    withExtendedLifetime((exitWatch, host, view, local, proxy)) {}
    return ending.status
}

/// A socket for the app; a grain can do without, where the place for it is missing.
private func listener(_ log: Log, _ make: () throws(CallFailure) -> Listener?) -> Listener? {
    do {
        return try make()
    } catch {
        log.say(error.text)
        return nil
    }
}

private func serveApp(
    on listener: Listener?, _ view: MainView, _ api: HostAPI?, _ identities: SavedIdentities?, _ loop: EventLoop
) -> LocalAPI? {
    guard let listener, let api, let identities else { return nil }
    let object = LocalAPIObject(api: api, sessions: view.sessions, identities: identities)
    return LocalAPI(listener, offering: Capability(to: object, on: loop), on: loop) { view.hooks?.connected($0) }
}

/// How the process ends.
final class Ending {
    private let loop: EventLoop
    private(set) var status: Int32 = 0
    private var hasEnded = false

    init(_ loop: EventLoop) { self.loop = loop }

    /// The first reason counts.
    func end(_ status: Int32) {
        guard !hasEnded else { return }
        hasEnded = true
        self.status = status
        bcr_loop_stop(loop.handle)
    }
}
