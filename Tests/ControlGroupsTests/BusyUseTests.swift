import Testing

@testable import ControlGroups

/// When a sandbox yields to others, and when it has to be ended: times and counts are given.
@Suite struct BusyUseTests {
    /// A sandbox that is looked at every 100 ms.
    private struct Watched {
        var use = BusyUse()
        private var time: UInt64 = 0, used: UInt64 = 0, inKernel: UInt64 = 0

        init() { look(share: 0) }

        mutating func look(share: Double, inKernel part: Double = 0, most: Double = 0, hasPeers: Bool = false) {
            time += 100_000_000
            used += UInt64(share * 100_000)
            inKernel += UInt64(part * 100_000)
            let sample = BusyUse.Sample(time: time, used: used, inKernel: inKernel)
            use.note(sample, yielding: .idle, most: max(most, use.share(until: sample)), hasPeers: hasPeers)
        }
    }

    @Test func whoKeepsAProcessorBusyYieldsUntilItRests() {
        var watched = Watched()
        watched.look(share: 0.2)
        #expect(watched.use.standing == .ordinary)
        watched.look(share: 1.9)
        #expect(watched.use.standing == .idle)
        watched.look(share: 0.2)
        #expect(watched.use.standing == .idle, "it still uses something")
        watched.look(share: 0.1)
        #expect(watched.use.standing == .ordinary)
    }

    @Test func whoIsBusyInTheKernelLeavesAProcessorUntilItRests() {
        var watched = Watched()
        watched.look(share: 0.2, inKernel: 0.2)
        #expect(!watched.use.isBusyInKernel)
        watched.look(share: 1.9, inKernel: 0.2)
        #expect(!watched.use.isBusyInKernel && watched.use.standing == .idle)
        watched.look(share: 1.9, inKernel: 0.3)
        #expect(watched.use.isBusyInKernel && watched.use.standing == .reduced)
        watched.look(share: 0.2)
        #expect(watched.use.isBusyInKernel && watched.use.standing == .reduced, "it still uses something")
        watched.look(share: 0.1, inKernel: 0.1)
        #expect(!watched.use.isBusyInKernel && watched.use.standing == .ordinary)
        watched.look(share: 1)
        #expect(!watched.use.isBusyInKernel && watched.use.standing == .idle)
    }

    @Test func aSingleRequestIsSeen() {
        var watched = Watched()
        watched.look(share: 0.0001)
        #expect(watched.use.lastStirring == nil)
        watched.look(share: 0.0003)
        #expect(watched.use.lastStirring == 300_000_000 && !watched.use.isActive)
        watched.look(share: 0.0001)
        #expect(watched.use.lastStirring == 300_000_000)
    }

    /// What yields and gets nothing looks like what rests, and has its turn.
    @Test func nobodyStarves() {
        var watched = Watched()
        watched.look(share: 1)
        watched.look(share: 0)
        #expect(watched.use.standing == .ordinary)
    }

    @Test func whoTakesLessThanHalfOfWhatAnotherTakesDoesNotYield() {
        var watched = Watched()
        watched.look(share: 0.4, most: 1)
        #expect(watched.use.standing == .ordinary)
        watched.look(share: 0.4, most: 0.7)
        #expect(watched.use.standing == .idle)
        watched.look(share: 0.4, most: 1)
        #expect(watched.use.standing == .ordinary)
    }

    /// Between its turns it gets nothing, and is no better for that.
    @Test func whoTakesTurnsWithOthersThatYieldRestsForASecondFirst() {
        var watched = Watched()
        for _ in 1...3 {
            watched.look(share: 1, inKernel: 1)
            for _ in 1...9 { watched.look(share: 0, hasPeers: true) }
            #expect(watched.use.standing == .reduced && watched.use.isBusyInKernel)
        }
        watched.look(share: 0, hasPeers: true)
        #expect(watched.use.standing == .ordinary && !watched.use.isBusyInKernel)
    }

    @Test func howItYieldsFollowsWhatIsAsked() {
        var use = BusyUse()
        use.note(BusyUse.Sample(time: 0, used: 0), yielding: .idle)
        use.note(BusyUse.Sample(time: 1_000_000_000, used: 1_000_000), yielding: .idle)
        #expect(use.standing == .idle)
        use.note(BusyUse.Sample(time: 2_000_000_000, used: 2_000_000), yielding: .reduced)
        #expect(use.standing == .reduced)
    }

    /// Refusals need not be found at every look: the kernel counts those of a fork bomb unevenly.
    @Test func whoGoesOnBeingRefusedProcessesIsStuck() {
        var watched = Watched()
        watched.look(share: 1)
        for look in 1...19 { watched.use.note(encounters: (0, UInt64(look))) }
        #expect(!watched.use.isStuck)
        watched.use.note(encounters: (0, 19))
        watched.use.note(encounters: (0, 20))
        #expect(!watched.use.isStuck)
        watched.use.note(encounters: (0, 21))
        #expect(watched.use.isStuck)
    }

    @Test func refusalsNowAndThenAreNoReason() {
        var watched = Watched()
        watched.look(share: 1)
        for look in 1...1000 { watched.use.note(encounters: (0, UInt64(look / 2))) }
        #expect(!watched.use.isStuck)
    }

    /// Many others want the processors, too.
    @Test(arguments: [(99 as UInt64, false), (100, true)])
    func whoGetsLittleIsStuckByManyRefusals(refused: UInt64, isStuck: Bool) {
        var watched = Watched()
        for look in 1...20 {
            watched.look(share: 0.02)
            #expect(watched.use.standing == .ordinary && watched.use.isActive)
            watched.use.note(encounters: (0, UInt64(look) * refused))
        }
        #expect(watched.use.isStuck == isStuck)
    }

    @Test func whoGetsNothingIsNotActive() {
        var watched = Watched()
        watched.look(share: 1)
        #expect(watched.use.isActive)
        watched.look(share: 0.005)
        #expect(!watched.use.isActive)
    }

    @Test func processesThatGoOnBeingEndedForMemoryAreNoAccident() {
        var watched = Watched()
        for kills in 0...19 { watched.use.note(encounters: (UInt64(kills), 0)) }
        #expect(!watched.use.isStuck)
        watched.use.note(encounters: (20, 0))
        #expect(watched.use.isStuck)
    }

    /// One every two seconds, as of an app whose pages take too much.
    @Test func seldomEndsAreAccidents() {
        var watched = Watched()
        for kills in 0..<100 {
            for _ in 0..<20 {
                watched.look(share: 1)
                watched.use.note(encounters: (UInt64(kills), 0))
            }
        }
        #expect(!watched.use.isStuck)
    }

    @Test func countersThatGoBackAreNoCrash() {
        var watched = Watched()
        watched.use.note(encounters: (9, 9))
        watched.use.note(encounters: (0, 0))
        watched.use.note(BusyUse.Sample(time: 0, used: 0), yielding: .idle)
        #expect(!watched.use.isStuck && watched.use.standing == .ordinary)
    }
}
