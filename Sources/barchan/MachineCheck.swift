import BarchanKernel
import CLinux
import Glibc
import ProjectQuota

/// Looks at the kernel and the machine by trying, not by version numbers.
enum MachineCheck {
    struct Finding {
        let name: String
        /// What there is.
        let found: String
        /// Grains cannot run without it.
        let isNeeded: Bool
        /// What to do; nil when nothing is missing.
        let fix: String?
        /// What is wrong when there is something to do.
        var trouble = Trouble.absent

        /// A word for people.
        var state: String {
            switch (fix == nil, isNeeded, trouble) {
            case (true, _, _): "ok"
            case (_, true, .absent): "MISSING"
            case (_, true, _): "PROBLEM"
            case (_, false, .absent): "absent"
            case (_, false, .short): "short"
            case (_, false, .weak): "weak"
            }
        }
    }

    enum Trouble {
        case absent
        /// There is some, and not enough.
        case short
        /// It is there, and does less than it could, or does not work.
        case weak
    }

    static func all(_ configuration: HostConfiguration) -> [Finding] {
        [
            kernel(), userNamespaces(), overlay(), seccomp(), virtualCalls(), landlock(), pidfd(), memory(),
            openFiles(configuration.limits),
        ] + DataCheck.findings(configuration) + [
            volumeLimits(configuration),
            imageIntegrity(configuration.dataDirectory),
            SystemdGroup.finding(),
        ] + GroupCheck.findings(launcher: "\(configuration.programDirectory)/barchan-sandbox")
    }

    // MARK: The disk

    private static func volumeLimits(_ configuration: HostConfiguration) -> Finding {
        let limits = configuration.limits
        let limit = limits.grain.volumeBytes.map { "\($0 >> 20) MiB for each grain" } ?? "none for a grain"
        let found = "\(limit), \(limits.diskReserveBytes >> 20) MiB kept free; "
        guard let directory = OpenDirectory(nearest: configuration.dataDirectory) else {
            return Finding(name: "disk limits", found: found + "no data directory to ask", isNeeded: false, fix: nil)
        }
        switch ProjectQuota(fileSystemOf: directory.number).support {
        case .enforced:
            return Finding(
                name: "disk limits", found: found + "enforced by the file system (project quota)", isNeeded: false,
                fix: nil)
        case .absent(let reason, let fix):
            return Finding(
                name: "disk limits", found: found + "measured about once a second, because \(reason)", isNeeded: false,
                fix: fix, trouble: .weak)
        }
    }

    /// What guards images of packages, where they are used (`packageStore = "images"`).
    private static func imageIntegrity(_ path: String) -> Finding {
        let name = "fs-verity"
        guard let directory = OpenDirectory(nearest: path) else {
            return Finding(name: name, found: "no data directory to ask", isNeeded: false, fix: nil)
        }
        var digest = [UInt8](repeating: 0, count: 32)
        // A directory has no digest, which only those say that know of digests.
        guard clinux_measure_verity(directory.number, &digest) != 0, errno != ENODATA else {
            return Finding(name: name, found: "there: guards images of packages", isNeeded: false, fix: nil)
        }
        let isInKernel = access("/sys/fs/ext4/features/verity", F_OK) == 0 || access("/proc/sys/fs/verity", F_OK) == 0
        return Finding(
            name: name,
            found: "absent: images of packages are read whole and compared when they are mounted", isNeeded: false,
            fix: isInKernel
                ? "tune2fs -O verity on the ext4 of the data directory (Btrfs has it always)"
                : "use a kernel with CONFIG_FS_VERITY")
    }

    // MARK: Kernel

    private static func kernel() -> Finding {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let machine = withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Finding(name: "kernel", found: "Linux \(release) on \(machine)", isNeeded: true, fix: nil)
    }

    private static func userNamespaces() -> Finding {
        let result = clinux_probe_user_namespace()
        guard result < 0 else { return Finding(name: "user namespaces", found: "usable", isNeeded: true, fix: nil) }
        return Finding(
            name: "user namespaces", found: "refused: \(String(cString: strerror(-result)))", isNeeded: geteuid() != 0,
            fix: userNamespaceFix(-result))
    }

    private static func userNamespaceFix(_ error: CInt) -> String {
        if number("/proc/sys/kernel/unprivileged_userns_clone") == 0 {
            return "sysctl -w kernel.unprivileged_userns_clone=1"
        }
        if number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1 {
            return
                "install contrib/apparmor/barchan in /etc/apparmor.d, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        }
        if number("/proc/sys/user/max_user_namespaces") == 0 { return "sysctl -w user.max_user_namespaces=10000" }
        return error == EPERM ? "run outside of a container that forbids them" : "use a kernel with CONFIG_USER_NS"
    }

    private static func overlay() -> Finding {
        let isThere =
            contents("/proc/filesystems")?.split(separator: "\n").contains { $0.hasSuffix("\toverlay") } ?? false
        return Finding(
            name: "overlay file system", found: isThere ? "there" : "not registered", isNeeded: true,
            fix: isThere ? nil : "modprobe overlay, and name it in /etc/modules-load.d/barchan.conf")
    }

    private static func seccomp() -> Finding {
        let actions = contents("/proc/sys/kernel/seccomp/actions_avail").map { String($0.prefix { $0 != "\n" }) }
        let notifies = actions?.contains("user_notif") ?? false
        return Finding(
            name: "seccomp filters", found: actions ?? "none", isNeeded: true,
            fix: actions == nil ? "use a kernel with CONFIG_SECCOMP_FILTER" : notifies ? nil : "use Linux 5.0 or newer",
            trouble: actions == nil ? .absent : .weak)
    }

    private static func virtualCalls() -> Finding {
        let result = clinux_probe_call_listener()
        return Finding(
            name: "virtualized calls",
            found: result < 0 ? String(cString: strerror(-result)) : "seccomp user notification", isNeeded: false,
            fix: result < 0
                ? "use Linux 5.0 or newer, outside of a container that answers calls itself; without it the machine answers"
                : nil)
    }

    private static func landlock() -> Finding {
        let version = clinux_probe_landlock()
        return Finding(
            name: "landlock", found: version > 0 ? "ABI \(version)" : String(cString: strerror(-version)),
            isNeeded: false,
            fix: version > 0 ? nil : "add landlock to the kernel's lsm= list; without it the second wall is absent")
    }

    private static func pidfd() -> Finding {
        let result = clinux_probe_pidfd()
        return Finding(
            name: "process descriptors", found: result < 0 ? String(cString: strerror(-result)) : "there",
            isNeeded: true,
            fix: result < 0 ? "use Linux 5.3 or newer" : nil)
    }

    // MARK: Machine

    private static func memory() -> Finding {
        let lines = contents("/proc/meminfo")?.split(separator: "\n") ?? []
        let kibibytes =
            lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
            ?? 0
        let isEnough = kibibytes >= 256 << 10
        return Finding(
            name: "memory", found: "\(kibibytes >> 10) MiB available", isNeeded: false,
            fix: isEnough ? nil : "add memory; 256 MiB run one app", trouble: .short)
    }

    /// Grains get at most half of what the host may have.
    private static func openFiles(_ limits: HostLimits) -> Finding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let half = limit.rlim_max / 2, found = "soft \(limit.rlim_cur), hard \(limit.rlim_max)"
        let wanted = ([limits.grain] + limits.apps.keys.map { limits.grain(of: $0) }).map(\.sandbox.openFilesHard).max()
        let most = UInt64(clamping: wanted ?? 0)
        guard half < most else { return Finding(name: "open files", found: found, isNeeded: false, fix: nil) }
        return Finding(
            name: "open files",
            found: "\(found); a process of a grain gets half of that, \(half) instead of \(most) (openFiles)",
            isNeeded: false,
            fix: "ulimit -n \(max(65_536, 2 * most)), or LimitNOFILE=\(max(65_536, 2 * most)) in the unit",
            trouble: .short)
    }

    // MARK: Reading

    private static func contents(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16384)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func number(_ path: String) -> Int64? { contents(path).flatMap { Int64($0.prefix { $0 != "\n" }) } }
}
