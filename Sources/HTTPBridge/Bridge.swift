import CCapnpRPC
import Glibc

/// The descriptor the host gave this process.
let hostDescriptor: Int32 = 3

/// Puts the parts together and runs the loop. The app is started first: it is what takes longest.
func serve(_ invocation: Invocation, _ log: Log) throws(CallFailure) -> Int32 {
    guard fcntl(hostDescriptor, F_SETFD, FD_CLOEXEC) == 0 else {
        throw .failed("descriptor 3 is not open: this program is started by a host, not by hand")
    }
    signal(SIGPIPE, SIG_IGN)
    let process = try AppProcess(invocation.command)
    guard let loop = EventLoop() else { throw .failed("make an event loop: \(errorText(errno))") }
    let ending = Ending(loop)
    guard let exitWatch = process.whenExited(on: loop, { status in ending.end(status) }) else {
        throw .failed("watch the app's process: \(errorText(errno))")
    }
    let configuration = try BridgeConfiguration(path: invocation.configurationPath)
    let app = AppServer(port: invocation.port, on: loop)
    let readiness = AppReadiness(of: app, log: log)
    let view = MainView(
        app: app, readiness: readiness, configuration: configuration, sessions: SessionTable(), log: log)
    let host = HostConnection(hostDescriptor, offering: Capability(to: view, on: loop), on: loop) { reason in
        log.say("the host is gone: \(reason)")
        process.kill()
        ending.end(1)
    }
    readiness.start()
    app.trim.noteActivity()
    loop.run()
    withExtendedLifetime((exitWatch, host, readiness)) {}
    return ending.status
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
