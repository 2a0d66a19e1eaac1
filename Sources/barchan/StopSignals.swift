import Dispatch
import Glibc

/// Calls back with the number of the first SIGINT or SIGTERM; a second one ends the process at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable (CInt) -> Void) {
        let counter = Counter()
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: counter.queue)
            source.setEventHandler {
                counter.count += 1
                if counter.count > 1 { _exit(128 + number) }
                stop(number)
            }
            source.resume()
            return source
        }
    }

    func cancel() { sources.forEach { $0.cancel() } }

    /// Used on its queue only.
    private final class Counter: @unchecked Sendable {
        let queue = DispatchQueue(label: "signals")
        var count = 0
    }
}
