import CLinux
import ControlGroups
import Glibc
import SandboxProtocol

/// Sandboxes by an OCI runtime (crun(1), runc(8)), from a bundle made for each of them.
///
/// Bundle and the runtime's state are on the stage, which goes with the runtime's process: nothing is left, however it ends.
struct OCIRuntime: SandboxRuntime {
    let program: String
    let staysBeside = false
    /// By its name. It makes everybody root first, so that root has to be mapped.
    private var isRunc: Bool { program.split(separator: "/").last?.hasPrefix("runc") == true }

    let environment = ["XDG_RUNTIME_DIR=\(RuntimeStage.path)"]
    var guestOptions: [String] { isRunc ? [RuntimeGuest.rootOption] : [] }

    func arguments(for stage: RuntimeStage) throws(LaunchFailure) -> [String] {
        try hideControlGroups()
        for name in ["bundle", "state", "outer", "outer/dev", "outer/root", "outer/proc"] {
            try stage.makeDirectory(name)
        }
        try write(OCIConfiguration(stage, user: isRunc ? 0 : Identity.inside).text, to: "bundle/config.json", on: stage)
        return [
            "--root", "\(RuntimeStage.path)/state", isRunc ? "--rootless=true" : "--cgroup-manager=disabled", "run",
            "--detach", "--preserve-fds=1",
            "--bundle", "\(RuntimeStage.path)/bundle", "sandbox",
        ]
    }

    private static let controlGroups = "/sys/fs/cgroup"

    /// No control groups are made, but runtimes look at them all the same.
    private func hideControlGroups() throws(LaunchFailure) {
        let path = OCIRuntime.controlGroups
        // runc is content with version 2 as it is; with version 1 it insists on one hierarchy.
        let kept = isRunc ? clinux_open_tree(AT_FDCWD, "\(path)/devices", CLINUX_OPEN_TREE_CLONE) : -1
        guard access(path, F_OK) == 0, !isRunc || kept >= 0 else { return }
        defer { close(kept) }
        let cover = Descriptor(
            try DetachedMounts.memory(bytes: 64 << 10, inodes: 64, mode: "755", [], .runtimeStage))
        // Where it wants to make a group, it is told that it may not, which it takes from an ordinary user.
        let names = kept < 0 ? [] : GroupFiles.names(in: path)
        for name in names { try check(mkdirat(cover.number, name, 0o755), .runtimeStage) }
        try check(clinux_move_mount(cover.number, "", AT_FDCWD, path, CLINUX_MOVE_FROM_DESCRIPTOR), .runtimeStage)
        if kept >= 0 {
            try check(
                clinux_move_mount(kept, "", cover.number, "devices", CLINUX_MOVE_FROM_DESCRIPTOR), .runtimeStage)
        }
        try check(clinux_mount_setattr(cover.number, CLINUX_MOUNT_RDONLY, 0), .runtimeStage)
    }

    private func write(_ text: String, to name: String, on stage: RuntimeStage) throws(LaunchFailure) {
        let file = try opened(
            openat(stage.directory, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644), .runtimeStage)
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw LaunchFailure(.runtimeStage, written < 0 ? errno : ENOSPC) }
    }
}
