import BarchanConformance

/// Attempts that do not fail where there are no walls, and why.
enum ControlExceptions {
    static func reason(for attempt: ProbeAttempt) -> String? {
        named.first { $0.names.contains(attempt.name) }?.reason
            ?? absent.first { attempt.name.hasPrefix($0.family) && $0.answers.contains(attempt.found) }?.reason
    }

    /// What this machine does not have nobody can reach; it depends on the machine.
    private static let absent: [(family: String, answers: Set<String>, reason: String)] = [
        ("calls.", ["ENOSYS"], "the kernel has no such call"),
        ("kernel.", ["ENOSYS"], "the kernel has no such call"),
        ("foreign.", ["ENOSYS"], "the kernel has no such interface"),
        ("sockets.family.", ["EAFNOSUPPORT", "ENODEV"], "the kernel has no such family"),
        (
            "sockets.protocol.", ["EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EAFNOSUPPORT"],
            "the kernel has no such protocol"
        ),
        ("sockets.netlink.", ["EPROTONOSUPPORT"], "the kernel has no such protocol"),
        ("devices.", ["ENOENT", "ENXIO", "ENODEV", "EPERM"], "the machine has no such device"),
        ("procfs.", ["ENOENT", "EACCES"], "the kernel has no such file, or shows it to nobody"),
    ]

    private static let named: [(reason: String, names: Set<String>)] = [
        (
            "the control hands over the same socket and the same pipe, through which it reports",
            ["descriptors.socket", "descriptors.output.truncate", "descriptors.output.seek", "descriptors.output.read"]
        ),
        ("nobody puts it into a process before it starts", ["start.alarm", "privileges.capabilities.ambient"]),
        ("root may be in no other group", ["start.groups"]),
        ("the host's may be empty, too", ["files.list /dev/shm"]),
        (
            "they are on file systems of their own everywhere",
            ["files.hard.device", "files.hard.cpuinfo", "files.hard.shared", "files.hard.renamed"]
        ),
        ("only sandboxes may have such directories", ["files.walk.besideTemporary", "files.walk.besideShared"]),
        (
            "a host may have the same limits, and may not be allowed to raise them",
            [
                "limits.core", "limits.lockedMemory", "limits.messageQueues", "limits.messageQueues.made",
                "limits.priority", "limits.realTime", "limits.raise.files", "limits.raise.lockedMemory",
                "limits.raise.messageQueues", "limits.raise.realTime", "limits.lock", "limits.lockAll",
            ]
        ),
        ("only processors with several threads a core have it", ["kernel.prctl.coreScheduling"]),
        ("only root with CAP_SYS_RESOURCE may", ["kernel.prctl.ioFlusher"]),
        ("only kernels with a security module that names processes have it", ["processes.peer.label"]),
        ("root without a packet filter has no table", ["sockets.option.packetFilterTable6"]),
        (
            "a host may have no other interface",
            [
                "sockets.conversation.interfaces", "sockets.conversation.interfaceNames",
                "sockets.conversation.duplicate",
            ]
        ),
        ("only kernels with Yama have it", ["kernel.prctl.tracer"]),
        (
            "a host may have no route and no group that may ping",
            [
                "network.route.neighbour6", "network.route.internet6", "sockets.protocol.inet.ping",
                "sockets.protocol.inet6.ping",
            ]
        ),
    ]
}
