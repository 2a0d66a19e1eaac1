import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// Makes sandboxes without any namespace, for hosts that forbid them.
///
/// The package and what belongs on it are a tree of mounts that is attached nowhere, which the kernel has allowed to put
/// together since Linux 6.15; a sandbox changes its root into it. Landlock and the filter are what keeps it there and from
/// others: all grains are one user on one network, so that the filter knows no IP sockets, no System V objects and no
/// changes to other processes.
final class LandlockMaker: SandboxMaker {
    let features: LauncherFeatures
    let makesAhead = false
    private let configuration: LauncherConfiguration
    private let filter: SyscallFilter
    private let landlock: LandlockWall
    private let groups: GroupStock
    private let isVirtualizing: Bool
    private let processorInformation: CInt?

    /// - Throws: ``LaunchFailure`` `.landlock` where Landlock cannot keep signals and abstract sockets inside.
    /// - Parameter processorInformation: What grains see as /proc/cpuinfo, lent for good; nil for the machine's.
    init(
        _ configuration: LauncherConfiguration, _ groups: GroupStock, virtualizing: Bool, processorInformation: CInt?
    ) throws(LaunchFailure) {
        guard let landlock = LandlockWall.supported(), landlock.keepsSignals else {
            throw LaunchFailure(.landlock, EOPNOTSUPP)
        }
        self.configuration = configuration
        self.landlock = landlock
        self.groups = groups
        self.processorInformation = processorInformation
        isVirtualizing = virtualizing
        var features = groups.features.union(.landlock)
        if groups.countsProcesses { features.insert(.processLimit) }
        if groups.abilities.canKill { features.insert(.completeTermination) }
        self.features = features
        filter = try SyscallFilter.build(virtualizing: virtualizing, isShared: true)
    }

    func make(for contents: SandboxContents?) throws(LaunchFailure) -> LaunchedSandbox {
        let (mine, theirs) = try channel(.launcherSetup)
        let group = try groups.make(orClose: [mine, theirs])
        // Not in the group: it has to go on when the sandbox is frozen, and when everybody in the group is ended.
        let keeper = clinux_clone(UInt(SIGCHLD))
        if keeper == 0 { keep(contents, report: theirs, group) }
        let process = keeper > 0 ? clinux_pidfd_open(pid_t(keeper)) : -1
        let error = errno
        close(theirs)
        guard process >= 0 else {
            close(mine)
            groups.retire(group)
            throw LaunchFailure(.launcherSetup, error)
        }
        let sandbox = LaunchedSandbox(
            processID: pid_t(keeper), process: process, report: mine, group: group, slot: nil)
        // Its keeper has to end what the program has started.
        sandbox.endSignal = SIGTERM
        do throws(LaunchFailure) {
            try sandbox.waitUntilParked()
            return sandbox
        } catch {
            sandbox.kill()
            _ = sandbox.collect()
            groups.retire(group)
            throw error
        }
    }

    private func keep(_ contents: SandboxContents?, report: CInt, _ group: SandboxGroup) -> Never {
        Warden.keep(group) { live(contents, report: report, group) }
    }

    /// The life of the first process, up to the execution of the program.
    private func live(_ contents: SandboxContents?, report inherited: CInt, _ group: SandboxGroup) -> Never {
        var report = inherited
        do throws(LaunchFailure) {
            let error = group.joinLegacy()
            guard error == 0 else { throw LaunchFailure(.controlGroup, error) }
            umask(0)
            setsid()
            try Identity.becomeGrainUser(configuration)
            // A change of user forgets it.
            _ = clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0, 0, 0)
            let root = try assemble(contents)
            try check(fchdir(root), .changeRoot)
            try check(clinux_chroot("."), .changeRoot)
            if report != 4 { report = try check(clinux_dup3(report, 4), .descriptors) }
            _ = clinux_close_range(5, UInt32.max, 0)
            // Keeps the number taken until the grain's socket gets it.
            try check(clinux_dup3(report, 3), .descriptors)
            guard send(BlankReport.parkedMessage, to: report) else { _exit(0) }
            GuestStart(
                report: report, landlock: landlock, packageRoot: nil, hasNamespaces: false,
                isVirtualizing: isVirtualizing
            ).follow { _ in filter }
        } catch {
            _ = send(error.encoded(), to: report)
            _exit(1)
        }
    }

    /// The package with everything that belongs on it.
    private func assemble(_ contents: SandboxContents?) throws(LaunchFailure) -> CInt {
        let mounts = try DetachedMounts(keepingMemoryIn: nil, processorInformation: processorInformation)
        // Without contents: something to try it on.
        let package = if let contents { contents.package } else { try emptyPackage() }
        let root = PackageRoot(descriptor: package)
        if try root.has("dev", .devDirectory) {
            // Before it is attached: the attributes of a mount below another that is attached nowhere cannot be set.
            try mounts.fillDevices()
            try root.mount(mounts.devices, on: "dev", .devDirectory)
        }
        try root.mount(mounts.temporary, on: "tmp", .temporaryDirectory)
        if mounts.processorInformation >= 0 {
            try root.mount(
                mounts.processorInformation, on: "proc/cpuinfo", .processorInformationFile, isDirectory: false)
        }
        if let contents {
            try root.mount(contents.data, on: "var", .varDirectory)
            try mounts.resize(to: contents.order)
        }
        return root.descriptor
    }

    private func emptyPackage() throws(LaunchFailure) -> CInt {
        let package = try DetachedMounts.memory(bytes: 64 << 10, inodes: 8, mode: "755", [], .package)
        for name in ["dev", "tmp"] { try check(mkdirat(package, name, 0o755), .package) }
        return package
    }
}
