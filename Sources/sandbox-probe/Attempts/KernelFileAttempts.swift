import CLinux
import Glibc

/// procfs and sysfs, file by file. Nothing is written.
enum KernelFileAttempts {
    static let all =
        read.map { path in refused("read \(path)", .noKernelFileSystems) { _ in tryOpen(path) } }
        + written.map { path in refused("write \(path)", .noKernelFileSystems) { _ in tryOpen(path, O_WRONLY) } }
        + others + [
            fact("list /proc", .noKernelFileSystems, is: "cpuinfo") { _ in FileFacts.list("/proc") },
            works("cpuinfo", .ordinaryNeeds) { _ in tryOpen("/proc/cpuinfo") },
        ]

    private static let read = [
        "/proc/self", "/proc/self/status", "/proc/self/maps", "/proc/self/mem", "/proc/self/fd", "/proc/self/exe",
        "/proc/self/environ", "/proc/self/root", "/proc/self/cwd", "/proc/self/mountinfo", "/proc/self/cgroup",
        "/proc/self/ns/user", "/proc/self/ns/mnt", "/proc/self/ns/net", "/proc/self/task", "/proc/thread-self",
        "/proc/1/root", "/proc/1/environ", "/proc/mounts", "/proc/meminfo", "/proc/version", "/proc/cmdline",
        "/proc/kallsyms", "/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/modules", "/proc/config.gz",
        "/proc/net/tcp", "/proc/net/unix", "/proc/sysvipc/shm", "/proc/timer_list", "/proc/interrupts",
        "/proc/bus", "/proc/irq", "/proc/fs", "/proc/sys/kernel/random/boot_id", "/proc/pressure/memory",
        "/sys", "/sys/kernel", "/sys/fs/cgroup", "/sys/class/net", "/sys/devices", "/sys/firmware", "/sys/module",
        "/sys/kernel/debug", "/sys/kernel/tracing", "/sys/kernel/security", "/sys/block", "/sys/bus",
    ]

    private static let written = [
        "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory",
        "/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/self/uid_map", "/proc/self/attr/exec",
        "/proc/self/timerslack_ns", "/sys/kernel/mm/ksm/run", "/sys/power/state", "/sys/kernel/uevent_helper",
    ]

    private static let others = [
        refused("outside.memory", .privateProcesses) { tryOpen("/proc/\($0["process"])/mem") },
        refused("outside.environment", .privateProcesses) { tryOpen("/proc/\($0["process"])/environ") },
        refused("outside.root", .privateProcesses) { tryOpen("/proc/\($0["process"])/root") },
        refused("outside.descriptors", .privateProcesses) { tryOpen("/proc/\($0["process"])/fd") },
        refused("ownProgram", .noKernelFileSystems) { _ in
            let path = buffer(256)
            return kernel(SYS_readlink, address("/proc/self/exe"), path, 256)
        },
    ]
}
