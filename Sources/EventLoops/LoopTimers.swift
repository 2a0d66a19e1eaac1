import Barchan
import Glibc

/// What is to be done later, the earliest first: a binary heap from which what was cancelled goes when its time comes.
final class LoopTimers {
    private var heap: [LoopTimer] = []

    /// Nanoseconds of the clock that never goes back.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    func add(due: UInt64, _ body: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(due: due, body)
        heap.append(timer)
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
        return timer
    }

    /// Milliseconds until the next one, rounded up; -1 when there is none.
    func timeout() -> CInt {
        while let first = heap.first, first.isCancelled { removeFirst() }
        guard let first = heap.first else { return -1 }
        let now = Self.now()
        return first.due <= now ? 0 : CInt(min((first.due - now + 999_999) / 1_000_000, 3_600_000))
    }

    /// Runs what is due. What these add has its turn later.
    func run() {
        guard !heap.isEmpty else { return }
        let now = Self.now()
        while let first = heap.first, first.due <= now {
            removeFirst()
            first.fire()
        }
    }

    private func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due
            {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

final class LoopTimer: LoopEntry {
    let due: UInt64
    private var body: (() -> Void)?

    init(due: UInt64, _ body: @escaping () -> Void) {
        self.due = due
        self.body = body
    }

    var isCancelled: Bool { body == nil }
    func cancel() { body = nil }

    func fire() {
        let body = body
        self.body = nil
        body?()
    }
}
