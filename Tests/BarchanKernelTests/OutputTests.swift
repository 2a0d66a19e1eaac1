import Barchan
import CLinux
import Glibc
import Testing

@testable import BarchanKernel

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

    /// A pipe whose reader rests for an hour once it read more than is kept: so nothing more can be written than was read until then
    /// and the pipe holds.
    @Test func whatIsKeptBackIsNotReadAtOnce() async throws {
        let reader = try OutputReader(rest: .seconds(3600))
        defer { reader.close() }
        var ends: [CInt] = [0, 0]
        try #require(clinux_pipe2(&ends, O_CLOEXEC) == 0)
        defer { close(ends[1]) }
        let volume = MemoryVolume(directory: "/")
        var limits = GrainLimits()
        (limits.logBytesPerSecond, limits.logBurstBytes) = (1, 4096)
        let log = GrainLog(volume: volume, limits: limits, clock: ManualClock(), log: .none)
        let token = try reader.start(OwnedDescriptor(takingOwnershipOf: ends[0]), into: log)
        let block = [UInt8](repeating: 120, count: 16 << 10)
        // Waits while the pipe is full: until the reader has read it once, and rests.
        for _ in 0..<5 { try #require(write(ends[1], block, block.count) == block.count) }
        while !log.hasDropped { await Task.yield() }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        var more = 0
        while case let count = write(ends[1], block, block.count), count > 0 { more += count }
        #expect(errno == EAGAIN && more <= 64 << 10, "\(more) bytes more were read")
        reader.stop(token)
        await log.waitUntilWritten()
        let text = String(decoding: try await volume.readLog(maximumBytes: 1 << 20), as: UTF8.self)
        #expect(
            text.hasSuffix("\((5 << 14) + more - 4096) bytes of output left out; 1 bytes per second are kept]\n"),
            "\(text.suffix(100))")
    }
}
