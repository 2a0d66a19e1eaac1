import Barchan
import EventLoops
import Glibc
import Synchronization

/// Something that happens once and that others wait for.
final class Signal: Sendable {
    private struct State {
        var isSet = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func set() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isSet = true
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiting.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }
}

/// Carries what is used on the loop only through closures that have to be Sendable.
struct Unshared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// What a loop was asked for.
final class Entries {
    var list: [(any LoopEntry)?] = []
}

/// A stream that does not block.
final class Pipe: Sendable {
    let output: CInt
    private let input: CInt

    init() throws {
        var ends: [CInt] = [0, 0]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw HostError(.failed, "make a pipe: errno \(errno)") }
        output = ends[0]
        input = ends[1]
    }

    deinit {
        close(output)
        close(input)
    }

    func write(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) } }

    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(output, &buffer, buffer.count)
        return Array(buffer[..<max(0, count)])
    }
}

/// Nanoseconds of the clock that the loops use.
func uptime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Somebody who asks for more each time.
enum Restless {
    static func post(on loop: any HostLoop, until isOver: @escaping @Sendable () -> Bool) {
        loop.post { if !isOver() { post(on: loop, until: isOver) } }
    }

    static func time(on loop: any HostLoop, until isOver: @escaping @Sendable () -> Bool) {
        _ = loop.after(nanoseconds: 0) { if !isOver() { time(on: loop, until: isOver) } }
    }
}

extension HostLoop {
    /// Runs `body` on the loop and returns what it returns.
    @discardableResult
    func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in post { continuation.resume(returning: body()) } }
    }

    /// Returns when what was posted before has run, and the kernel was asked at least once since.
    func settle() async {
        for _ in 0..<3 { await run {} }
    }
}
