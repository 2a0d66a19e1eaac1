import BarchanKernel
import Glibc

/// How grains are limited here: the launcher says it, because it is the one who does it.
enum GroupCheck {
    /// One finding for each kind of limit. What is weaker than it could be has a remedy, but is never needed.
    static func findings(launcher: String) -> [MachineCheck.Finding] {
        guard let text = output(of: [launcher, "--groups"]) else {
            return [
                MachineCheck.Finding(
                    name: "limits", found: "'\(launcher)' does not answer", isNeeded: false,
                    fix: "install barchan-sandbox there, or name its directory in [host] programs", trouble: .weak)
            ]
        }
        return text.split(separator: "\n").compactMap(finding)
    }

    private static func finding(_ line: Substring) -> MachineCheck.Finding? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 3 else { return nil }
        let weakness = fields[2]
        return MachineCheck.Finding(
            name: fields[0], found: weakness.isEmpty ? fields[1] : "\(fields[1]): \(weakness)", isNeeded: false,
            fix: weakness.isEmpty ? nil : remedy, trouble: fields[1] == "none" ? .absent : .weak)
    }

    private static let remedy =
        geteuid() == 0
        ? "boot with control groups of version 2 (systemd.unified_cgroup_hierarchy=1), and let the unit delegate them"
        : "start the host as a systemd unit with Delegate=yes, or as root"

    /// What a program prints, at most 16 KiB; nil when it cannot be run or fails.
    private static func output(of arguments: [String]) -> String? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        let strings = arguments.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, arguments[0], &actions, nil, strings, [nil])
        close(ends[1])
        guard result == 0 else { return nil }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0, text.count < 16 << 10 {
            text += buffer.prefix(count)
        }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status == 0 ? String(decoding: text, as: UTF8.self) : nil
    }
}
