import CLinux
import Glibc
import SandboxProtocol

/// Which of many descriptors has something to say.
final class EventQueue {
    private let queue: CInt

    init() throws(LaunchFailure) {
        queue = try check(epoll_create1(0o2000000), .launcherSetup)
    }

    /// `token` comes back from ``wait(milliseconds:)`` while the descriptor is readable or at its end.
    func add(
        _ descriptor: CInt, _ token: UInt64, for kind: EPOLL_EVENTS = EPOLLIN
    ) throws(LaunchFailure) {
        var event = epoll_event(events: kind.rawValue, data: epoll_data_t(u64: token))
        try check(epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &event), .launcherSetup)
    }

    func remove(_ descriptor: CInt) {
        var event = epoll_event()
        _ = epoll_ctl(queue, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Empty when the time passed without an event.
    func wait(milliseconds: CInt) -> [UInt64] {
        var ready = [epoll_event](repeating: epoll_event(), count: 32)
        let count = epoll_wait(queue, &ready, CInt(ready.count), milliseconds)
        return ready.prefix(Int(max(0, count))).map(\.data.u64)
    }

    /// As ``wait(milliseconds:)``; `isOver` when nobody is at the other end any more.
    func waitForEnds(milliseconds: CInt) -> [(token: UInt64, isOver: Bool)] {
        var ready = [epoll_event](repeating: epoll_event(), count: 32)
        let count = epoll_wait(queue, &ready, CInt(ready.count), milliseconds)
        return ready.prefix(Int(max(0, count))).map { ($0.data.u64, $0.events & EPOLLHUP.rawValue != 0) }
    }

    /// Whether ``add(_:_:)``'s descriptor is looked at for nothing but its end.
    func setPaused(_ isPaused: Bool, _ descriptor: CInt, _ token: UInt64) {
        var event = epoll_event(events: isPaused ? 0 : EPOLLIN.rawValue, data: epoll_data_t(u64: token))
        _ = epoll_ctl(queue, EPOLL_CTL_MOD, descriptor, &event)
    }
}
