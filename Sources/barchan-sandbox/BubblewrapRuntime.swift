import SandboxProtocol

/// Sandboxes by bubblewrap (bwrap(1)), which makes the namespaces and mounts.
///
/// bwrap's own `--seccomp` would bind the guest already, which has to enter the package; the guest loads the same filter.
/// `--die-with-parent` is not needed: the launcher is process 1 of the pid namespace that all of this runs in.
struct BubblewrapRuntime: SandboxRuntime {
    let program: String
    /// It waits for the sandbox's end to pass on its status, which loses the difference between a signal and a number.
    let staysBeside = true

    let environment: [String] = []
    let guestOptions: [String] = []

    func arguments(for stage: RuntimeStage) -> [String] { walls + files(of: stage) + ["--"] + stage.guestCommand }

    private var walls: [String] {
        [
            "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup",
            "--uid", "\(Identity.inside)", "--gid", "\(Identity.inside)", "--hostname", "sandbox", "--as-pid-1",
            "--clearenv", "--cap-drop", "ALL",
        ] + RuntimeStage.guestCapabilities.flatMap { ["--cap-add", $0] }
    }

    private func files(of stage: RuntimeStage) -> [String] {
        var arguments = ["--ro-bind", "\(RuntimeStage.path)/guest", RuntimeStage.guest]
        for mount in stage.mounts { arguments += [option(mount.kind), mount.source, mount.destination] }
        return arguments + ["--remount-ro", "/"]
    }

    private func option(_ kind: RuntimeMount.Kind) -> String {
        switch kind {
        case .readOnly: "--ro-bind"
        case .writable: "--bind"
        case .devices: "--dev-bind"
        }
    }
}
