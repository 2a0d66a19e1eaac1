import Barchan
import BarchanKernel
import SPK

extension AppManifest {
    /// Whoever has more of them is told so.
    private static let checkedActions = 256

    /// What is wrong with the programs that its commands start, a sentence for each.
    func warnings(about programs: PackagePrograms) throws(HostError) -> [String] {
        var commands = actions.prefix(Self.checkedActions).map { ("a new grain ('\($0.title)')", $0.command) }
        if !actions.isEmpty { commands.append(("a grain that exists", continueCommand)) }
        var warnings: [String] = [], seen: Set<String> = []
        for (what, command) in commands {
            for (program, path) in command.programs {
                var found: PackagePrograms.Finding = .missing
                for place in program.places(in: path) where !found.isStartable {
                    found = try programs.find(place)
                }
                guard !found.isStartable, seen.insert(program).inserted else { continue }
                let fault = if case .missing = found { "is not in the package" } else { "is no executable file there" }
                warnings.append("\(what) could not start: its program '\(program)' \(fault)")
            }
        }
        return warnings
    }
}

extension PackagePrograms.Finding {
    fileprivate var isStartable: Bool {
        switch self {
        case .program, .elsewhere: true
        default: false
        }
    }
}

extension Command {
    /// What is started, and where a name without '/' is looked for: the bridge's own command is behind its '--'.
    fileprivate var programs: [(name: String, path: [String])] {
        guard let first = arguments.first, !first.isEmpty else { return [] }
        guard startsHTTPBridge, let dashes = arguments.firstIndex(of: "--"), dashes + 1 < arguments.count else {
            return [(first, [""])]
        }
        let path = environment.first { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? "/bin:/usr/bin"
        let folders = path.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return [(first, [""]), (arguments[dashes + 1], folders)]
    }
}

extension String {
    fileprivate func places(in folders: [String]) -> [String] {
        contains("/") ? [self] : folders.map { "\($0)/\(self)" }
    }
}
