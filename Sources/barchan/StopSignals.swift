import Dispatch
import Glibc

/// Calls back with the number of the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once.
///
/// A SIGHUP that is ignored, as below nohup(1), stays so. It never is the second one: a terminal that is closed may send several.
final class StopSignals {
    private let sources: [CInt: any DispatchSourceSignal]

    /// - Parameter stop: On a queue of its own: the second signal ends the process also when this waits for something.
    init(_ stop: @escaping @Sendable (CInt) -> Void) {
        let counter = Counter()
        let numbers = [SIGINT, SIGTERM] + (StopSignals.isIgnored(SIGHUP) ? [] : [SIGHUP])
        var sources: [CInt: any DispatchSourceSignal] = [:]
        for number in numbers {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: counter.queue)
            source.setEventHandler {
                guard number != SIGHUP || counter.count == 0 else { return }
                counter.count += 1
                if counter.count > 1 { _exit(128 + number) }
                DispatchQueue(label: "stop").async { stop(number) }
            }
            source.resume()
            sources[number] = source
        }
        self.sources = sources
    }

    deinit { cancel() }

    /// SIGINT and SIGTERM do again what they do by default. A second call does nothing.
    func cancel() {
        for (number, source) in sources where !source.isCancelled {
            source.cancel()
            if number != SIGHUP { signal(number, SIG_DFL) }
        }
    }

    private static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        let handler = action.__sigaction_handler.sa_handler
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Used on its queue only.
    private final class Counter: @unchecked Sendable {
        let queue = DispatchQueue(label: "signals")
        var count = 0
    }
}
