import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// The launcher's end of the ``CallSupervisor``: starts it, gives it the listeners of new sandboxes, and ends it when it no
/// longer answers, because a caller must not wait for ever.
final class SupervisorLink {
    static let channelToken: UInt64 = 4, timerToken: UInt64 = 5
    /// A supervisor that does not answer for this long, to twice as long, is ended.
    private static let patienceSeconds: Int64 = 2

    private let configuration: LauncherConfiguration
    private let events: EventQueue
    private let timer: CInt
    private var process: pid_t = 0
    private var channel: CInt = -1
    private var isAsked = false
    /// Killed, but perhaps still in a call that nothing ends.
    private var dying: [pid_t] = []

    /// Nil where the machine does not let calls be answered; the supervisor says why.
    init?(_ configuration: LauncherConfiguration, _ events: EventQueue) {
        self.configuration = configuration
        self.events = events
        timer = clinux_timer()
        guard timer >= 0, (try? events.add(timer, SupervisorLink.timerToken)) != nil, start() else { return nil }
        guard case .message(CallSupervisor.ready, _) = receive(from: channel, maximumBytes: 64) else {
            lose()
            return nil
        }
        // A supervisor that takes nothing must not hold up the launcher.
        _ = fcntl(channel, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(timer)
        if channel >= 0 { close(channel) }
    }

    /// Hands a sandbox's listener over; the sandbox gets ENOSYS where that is not possible.
    func adopt(_ listener: CInt, _ view: SandboxView, _ group: SandboxGroup) {
        let memory = group.openMemory()
        let descriptors = [listener] + (memory < 0 ? [] : [memory])
        defer { for descriptor in descriptors { close(descriptor) } }
        var isSent = give(view, descriptors)
        if !isSent, channel >= 0, errno == EPIPE {
            // It has just died, and the event that says so is still to come.
            complain("the supervisor of calls was lost; its sandboxes get ENOSYS")
            lose()
            isSent = give(view, descriptors)
        }
        guard isSent else {
            return complain("a sandbox's calls cannot be answered: \(String(cString: strerror(errno)))")
        }
        _ = clinux_timer_set(timer, SupervisorLink.patienceSeconds)
    }

    /// To the supervisor there is, or to a new one.
    private func give(_ view: SandboxView, _ descriptors: [CInt]) -> Bool {
        guard channel >= 0 || start() else { return false }
        _ = fcntl(channel, F_SETFL, O_NONBLOCK)
        return send(view.encoded, to: channel, with: descriptors)
    }

    func handle(_ token: UInt64) {
        if token == SupervisorLink.timerToken { ask() } else { takeAnswer() }
    }

    private func start() -> Bool {
        guard let (mine, theirs) = try? barchan_sandbox.channel(.virtualCalls) else { return false }
        dying = dying.filter { waitpid($0, nil, WNOHANG) == 0 }
        let child = clinux_clone(UInt(SIGCHLD))
        if child == 0 { CallSupervisor.run(configuration, channel: theirs) }
        close(theirs)
        guard child > 0, (try? events.add(mine, SupervisorLink.channelToken)) != nil else {
            close(mine)
            return false
        }
        (process, channel, isAsked) = (pid_t(child), mine, false)
        return true
    }

    private func ask() {
        var count: UInt64 = 0
        _ = read(timer, &count, 8)
        guard channel >= 0 else { return }
        if isAsked {
            complain("the supervisor of calls does not answer; its sandboxes get ENOSYS")
            lose()
        } else {
            isAsked = true
            // Where not even a message fits, the next turn of the timer finds no answer.
            _ = send(CallSupervisor.question, to: channel)
        }
    }

    private func takeAnswer() {
        switch receive(from: channel, maximumBytes: 64, flags: CInt(MSG_DONTWAIT)) {
        case .nothing: return
        case .end:
            complain("the supervisor of calls was lost; its sandboxes get ENOSYS")
            lose()
        case .message(let bytes, let descriptors):
            for descriptor in descriptors { close(descriptor) }
            guard bytes.first == CallSupervisor.question[0] else { return }
            isAsked = false
            // Nobody to look after: nothing to ask until the next sandbox.
            if bytes.last == 0 { _ = clinux_timer_set(timer, 0) }
        }
    }

    /// Ends the supervisor; its death closes the listeners. The next sandbox gets another one.
    private func lose() {
        _ = clinux_timer_set(timer, 0)
        events.remove(channel)
        close(channel)
        channel = -1
        kill(process, SIGKILL)
        dying = (dying + [process]).filter { waitpid($0, nil, WNOHANG) == 0 }
    }
}
