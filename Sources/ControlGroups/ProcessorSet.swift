import CLinux
import Glibc

/// Processors that threads may run on (sched_setaffinity(2)).
public struct ProcessorSet: Sendable, Equatable {
    /// A bit for each processor.
    private var words: [UInt64]

    init(words: [UInt64]) { self.words = words }

    /// Those of a thread, 0 being the calling one; nil, with `errno`, when there is no such thread.
    public init?(of thread: pid_t) {
        // As many as any kernel is built for (CONFIG_NR_CPUS).
        words = [UInt64](repeating: 0, count: 128)
        let bytes = clinux_get_affinity(thread, &words, 1024)
        guard bytes > 0 else { return nil }
        words.removeLast(words.count - Int(bytes) / 8)
    }

    private var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Without the first processor of `all`; nil when nothing would be left.
    public func leavingFirst(of all: ProcessorSet) -> ProcessorSet? {
        guard let word = all.words.firstIndex(where: { $0 != 0 }), word < words.count else { return nil }
        var rest = self
        rest.words[word] &= ~(all.words[word] & (~all.words[word] + 1))
        return rest.isEmpty ? nil : rest
    }

    /// The scheduler moves it at once. A thread that is gone is no error.
    func bind(_ thread: pid_t) {
        _ = words.withUnsafeBytes { clinux_set_affinity(thread, $0.baseAddress, $0.count) }
    }
}
