import Glibc

/// The configuration of a bundle (OCI Runtime Specification 1.0, config.md). Only names from here: nothing to escape.
struct OCIConfiguration {
    let text: String

    /// - Parameter user: Who the guest is inside.
    init(_ stage: RuntimeStage, user: UInt32) {
        text = """
            {"ociVersion": "1.0.0",
             "process": {
               "terminal": false, "user": {"uid": \(user), "gid": \(user)}, "cwd": "/",
               "args": \(Self.list(stage.guestCommand)), "env": [], "noNewPrivileges": true,
               "capabilities": {\(Self.capabilities(user))}},
             "root": {"path": "\(RuntimeStage.path)/outer", "readonly": true},
             "hostname": "sandbox",
             "mounts": [\(Self.mounts(of: stage, user == 0))],
             "linux": {
               "namespaces": [\(Self.namespaces)],
               "uidMappings": [\(Self.mapping(user, geteuid()))], "gidMappings": [\(Self.mapping(user, getegid()))]}}
            """
    }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }

    /// The one user and the one group; this process is them already.
    private static func mapping(_ inside: UInt32, _ outside: UInt32) -> String {
        "{\"containerID\": \(inside), \"hostID\": \(outside), \"size\": 1}"
    }

    private static var namespaces: String {
        ["user", "pid", "mount", "network", "ipc", "uts", "cgroup"].map { "{\"type\": \"\($0)\"}" }
            .joined(separator: ", ")
    }

    /// Only who could give files capabilities may map user 0 into another namespace, since Linux 5.12.
    private static func capabilities(_ user: UInt32) -> String {
        let names = RuntimeStage.guestCapabilities + (user == 0 ? ["CAP_SETFCAP"] : [])
        return ["bounding", "effective", "inheritable", "permitted", "ambient"]
            .map { "\"\($0)\": \(list(names))" }.joined(separator: ", ")
    }

    /// - Parameter withProcesses: For who has to write its own user mapping.
    private static func mounts(of stage: RuntimeStage, _ withProcesses: Bool) -> String {
        let guest = mount("\(RuntimeStage.path)/guest", RuntimeStage.guest, ["bind", "ro", "nosuid", "nodev"])
        let processes =
            withProcesses ? ["{\"destination\": \"/proc\", \"source\": \"proc\", \"type\": \"proc\"}"] : []
        return
            ([guest] + processes
            + stage.mounts.map { mount($0.source, $0.destination, options($0.kind) + locked($0.source)) })
            .joined(separator: ", ")
    }

    private static func mount(_ source: String, _ destination: String, _ options: [String]) -> String {
        "{\"destination\": \"\(destination)\", \"source\": \"\(source)\", \"type\": \"bind\", \"options\": \(list(options))}"
    }

    /// What a mount was made with and a user namespace may not take away: runc fails instead of keeping it.
    private static func locked(_ source: String) -> [String] {
        var status = statvfs()
        guard statvfs(source, &status) == 0 else { return [] }
        // ST_NODEV, ST_NOEXEC, ST_NOATIME, ST_NODIRATIME.
        return [(4, "nodev"), (8, "noexec"), (1024, "noatime"), (2048, "nodiratime")]
            .filter { status.f_flag & $0.0 != 0 }.map(\.1)
    }

    private static func options(_ kind: RuntimeMount.Kind) -> [String] {
        switch kind {
        case .readOnly: ["rbind", "ro", "nosuid", "nodev"]
        case .writable: ["rbind", "rw", "nosuid", "nodev"]
        case .devices: ["rbind", "ro", "nosuid", "noexec"]
        }
    }
}
