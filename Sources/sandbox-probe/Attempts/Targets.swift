import CLinux
import Glibc

/// What of the host an attempt is aimed at, as `name=value` arguments; see `AttemptRun`.
struct Targets: Sendable {
    private let values: [String: String]
    /// What stands before the path of a file of the package: nothing, but outside of a sandbox the package's own path.
    let root: String
    /// The grain's data.
    let data: String

    init(_ arguments: [String: String]) {
        values = arguments
        let package = arguments["package"] ?? "", marker = arguments["marker"] ?? "probe"
        // A marker that only this package has says whether / is the package.
        root = access("/\(marker)", F_OK) == 0 ? "" : package
        data = root.isEmpty ? "/var" : arguments["data"] ?? "/var"
    }

    subscript(_ name: String) -> String { values[name] ?? "" }
    func number(_ name: String) -> Int { Int(values[name] ?? "") ?? 0 }

    /// A process outside, a stranger to the program.
    var process: Int { number("process") }
    var isInside: Bool { root.isEmpty }

    /// A path for a file of an attempt's own below the grain's data.
    func scratch(_ name: String) -> String { "\(data)/attempt-\(name)" }

    /// A directory there, made if it is not; nil when that fails.
    func scratchDirectory(_ name: String) -> String? {
        let path = scratch(name)
        return mkdir(path, 0o700) == 0 || errno == EEXIST ? path : nil
    }

    /// A new empty file there, open for both.
    func scratchFile(_ name: String) -> CInt { open(scratch(name), O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0o600) }
}
