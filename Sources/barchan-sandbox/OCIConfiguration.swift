import Glibc

/// The configuration of a bundle (OCI Runtime Specification 1.0, config.md). Only names from here: nothing to escape.
struct OCIConfiguration {
    let text: String

    init(_ stage: RuntimeStage) {
        text = """
            {"ociVersion": "1.0.0",
             "process": {
               "terminal": false, "user": {"uid": \(Identity.inside), "gid": \(Identity.inside)}, "cwd": "/",
               "args": \(Self.list(stage.guestCommand)), "env": [], "noNewPrivileges": true,
               "capabilities": {\(Self.capabilities)}},
             "root": {"path": "\(RuntimeStage.path)/outer", "readonly": true},
             "hostname": "sandbox",
             "mounts": [\(Self.mounts(of: stage))],
             "linux": {
               "namespaces": [\(Self.namespaces)],
               "uidMappings": [\(Self.mapping(geteuid()))], "gidMappings": [\(Self.mapping(getegid()))]}}
            """
    }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }

    /// The one user and the one group; this process is them already.
    private static func mapping(_ outside: UInt32) -> String {
        "{\"containerID\": \(Identity.inside), \"hostID\": \(outside), \"size\": 1}"
    }

    private static var namespaces: String {
        ["user", "pid", "mount", "network", "ipc", "uts", "cgroup"].map { "{\"type\": \"\($0)\"}" }
            .joined(separator: ", ")
    }

    private static var capabilities: String {
        ["bounding", "effective", "inheritable", "permitted", "ambient"]
            .map { "\"\($0)\": \(list(RuntimeStage.guestCapabilities))" }.joined(separator: ", ")
    }

    private static func mounts(of stage: RuntimeStage) -> String {
        let guest = mount("\(RuntimeStage.path)/guest", RuntimeStage.guest, ["bind", "ro", "nosuid", "nodev"])
        return ([guest] + stage.mounts.map { mount($0.source, $0.destination, options($0.kind)) }).joined(
            separator: ", ")
    }

    private static func mount(_ source: String, _ destination: String, _ options: [String]) -> String {
        "{\"destination\": \"\(destination)\", \"source\": \"\(source)\", \"type\": \"bind\", \"options\": \(list(options))}"
    }

    private static func options(_ kind: RuntimeMount.Kind) -> [String] {
        switch kind {
        case .readOnly: ["rbind", "ro", "nosuid", "nodev"]
        case .writable: ["rbind", "rw", "nosuid", "nodev"]
        case .devices: ["rbind", "ro", "nosuid", "noexec"]
        }
    }
}
