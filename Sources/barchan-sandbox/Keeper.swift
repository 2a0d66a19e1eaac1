import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// Runs the launcher as the first process of a pid namespace and waits for it.
///
/// The namespace is what makes the end certain: when the launcher goes, for whatever reason, the kernel ends everything
/// it ever started. This process only waits; when it is killed, the launcher gets the same signal.
func keepLauncher(_ configuration: LauncherConfiguration) -> Never {
    // A session of its own: the terminal's signals are for the host, which then says goodbye in order.
    setsid()
    ResourceLimits.liftForAll()
    // Whatever key ring the host has is not the grains'.
    _ = clinux_join_new_keyring()
    let groups = configuration.usesGroups ? GroupTree(movable: [getppid(), getpid()]) : GroupTree([], movable: [])
    do throws(LaunchFailure) {
        if geteuid() != 0 && configuration.usesNamespaces { try enterUserNamespace() }
        let (mine, theirs) = try channel(.launcherNamespaces)
        let namespaces = configuration.usesNamespaces ? CLINUX_CLONE_NEWPID | CLINUX_CLONE_NEWNS : 0
        let child = clinux_clone(namespaces | UInt(SIGCHLD))
        guard child >= 0 else { throw LaunchFailure(.launcherNamespaces, errno) }
        if child == 0 {
            close(theirs)
            runLauncher(configuration, keeper: mine, groups)
        }
        close(mine)
        waitForLauncher(pid_t(child), lifeline: theirs, groups.paths)
    } catch {
        GroupTree.remove(groups.paths)
        _ = send(LauncherReply.unusable(error).encoded(), to: controlSocket)
        exit(1)
    }
}

/// The host's end is where requests come from and replies go to.
let controlSocket: CInt = 3

private func waitForLauncher(_ pid: pid_t, lifeline: CInt, _ groups: [String]) -> Never {
    // Only the lifeline stays open: its end tells the launcher that this process is gone.
    if lifeline > 3 { _ = clinux_dup3(lifeline, 3) }
    _ = clinux_close_range(4, UInt32.max, 0)
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    // Whatever ended the launcher, nobody is left in a group now.
    GroupTree.remove(groups)
    exit(clinux_wifexited(status) != 0 ? clinux_wexitstatus(status) : 1)
}

/// An ordinary user becomes able to make namespaces inside a user namespace, in which only its own id exists.
func enterUserNamespace() throws(LaunchFailure) {
    let user = geteuid(), group = getegid()
    try check(clinux_unshare(CLINUX_CLONE_NEWUSER), .launcherUserNamespace)
    try writeFile("/proc/self/setgroups", "deny", .launcherUserNamespace)
    try writeFile("/proc/self/uid_map", "\(user) \(user) 1", .launcherUserNamespace)
    try writeFile("/proc/self/gid_map", "\(group) \(group) 1", .launcherUserNamespace)
}
