import Barchan
import CLinux
import EventLoops
import Glibc
import Synchronization
import Testing

/// What `HostLoop` promises, of the loop that is a thread.
@Suite struct LoopThreadTests {
    @Test func runsWhatIsPostedInOrderOnItsThread() async throws {
        let loop = try #require(LoopThread())
        #expect(!loop.isCurrent)
        let order = Mutex<[Int]>([])
        for number in 0..<1_000 {
            loop.post {
                precondition(loop.isCurrent, "what is posted runs on the loop")
                order.withLock { $0.append(number) }
            }
        }
        await loop.settle()
        #expect(order.withLock { $0 } == Array(0..<1_000))
    }

    @Test func whatIsPostedFromTheLoopComesAfterWhatRuns() async throws {
        let loop = try #require(LoopThread())
        let order = Mutex<[String]>([])
        await loop.run {
            loop.post { order.withLock { $0.append("posted") } }
            order.withLock { $0.append("running") }
        }
        await loop.settle()
        #expect(order.withLock { $0 } == ["running", "posted"])
    }

    @Test func wakesWhenItSleeps() async throws {
        let loop = try #require(LoopThread())
        for _ in 0..<200 {
            // Each round trip finds the loop asleep or about to be: a wake-up that is lost hangs here.
            await loop.settle()
        }
    }

    @Test func watchesADescriptorUntilCancelled() async throws {
        let loop = try #require(LoopThread())
        let pipe = try Pipe()
        let told = Signal()
        let seen = Mutex<[UInt8]>([])
        let entry = await loop.run {
            Unshared(
                loop.watch(pipe.output, for: EPOLLIN.rawValue) { events in
                    precondition(events & EPOLLIN.rawValue != 0, "it was asked for what can be read")
                    seen.withLock { $0 += pipe.read() }
                    told.set()
                })
        }
        #expect(entry.value != nil)
        pipe.write([1])
        await told.wait()
        await loop.run {
            entry.value?.cancel()
            entry.value?.cancel()
        }
        pipe.write([2])
        await loop.settle()
        #expect(seen.withLock { $0 } == [1])
        #expect(pipe.read() == [2])
    }

    @Test func refusesWhatCannotBeWatched() async throws {
        let loop = try #require(LoopThread())
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let wasWatched = await loop.run { loop.watch(file, for: EPOLLIN.rawValue) { _ in } != nil }
        #expect(!wasWatched)
    }

    /// Both are ready in one look at the kernel; whichever comes first cancels the other, whose turn never comes.
    @Test func whatIsCancelledWithinABatchDoesNotCome() async throws {
        let loop = try #require(LoopThread())
        let pipes = try [Pipe(), Pipe()]
        let told = Signal()
        let calls = Mutex(0)
        let entries = Unshared(Entries())
        await loop.run {
            for (index, pipe) in pipes.enumerated() {
                pipe.write([0])
                let entry = loop.watch(pipe.output, for: EPOLLIN.rawValue) { _ in
                    calls.withLock { $0 += 1 }
                    _ = pipe.read()
                    entries.value.list[1 - index]?.cancel()
                    told.set()
                }
                entries.value.list.append(entry)
            }
        }
        await told.wait()
        await loop.settle()
        #expect(calls.withLock { $0 } == 1)
        await loop.run { for entry in entries.value.list { entry?.cancel() } }
    }

    @Test func timersComeInTheOrderTheyAreDue() async throws {
        let loop = try #require(LoopThread())
        let order = Mutex<[Int]>([])
        let told = Signal()
        let began = await loop.run { () -> UInt64 in
            let began = uptime()
            for milliseconds in [30, 10, 20, 0] {
                _ = loop.after(nanoseconds: UInt64(milliseconds) * 1_000_000) {
                    precondition(uptime() >= began + UInt64(milliseconds) * 1_000_000, "not before it is due")
                    order.withLock { $0.append(milliseconds) }
                    if milliseconds == 30 { told.set() }
                }
            }
            return began
        }
        await told.wait()
        #expect(order.withLock { $0 } == [0, 10, 20, 30])
        #expect(uptime() >= began + 30_000_000)
    }

    @Test func aCancelledTimerDoesNotComeAndThoseAroundItDo() async throws {
        let loop = try #require(LoopThread())
        let order = Mutex<[Int]>([])
        let told = Signal()
        await loop.run {
            let entries = (0..<20).map { number in
                loop.after(nanoseconds: UInt64(number) * 100_000) {
                    order.withLock { $0.append(number) }
                    if number == 19 { told.set() }
                }
            }
            for number in stride(from: 0, to: 19, by: 2) { entries[number].cancel() }
        }
        await told.wait()
        #expect(order.withLock { $0 } == Array(stride(from: 1, through: 19, by: 2)))
    }

    /// Somebody who is never done: always something posted, a timer that is always due, a hook that always has more.
    @Test(arguments: ["posts", "timers", "hooks"]) func descriptorsGetTheirTurnBesideSomebodyWhoIsNeverDone(
        _ kind: String
    ) async throws {
        let loop = try #require(LoopThread())
        let pipe = try Pipe()
        let told = Signal()
        let stop = Atomic(false)
        let entries = Unshared(Entries())
        await loop.run {
            switch kind {
            case "posts": Restless.post(on: loop, until: { stop.load(ordering: .relaxed) })
            case "timers": Restless.time(on: loop, until: { stop.load(ordering: .relaxed) })
            default: entries.value.list.append(loop.beforeWaiting { !stop.load(ordering: .relaxed) })
            }
            entries.value.list.append(
                loop.watch(pipe.output, for: EPOLLIN.rawValue) { _ in
                    _ = pipe.read()
                    told.set()
                })
        }
        pipe.write([1])
        await told.wait()
        stop.store(true, ordering: .relaxed)
        await loop.run { for entry in entries.value.list { entry?.cancel() } }
    }

    @Test func hooksRunBeforeItWaitsUntilTheyAreCancelled() async throws {
        let loop = try #require(LoopThread())
        let runs = Mutex(0)
        let entry = await loop.run {
            Unshared(
                loop.beforeWaiting {
                    precondition(loop.isCurrent, "hooks run on the loop")
                    return runs.withLock { runs in
                        runs += 1
                        // Has more to do twice.
                        return runs < 3
                    }
                })
        }
        await loop.settle()
        await loop.settle()
        #expect(runs.withLock { $0 } >= 3)
        await loop.run { entry.value.cancel() }
        let before = runs.withLock { $0 }
        await loop.settle()
        await loop.settle()
        #expect(runs.withLock { $0 } == before)
    }

    /// Whoever waits at the other end of what some events led to is not kept waiting for all of them.
    @Test func hooksRunBetweenTheEventsOfOneLookAtTheKernel() async throws {
        let loop = try #require(LoopThread())
        let pipes = try (0..<32).map { _ in try Pipe() }
        let events = Mutex(0)
        let most = Mutex(0)
        let told = Signal()
        let entries = Unshared(Entries())
        await loop.run {
            let since = Mutex(0)
            for pipe in pipes {
                pipe.write([0])
                entries.value.list.append(
                    loop.watch(pipe.output, for: EPOLLIN.rawValue) { _ in
                        _ = pipe.read()
                        let inARow = since.withLock { count in
                            count += 1
                            return count
                        }
                        most.withLock { $0 = max($0, inARow) }
                        let count = events.withLock { count in
                            count += 1
                            return count
                        }
                        if count == 32 { told.set() }
                    })
            }
            entries.value.list.append(
                loop.beforeWaiting {
                    since.withLock { $0 = 0 }
                    return false
                })
        }
        await told.wait()
        #expect(most.withLock { $0 } < 32)
        await loop.run { for entry in entries.value.list { entry?.cancel() } }
    }

    @Test func whatWasPostedRunsBeforeTheEnd() async throws {
        let done = Signal()
        var loop = LoopThread()
        try #require(loop != nil)
        loop?.post { done.set() }
        loop = nil
        await done.wait()
    }

    /// The thread goes, and what its timers and hooks keep goes with it.
    @Test func theThreadEndsWithTheLastReference() async throws {
        let gone = Signal()
        var loop = LoopThread()
        try #require(loop != nil)
        await loop?.run { [weak loop] in
            let kept = Kept(gone)
            _ = loop?.after(nanoseconds: 3_600_000_000_000) { withExtendedLifetime(kept) {} }
            _ = loop?.beforeWaiting { withExtendedLifetime(kept) { false } }
        }
        loop = nil
        await gone.wait()
    }

    private final class Kept: Sendable {
        let gone: Signal
        init(_ gone: Signal) { self.gone = gone }
        deinit { gone.set() }
    }
}
