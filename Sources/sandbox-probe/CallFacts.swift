import CLinux
import Glibc

/// What the kernel answers to calls that no grain has a use for, by number on x86-64.
enum CallFacts {
    static func report() {
        for (name, number) in shut { say("call \(name)", outcome(call(number))) }
        let namespaces: [(String, UInt)] = [
            ("user", CLINUX_CLONE_NEWUSER), ("mount", CLINUX_CLONE_NEWNS), ("network", CLINUX_CLONE_NEWNET),
            ("process", CLINUX_CLONE_NEWPID), ("ipc", CLINUX_CLONE_NEWIPC), ("uts", CLINUX_CLONE_NEWUTS),
            ("cgroup", CLINUX_CLONE_NEWCGROUP),
        ]
        for (name, flag) in namespaces {
            say("clone \(name)", clone(flag))
            say("unshare \(name)", outcome(clinux_unshare(flag)))
        }
        for option in [22 /* seccomp */, 28 /* secure bits */, 35 /* memory map */, 31 /* timing */] {
            say("prctl \(option)", outcome(clinux_prctl(CInt(option), 0, 0, 0, 0)))
        }
        for request in [0x5412 /* TIOCSTI */, 0x5401 /* TCGETS */, 0x1269 /* BLKROGET */, 0x4020_ae46 /* KVM */] {
            say("ioctl \(String(request, radix: 16))", outcome(clinux_syscall(16, 0, request, 0, 0, 0, 0)))
        }
        say("abi.x32", outcome(clinux_syscall(0x4000_0000 + 39, 0, 0, 0, 0, 0, 0)))
    }

    private static func call(_ number: Int) -> Int { clinux_syscall(number, -1, -1, -1, -1, -1, -1) }

    private static func clone(_ flag: UInt) -> String {
        let child = clinux_clone(flag | UInt(SIGCHLD))
        if child == 0 { _exit(0) }
        if child > 0 { waitpid(pid_t(child), nil, 0) }
        return outcome(child)
    }

    /// Calls that are either gone or refused.
    static let shut: [(String, Int)] = [
        ("ptrace", 101), ("syslog", 103), ("uselib", 134), ("ustat", 136), ("sysfs", 139), ("modify_ldt", 154),
        ("pivot_root", 155), ("adjtimex", 159), ("chroot", 161), ("acct", 163), ("settimeofday", 164), ("mount", 165),
        ("umount2", 166), ("swapon", 167), ("swapoff", 168), ("reboot", 169), ("sethostname", 170),
        ("setdomainname", 171), ("iopl", 172), ("ioperm", 173), ("init_module", 175), ("delete_module", 176),
        ("quotactl", 179), ("io_setup", 206), ("io_submit", 209), ("lookup_dcookie", 212), ("remap_file_pages", 216),
        ("clock_settime", 227), ("mbind", 237), ("set_mempolicy", 238), ("mq_notify.kexec_load", 246),
        ("add_key", 248), ("request_key", 249), ("keyctl", 250), ("migrate_pages", 256), ("unshare", 272),
        ("vmsplice", 278), ("move_pages", 279), ("perf_event_open", 298), ("fanotify_init", 300),
        ("name_to_handle_at", 303), ("open_by_handle_at", 304), ("setns", 308), ("process_vm_readv", 310),
        ("process_vm_writev", 311), ("kcmp", 312), ("finit_module", 313), ("seccomp", 317), ("kexec_file_load", 320),
        ("bpf", 321), ("userfaultfd", 323), ("io_uring_setup", 425), ("io_uring_enter", 426),
        ("io_uring_register", 427), ("open_tree", 428), ("move_mount", 429), ("fsopen", 430), ("fsconfig", 431),
        ("fsmount", 432), ("fspick", 433), ("clone3", 435), ("pidfd_getfd", 438), ("process_madvise", 440),
        ("mount_setattr", 442), ("quotactl_fd", 443), ("landlock_create_ruleset", 444), ("memfd_secret", 447),
        ("process_mrelease", 448), ("set_mempolicy_home_node", 450), ("map_shadow_stack", 453), ("statmount", 457),
        ("listmount", 458),
        ("lsm_set_self_attr", 460), ("setxattrat", 463), ("getxattrat", 464), ("listxattrat", 465),
        ("removexattrat", 466), ("open_tree_attr", 467), ("file_getattr", 468), ("file_setattr", 469),
        ("io_destroy", 207), ("io_getevents", 208), ("io_cancel", 210), ("io_pgetevents", 333),
        ("fanotify_mark", 301), ("landlock_add_rule", 445), ("landlock_restrict_self", 446), ("ioprio_set", 251),
        ("_sysctl", 156), ("create_module", 174), ("query_module", 178), ("nfsservctl", 180),
    ]
}
