/// The allow list. Calls in ``ArgumentRules`` are decided there and are not repeated here.
enum SyscallTable {
    static let allowed = files + metadata + polling + sockets + processes + identity + memory + signals + time + ipc

    private static let files = [
        "access", "chdir", "close", "close_range", "copy_file_range", "creat", "dup", "dup2", "dup3", "faccessat",
        "faccessat2", "fadvise64", "fchdir", "fdatasync", "flock", "fsync", "ftruncate", "getcwd",
        "getdents", "getdents64", "link", "linkat", "lseek", "mkdir", "mkdirat",
        "open", "openat", "openat2", "pipe", "pipe2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2",
        "read", "readahead", "readlink", "readlinkat", "readv", "rename", "renameat", "rmdir", "sendfile",
        "splice", "symlink", "symlinkat", "sync_file_range", "syncfs", "tee", "truncate", "umask", "unlink", "unlinkat",
        "write", "writev",
    ]

    private static let metadata = [
        "chmod", "chown", "fchmod", "fchmodat", "fchown", "fchownat", "fgetxattr", "flistxattr", "fremovexattr",
        "fsetxattr", "fstat", "fstatfs", "futimesat", "getxattr", "lchown", "lgetxattr", "listxattr", "llistxattr",
        "lremovexattr", "lsetxattr", "lstat", "newfstatat", "removexattr", "setxattr", "stat", "statfs", "statx",
        "utime", "utimensat", "utimes",
    ]

    private static let polling = [
        "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd",
        "eventfd2",
        "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "poll", "ppoll", "pselect6", "select",
        "signalfd", "signalfd4",
    ]

    private static let sockets = [
        "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "listen", "recvfrom",
        "recvmmsg", "recvmsg", "shutdown",
    ]

    private static let processes = [
        "execve", "execveat", "exit", "exit_group", "fork", "getcpu", "getpriority", "getrlimit",
        "getrusage", "pidfd_open", "pidfd_send_signal", "prlimit64", "rseq", "sched_get_priority_max",
        "sched_get_priority_min", "sched_getattr", "sched_getparam", "sched_getscheduler",
        "sched_rr_get_interval", "sched_setaffinity", "sched_setparam", "sched_setscheduler",
        "sched_yield", "set_robust_list", "set_tid_address", "setpriority", "setrlimit", "times",
        "vfork", "wait4", "waitid",
    ]

    private static let identity = [
        "capget", "capset", "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getpgrp", "getpid", "getppid",
        "getresgid", "getresuid", "getsid", "gettid", "getuid", "setfsgid", "setfsuid", "setgid", "setgroups",
        "setpgid",
        "setregid", "setresgid", "setresuid", "setreuid", "setsid", "setuid",
    ]

    private static let memory = [
        "brk", "futex", "futex_waitv", "membarrier", "mincore", "mlock", "mlock2", "mlockall",
        "mprotect", "mremap", "msync", "munlock", "munlockall", "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect",
    ]

    private static let signals = [
        "alarm", "kill", "pause", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
        "rt_sigqueueinfo",
        "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo", "sigaltstack", "tgkill", "tkill",
    ]

    private static let time = [
        "clock_getres", "clock_gettime", "clock_nanosleep", "getitimer", "gettimeofday", "nanosleep", "setitimer",
        "time",
        "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create",
        "timerfd_gettime", "timerfd_settime", "getrandom",
    ]

    private static let ipc = [
        "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink", "msgctl", "msgget",
        "msgrcv", "msgsnd", "semctl", "semget", "semop", "semtimedop", "shmat", "shmctl", "shmdt",
    ]

    /// What a sandbox calls between its filter and its program, and the program may not.
    static let preparing = [
        "chroot", "fsconfig", "fspick", "landlock_add_rule", "landlock_restrict_self", "move_mount", "open_tree",
    ]

    /// Refused the way an ordinary kernel refuses an ordinary user, because debuggers and sanitizers read the answer.
    static let refused = ["ptrace"]

    /// Allowed, or answered for the sandbox instead of the machine (``VirtualCall``).
    static let virtual = [VirtualCall.sysinfo, .uname, .affinity].map(\.rawValue)

    /// Calls newer than Debian 12's libseccomp; their numbers are the same on every architecture: fchmodat2, futex_wake,
    /// futex_wait, futex_requeue, mseal.
    static let allowedNumbers: [UInt32] = [452, 454, 455, 456, 462]
}
