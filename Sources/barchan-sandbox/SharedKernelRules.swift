import Glibc

/// What the filter shuts in addition where grains share the host's network, IPC objects and process numbers.
enum SharedKernelRules {
    /// System V objects and message queues have names that everybody shares.
    static let absent = [
        "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink", "msgctl", "msgget",
        "msgrcv",
        "msgsnd", "semctl", "semget", "semop", "semtimedop", "shmat", "shmctl", "shmdt", "shmget",
    ]

    static let all =
        [
            CallRules(
                call: "socket",
                rules: [ArgumentRule(.allow, .is(0, in: [1]), .is(1, in: [1, 2, 3, 5], mask: ~0x80800))],
                otherwise: .error(EAFNOSUPPORT))
        ]
        // PRIO_PROCESS, 0: the caller's own.
        + ["getpriority", "setpriority"].map {
            CallRules(
                call: $0, rules: [ArgumentRule(.allow, .is(0, in: [0]), .is(1, in: [0]))], otherwise: .error(EPERM))
        }
        + [
            "prlimit64", "sched_setaffinity", "sched_setparam", "sched_setscheduler",
        ].map { CallRules(call: $0, rules: [ArgumentRule(.allow, .is(0, in: [0]))], otherwise: .error(EPERM)) }
        + ["clock_getres", "clock_gettime", "clock_nanosleep", "timer_create"].map { clocks($0) }

    /// Not the processor time of another process, which the kernel tells of everybody's. Such a clock's number is negative: above
    /// bit 2, inverted, a process or 0 for the caller; bit 2 says that a thread is meant, which the kernel tells only of the
    /// caller's own; 3 in the bits below that a device is.
    private static func clocks(_ call: String) -> CallRules {
        CallRules(
            call: call,
            rules: [
                ArgumentRule(
                    .error(EINVAL), .has(0, anyOf: 1 << 31), .is(0, in: [0], mask: 1 << 2),
                    .isNot(0, in: [3], mask: 3), .isNot(0, in: [~0 << 3], mask: ~0 << 3))
            ],
            otherwise: .allow)
    }
}
