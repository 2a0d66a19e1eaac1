import Barchan
import Synchronization

/// Who wants to hear of which keys.
final class RecordWatchers: Sendable {
    private struct State {
        var next = 0
        var streams: [Int: (prefix: [UInt8], continuation: AsyncStream<Void>.Continuation)] = [:]
    }

    private let state = Mutex(State())

    func changes(prefix: RecordKey) -> AsyncStream<Void> {
        // One waiting element stands for any number of commits.
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state in
                state.next += 1
                state.streams[state.next] = (prefix.bytes, continuation)
                return state.next
            }
            continuation.onTermination = { [weak self] _ in
                // The removed stream is let go of outside the lock: its end may call back.
                _ = self?.state.withLock { $0.streams.removeValue(forKey: number) }
            }
        }
    }

    func notify(_ batch: RecordBatch) {
        let touched: [[UInt8]] = batch.writes.compactMap { write in
            switch write {
            case .put(let key, _), .delete(let key): key.bytes
            @unknown default: nil
            }
        }
        let interested = state.withLock { state in
            state.streams.values.filter { stream in touched.contains { $0.starts(with: stream.prefix) } }
        }
        for stream in interested { stream.continuation.yield() }
    }
}
