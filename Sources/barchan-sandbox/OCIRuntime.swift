import CLinux
import Glibc
import SandboxProtocol

/// Sandboxes by an OCI runtime (crun(1)), from a bundle made for each of them.
///
/// Bundle and the runtime's state are on the stage, which goes with the runtime's process: nothing is left, however it ends.
struct OCIRuntime: SandboxRuntime {
    let program: String
    let staysBeside = false

    let environment = ["XDG_RUNTIME_DIR=\(RuntimeStage.path)"]

    func arguments(for stage: RuntimeStage) throws(LaunchFailure) -> [String] {
        try hideControlGroups()
        for name in ["bundle", "state", "outer", "outer/dev", "outer/root"] { try stage.makeDirectory(name) }
        try write(OCIConfiguration(stage).text, to: "bundle/config.json", on: stage)
        return [
            "--root", "\(RuntimeStage.path)/state", "--cgroup-manager=disabled", "run", "--detach", "--preserve-fds=1",
            "--bundle", "\(RuntimeStage.path)/bundle", "sandbox",
        ]
    }

    /// No control groups are made, but crun looks at them all the same and gives up on a mixture of versions 1 and 2.
    private func hideControlGroups() throws(LaunchFailure) {
        let path = "/sys/fs/cgroup"
        guard access(path, F_OK) == 0 else { return }
        let empty = try DetachedMounts.memory(bytes: 4096, inodes: 2, mode: "755", [CLINUX_MOUNT_RDONLY], .runtimeStage)
        try check(clinux_move_mount(empty, "", AT_FDCWD, path, CLINUX_MOVE_FROM_DESCRIPTOR), .runtimeStage)
    }

    private func write(_ text: String, to name: String, on stage: RuntimeStage) throws(LaunchFailure) {
        let file = try opened(
            openat(stage.directory, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644), .runtimeStage)
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw LaunchFailure(.runtimeStage, written < 0 ? errno : ENOSPC) }
    }
}
