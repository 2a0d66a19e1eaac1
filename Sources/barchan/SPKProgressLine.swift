import Glibc

/// One line on a terminal that says how far something is and how fast; nothing when nobody watches.
///
/// One caller at a time.
final class ProgressLine: @unchecked Sendable {
    private let title: String
    private let total: Int64?
    /// Whether anybody sees it.
    let isVisible: Bool
    private let start = ContinuousClock.now
    private var lastShown = ContinuousClock.now

    init(_ title: String, of total: Int64?, isQuiet: Bool = false) {
        self.title = title
        self.total = total
        isVisible = !isQuiet && isatty(2) == 1
    }

    func show(_ done: Int64) {
        guard isVisible, lastShown.duration(to: .now) > .milliseconds(100) else { return }
        lastShown = .now
        write(Array("\r\(text(done))\u{1b}[K".utf8), to: 2)
    }

    func finish() {
        guard isVisible else { return }
        write(Array("\r\u{1b}[K".utf8), to: 2)
    }

    private func text(_ done: Int64) -> String {
        let elapsed = start.duration(to: .now).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        let rate = "\(Int(Double(done) / max(seconds, 0.001) / 1e6)) MB/s"
        guard let total, total > 0 else { return "\(title) \(done >> 20) MiB, \(rate)" }
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 30)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        return "\(title) [\(bar)] \(Int(share * 100)) %, \(rate)"
    }
}

func printWarning(_ text: String) { printNote("warning: \(text)") }

/// A line on standard error. What a file said may be in it, so control characters are left out.
func printNote(_ text: String) {
    let clean = printable(text).split(whereSeparator: \.isNewline).joined(separator: " ")
    write(Array("\(clean)\n".utf8), to: 2)
}
