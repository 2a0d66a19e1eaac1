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
        case .memory: ("memory limit", "memory is not bounded")
        case .pids:
            ("process limit", "the count is per user of a sandbox, by RLIMIT_NPROC, and nobody hears of a refusal")
        case .cpu: ("processor weight", "every process has the same share, so a grain with many gets more")
        case .io: ("I/O weight", "weights have no effect; they need version 2, or the BFQ scheduler")
        }
    return switch version {
    case .v2: "\(name)\tcontrol group version 2\t"
    case .v1:
        "\(name)\tcontrol group version 1\t\(controller == .memory ? "no slowing down before the limit is reached" : "")"
    case nil: "\(name)\tnone\t\(without)"
    }
}

private func freezing(_ abilities: GroupAbilities) -> String {
    abilities.canFreeze
        ? "freezing\tcontrol group version 2\t" : "freezing\tnone\ta grain that nobody needs is ended at once"
}
