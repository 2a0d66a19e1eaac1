import ControlGroups
import Glibc

/// Prints how sandboxes started from here are limited, for `barchan doctor`: lines of name, mechanism and what is weaker
/// with it, tabs between.
func reportGroups() {
    let tree = GroupTree(movable: [])
    defer { GroupTree.remove(tree.paths) }
    let abilities = tree.abilities
    let lines = GroupController.allCases.map { line($0, abilities.mechanisms[$0]) } + [freezing(abilities)]
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    _ = text.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

private func line(_ controller: GroupController, _ version: GroupHierarchy.Version?) -> String {
    let (name, without) =
        switch controller {
        case .memory:
            (
                "memory limit",
                "a grain that goes over its limit is ended within a second, and can hold more until then"
            )
        case .pids: ("process limit", "the count is per user of a sandbox")
        case .cpu: ("processor weight", "every process has the same share, so a grain with many gets more")
        case .io: ("I/O weight", "weights have no effect; they need version 2, or the BFQ scheduler")
        }
    return switch version {
    case .v2: "\(name)\tcontrol group version 2\t"
    case .v1:
        "\(name)\tcontrol group version 1\t\(controller == .memory ? "no slowing down before the limit is reached" : "")"
    case nil: "\(name)\t\(substitute(for: controller))\t\(without)"
    }
}

/// What bounds a sandbox where no group does.
private func substitute(for controller: GroupController) -> String {
    switch controller {
    case .memory: "RLIMIT_DATA and a watcher"
    case .pids: "RLIMIT_NPROC and a watcher"
    case .cpu, .io: "none"
    }
}

private func freezing(_ abilities: GroupAbilities) -> String {
    abilities.canFreeze
        ? "freezing\tcontrol group version 2\t" : "freezing\tnone\ta grain that nobody needs is ended at once"
}
