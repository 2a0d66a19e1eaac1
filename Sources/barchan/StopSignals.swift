import Dispatch
import Glibc

/// Calls back with the number of the first SIGINT, SIGTERM or what else is asked for; a second one ends the process at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter alsoAtHangUp: Stops also when the terminal is closed, unless that is ignored, as below nohup(1).
    init(alsoAtHangUp: Bool = false, _ stop: @escaping @Sendable (CInt) -> Void) {
        let counter = Counter()
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            if number == SIGHUP, !alsoAtHangUp || StopSignals.isIgnored(SIGHUP) { return nil }
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
