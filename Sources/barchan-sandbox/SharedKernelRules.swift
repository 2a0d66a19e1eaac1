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
}
