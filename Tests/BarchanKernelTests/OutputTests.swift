import Barchan
import BarchanKernel
import Testing

@Suite struct OutputTests {
    @Test func outputWithinTheRatePassesWhole() {
        var throttle = LogThrottle(bytesPerSecond: 100, burstBytes: 200, now: .zero)
        for second in 0..<10 {
            #expect(throttle.admit([UInt8](repeating: 1, count: 100), now: .seconds(second)).count == 100)
        }
        #expect(throttle.finish().isEmpty)
    }

    @Test func whatIsOverTheRateIsLeftOutWithANote() {
        var throttle = LogThrottle(bytesPerSecond: 100, burstBytes: 200, now: .zero)
        #expect(throttle.admit([UInt8](repeating: 1, count: 250), now: .zero).count == 200)
        #expect(throttle.admit([UInt8](repeating: 1, count: 50), now: .milliseconds(10)).isEmpty)
        let text = String(decoding: throttle.admit(Array("again".utf8), now: .seconds(1)), as: UTF8.self)
        #expect(text == "\n[barchan: 100 bytes of output left out; 100 bytes per second are kept]\nagain")
        _ = throttle.admit([UInt8](repeating: 1, count: 500), now: .seconds(1))
        #expect(String(decoding: throttle.finish(), as: UTF8.self).contains("405 bytes of output left out"))
    }

    @Test func aClockThatJumpsDoesNoHarm() {
        var throttle = LogThrottle(bytesPerSecond: .max >> 40, burstBytes: 200, now: .seconds(100))
        _ = throttle.admit([1], now: .zero)
        #expect(throttle.admit([UInt8](repeating: 1, count: 300), now: .seconds(Int64.max / 2)).count == 200)
    }

    @Test func aGrainThatPrintsWithoutEndIsBounded() async throws {
        let test = try await TestHost { $0.limits.grain.logBurstBytes = 8 << 10 }
        test.grains.onLaunch { app in
            for _ in 0..<6 { app.print(String(repeating: "x", count: 8 << 10)) }
            app.answerFirst()
        }
        let grain = try await test.makeGrain()
        try await test.host.grains.stop(grain, by: test.person)
        let log = try await test.host.grains.log(of: grain, by: test.person, maximumBytes: 1 << 20)
        #expect(log.count < 9 << 10)
        #expect(String(decoding: log, as: UTF8.self).contains("40960 bytes of output left out"))
    }
}
