import CLinux
import Glibc

extension NeedAttempts {
    static let events = [
        works("event.counter") { _ in
            let counter = kernel(SYS_eventfd2, 1, 0)
            return counter < 0 ? counter : kernel(SYS_read, counter, buffer(8), 8)
        },
        works("event.queue") { _ in
            let queue = kernel(SYS_epoll_create1, 0), counter = kernel(SYS_eventfd2, 1, 0)
            guard queue >= 0, counter >= 0 else { return -Int(errno) }
            // struct epoll_event is packed: events, data.
            _ = kernel(SYS_epoll_ctl, queue, 1, counter, address([1]))
            return kernel(SYS_epoll_wait, queue, buffer(64), 4, 1000) - 1
        },
        works("event.queue2") { _ in
            kernel(441 /* epoll_pwait2 */, kernel(SYS_epoll_create1, 0), buffer(64), 4, address([0, 1000]), 0, 8)
        },
        works("event.poll") { _ in
            var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            return negated(poll(&entry, 1, 0))
        },
        works("event.pollMask") { _ in kernel(SYS_ppoll, 0, 0, address([0, 1000]), 0, 8) },
        works("event.select") { _ in kernel(SYS_select, 0, 0, 0, 0, address([0, 1000])) },
        works("event.selectMask") { _ in kernel(SYS_pselect6, 0, 0, 0, 0, address([0, 1000]), 0) },
        works("event.watch") { targets in
            let watch = kernel(SYS_inotify_init1, Int(O_NONBLOCK))
            let added = kernel(SYS_inotify_add_watch, watch, address(targets.data), 0x100 /* create */)
            guard added >= 0 else { return added }
            let name = targets.scratch("watched-\(getpid())")
            close(open(name, O_CREAT | O_WRONLY, 0o600))
            unlink(name)
            return kernel(SYS_read, watch, buffer(4096), 4096)
        },
        works("event.signals") { _ in
            let set = address([1 << 9 /* SIGUSR1 */])
            _ = kernel(SYS_rt_sigprocmask, 0, set, 0, 8)
            let signals = kernel(SYS_signalfd4, -1, set, 8, Int(O_NONBLOCK))
            kill(getpid(), SIGUSR1)
            return kernel(SYS_read, signals, buffer(128), 128)
        },
        works("event.timer") { _ in
            let timer = kernel(SYS_timerfd_create, 1, 0)
            guard timer >= 0 else { return timer }
            let set = kernel(SYS_timerfd_settime, timer, 0, address([0, 0, 0, 1_000_000]), 0)
            return set < 0 ? set : kernel(SYS_read, timer, buffer(8), 8)
        },
    ]

    static let clocks = [
        works("clock.realTime") { _ in kernel(SYS_clock_gettime, 0, buffer(16)) },
        works("clock.monotonic") { _ in kernel(SYS_clock_gettime, 1, buffer(16)) },
        works("clock.processor") { _ in kernel(SYS_clock_gettime, 2, buffer(16)) },
        works("clock.thread") { _ in kernel(SYS_clock_gettime, 3, buffer(16)) },
        works("clock.raw") { _ in kernel(SYS_clock_gettime, 4, buffer(16)) },
        works("clock.coarse") { _ in kernel(SYS_clock_gettime, 6, buffer(16)) },
        works("clock.boot") { _ in kernel(SYS_clock_gettime, 7, buffer(16)) },
        works("clock.resolution") { _ in kernel(SYS_clock_getres, 1, buffer(16)) },
        works("clock.day") { _ in kernel(SYS_gettimeofday, buffer(16), 0) },
        works("clock.sleep") { _ in kernel(SYS_clock_nanosleep, 1, 0, address([0, 1000]), 0) },
        works("clock.nap") { _ in kernel(SYS_nanosleep, address([0, 1000]), 0) },
        works("timer.process") { _ in kernel(SYS_timer_create, 1, 0, buffer(8)) },
        works("timer.interval") { _ in kernel(SYS_setitimer, 0, address([0, 0, 100, 0]), 0) },
        works("timer.alarm") { _ in kernel(SYS_alarm, 100) },
        works("timer.slack") { _ in kernel(SYS_prctl, 29, 1000) },
        works("random") { _ in kernel(SYS_getrandom, buffer(256), 256, 0) - 256 },
        works("random.nonBlocking") { _ in kernel(SYS_getrandom, buffer(16), 16, 1) - 16 },
    ]

    static let identity = [
        works("identity.user") { _ in kernel(SYS_setresuid, Int(getuid()), Int(getuid()), Int(getuid())) },
        works("identity.group") { _ in kernel(SYS_setresgid, Int(getgid()), Int(getgid()), Int(getgid())) },
        works("identity.groups") { _ in kernel(SYS_getgroups, 0, 0) },
        works("identity.capabilities") { _ in kernel(SYS_capget, address([0x2008_0522]), buffer(24)) },
        works("identity.personality") { _ in kernel(SYS_personality, 0xffff_ffff) },
        works("identity.noNewPrivileges") { _ in kernel(SYS_prctl, 38, 1, 0, 0, 0) },
        works("identity.system") { _ in kernel(SYS_uname, buffer(400)) },
        works("identity.process") { _ in kernel(SYS_getpid) },
        works("identity.thread") { _ in kernel(SYS_gettid) },
    ]
}
