import BarchanConformance
import Glibc

/// Says on standard error what the suite tries, so that nobody has to wonder whether it stands still: one line that changes on a
/// terminal, else a line for each check.
struct SuiteProgress: Sendable {
    private let name: String
    private let isTerminal = isatty(2) == 1

    /// - Parameter name: The back end's.
    init(of name: String) { self.name = name }

    func show(_ step: IsolationSuite.Step) {
        let text = "isolation '\(name)': \(step.number) of \(step.count), \(step.name)"
        if isTerminal { write(Array("\r\(text)\u{1b}[K".utf8), to: 2) } else { printNote(text) }
    }

    func finish() { if isTerminal { write(Array("\r\u{1b}[K".utf8), to: 2) } }
}

extension [String] {
    /// What is in it twice.
    var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
