import Barchan
import BarchanConformance
import Glibc

/// A root and a data directory for the program that is measured, removed with this object.
final class BenchGround: Sendable {
    private let place: TemporaryDirectory
    /// The program as the sandbox names it, with its arguments.
    let command: [String]

    var root: String { "\(place.path)/root" }
    var data: String { "\(place.path)/data" }
    /// The program as the host names it.
    var programFile: String { root + command[0] }

    /// - Parameter program: A program's path and its arguments.
    /// - Throws: ``HostError`` when the program cannot be read or the folder not be made.
    init(program: [String], owner: FileOwner) throws(HostError) {
        command = ["/program"] + program.dropFirst()
        do {
            place = try TemporaryDirectory()
            let path = place.path
            for folder in ["root", "root/dev", "root/tmp", "root/var", "root/proc", "data"] {
                try TemporaryTree.makeDirectory("\(path)/\(folder)")
            }
            try TemporaryTree.write([], to: "\(path)/root/proc/cpuinfo", mode: 0o644)
            try TemporaryTree.copy(program[0], to: "\(path)/root/program")
        } catch {
            throw HostError(.failed, "make a root with '\(program[0])' as its program: \(error)")
        }
        guard geteuid() != 0 || chown(data, owner.user, owner.group) == 0 else {
            throw HostError(.failed, "give '\(data)' to user \(owner.user): \(String(cString: strerror(errno)))")
        }
    }
}
