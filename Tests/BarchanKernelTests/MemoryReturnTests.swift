import Barchan
import Synchronization
import Testing

@testable import BarchanKernel

/// When memory is given back: malloc_trim(3) holds up who allocates meanwhile, so seldom and only when it is worth it.
@Suite(.timeLimit(.minutes(10))) struct MemoryReturnTests {
    /// A process of which a test says what is resident.
    private final class Machine: Sendable {
        let clock = ManualClock()
        private let state: Mutex<(resident: Int64, afterTrim: Int64, trims: Int)>

        init(residentMiB: Int64) { state = Mutex((residentMiB << 20, residentMiB << 20, 0)) }

        var trims: Int { state.withLock { $0.trims } }

        /// - Parameter kept: What stays when free memory is given back.
        func set(residentMiB: Int64, kept: Int64) {
            state.withLock { ($0.resident, $0.afterTrim) = (residentMiB << 20, kept << 20) }
        }

        func memory() -> MemoryReturn {
            MemoryReturn(
                clock: clock, residentBytes: { [self] in state.withLock { $0.resident } },
                trim: { [self] in
                    state.withLock {
                        $0.resident = $0.afterTrim
                        $0.trims += 1
                    }
                })
        }
    }

    @Test func manyEndsAreOneOccasion() async throws {
        let machine = Machine(residentMiB: 47)
        let memory = machine.memory()
        machine.set(residentMiB: 426, kept: 60)
        let occasion = try #require(memory.noteEnd())
        #expect(memory.noteEnd() == nil && memory.noteEnd() == nil)
        #expect(machine.trims == 0)
        await machine.clock.pass(MemoryReturn.delay)
        await occasion.value
        #expect(machine.trims == 1)
    }

    @Test func itIsNotDoneOftenNorForLittle() async throws {
        let machine = Machine(residentMiB: 47)
        let memory = machine.memory()
        // What is resident before, what stays, and how often memory was given back until then.
        let occasions: [(Int64, Int64, Int)] = [
            (62, 40, 0), (63, 60, 1), (75, 40, 1), (76, 70, 2), (50, 40, 2), (65, 50, 2), (66, 50, 3),
        ]
        for (number, (resident, kept, trims)) in occasions.enumerated() {
            machine.set(residentMiB: resident, kept: kept)
            let occasion = try #require(memory.noteEnd())
            await machine.clock.pass(number == 0 ? MemoryReturn.delay : MemoryReturn.interval)
            await occasion.value
            #expect(machine.trims == trims, "\(resident) MiB")
        }
    }

    @Test func aGrainThatLetsGoOfItsPlaceIsAnOccasion() throws {
        let ends = Mutex(0)
        let count = RunningCount(limit: 2) { ends.withLock { $0 += 1 } }
        let grain = GrainID.random()
        try count.take(for: grain)
        #expect(ends.withLock { $0 } == 0)
        count.release()
        #expect(ends.withLock { $0 } == 1)
    }

    @Test func whatIsResidentIsCounted() {
        // A Swift process is never smaller than a MiB.
        #expect(MemoryReturn.residentBytes() > 1 << 20)
    }
}
