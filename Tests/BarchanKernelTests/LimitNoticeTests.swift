import Barchan
import Testing

@testable import BarchanKernel

/// What a grain's owner reads of limits while the grain runs.
@Suite struct LimitNoticeTests {
    private func notices(_ isDropping: Bool = false, _ change: (inout SandboxUsage) -> Void = { _ in }) -> [String] {
        var usage = SandboxUsage()
        change(&usage)
        return LimitNotice.all(usage, GrainLimits(), diskBytes: 0, hasDroppedOutput: isDropping)
    }

    @Test func whatIsWithinItsLimitsSaysNothing() {
        #expect(notices().isEmpty)
        let few = notices {
            ($0.memoryKills, $0.refusedProcesses, $0.temporaryBytes) = (0, 0, 15 << 20)
            $0.temporaryFiles = 4095
            ($0.openFiles, $0.openFilesLimit) = (1022, 1024)
        }
        #expect(few.isEmpty)
    }

    @Test func eachLimitHasItsWords() {
        #expect(notices { $0.memoryKills = 1 }[0].contains("1024 MiB (memoryMiB)"))
        #expect(notices { $0.refusedProcesses = 9 }[0].contains("512 (processes)"))
        #expect(notices { $0.temporaryBytes = 16 << 20 }[0].contains("full, at 16 MiB (temporaryMiB)"))
        #expect(notices { $0.temporaryFiles = 4096 }[0].contains("which are 4096 at 16 MiB (temporaryMiB)"))
        #expect(
            notices { ($0.openFiles, $0.openFilesLimit) = (1023, 1024) }[0].contains("1024 of at most 4096 (openFiles)")
        )
        #expect(notices(true)[0].contains("64 KiB a second (logKiBPerSecond)"))
        #expect(notices(true) { ($0.memoryKills, $0.refusedProcesses) = (1, 1) }.count == 3)
    }

    /// The owner of a running grain sees it; the log has it, once.
    @Test func aNoticeIsShownAndLogged() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let app = await test.grains.app(1)
        #expect(try await test.host.grains.grain(grain, for: test.person).notice == nil)
        app.used.withLock { $0.refusedProcesses = 1 }
        // Looking costs something: it is not done again at once.
        #expect(try await test.host.grains.grain(grain, for: test.person).notice == nil)
        test.clock.advance(by: .seconds(2))
        for _ in 0..<2 {
            let notice = try await test.host.grains.grain(grain, for: test.person).notice
            #expect(
                notice?.contains("512 (processes); the administrator can raise it with 'barchan grain limits'") == true)
            test.clock.advance(by: .seconds(2))
        }
        try await test.host.grains.stop(grain, by: test.person)
        #expect(try await test.host.grains.grain(grain, for: test.person).notice == nil)
        let log = String(
            decoding: try await test.host.grains.log(of: grain, by: test.person, maximumBytes: 4096), as: UTF8.self)
        #expect(log.split(separator: "[barchan:").count == 2 && log.contains("512 (processes)"), "\(log)")
    }
}
