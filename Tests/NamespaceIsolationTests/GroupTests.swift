import Barchan
import BarchanConformance
import CLinux
import Glibc
import Testing

/// Grains and the control groups of this machine.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct GroupTests {
    /// The directories of one launcher, which it holds open.
    private func groups(of launcher: pid_t) throws -> [String] {
        guard let stream = opendir("/proc/\(launcher)/fd") else { throw ConformanceSkip("it cannot be seen") }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var target = [CChar](repeating: 0, count: 4096)
            let length = readlink("/proc/\(launcher)/fd/\(name)", &target, target.count)
            let path = String(decoding: target.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
            if path.contains("/barchan-") && path.hasPrefix("/sys/fs/cgroup") { found.append(path) }
        }
        return found
    }

    /// The groups of one launcher's sandboxes that are beside these directories.
    private func siblings(of bases: [String]) -> [String] {
        bases.flatMap { base -> [String] in
            guard let slash = base.lastIndex(of: "/") else { return [] }
            let parent = String(base[..<slash]), start = "barchan.\(base[slash...].dropFirst("/barchan-".utf8.count))."
            return Text.names(in: parent).filter { $0.hasPrefix(start) }.map { "\(parent)/\($0)" }
        }
    }

    /// Groups are numbered; there are some more than sandboxes.
    private func allGroups(in bases: [String]) -> [String] {
        siblings(of: bases) + bases.flatMap { base in (1...40).map { "\(base)/\($0)" } }
    }

    private func trial(_ guarantee: Guarantee) async throws -> IsolationTrial {
        let provider = try await Machine.provider()
        guard provider.guarantees.contains(guarantee) else { throw ConformanceSkip("\(guarantee) is not there") }
        return try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
    }

    @Test func anEndByMemoryIsCounted() async throws {
        try await skipping {
            let trial = try await trial(.memoryLimit)
            var limits = SandboxLimits()
            limits.memoryBytes = 32 << 20
            let running = try await trial.start(["allocate", "256"], limits: limits)
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let usage = try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
            #expect(usage.memoryKills == 1)
            #expect(usage.memoryPeakBytes.map { (24 << 20...33 << 20).contains($0) } == true, "\(usage)")
        }
    }

    /// The kernel counts them for nobody, and what was sent through them it bounds for the whole machine only.
    @Test(arguments: [("leave-connections", 128), ("fill-unaccepted", 512)])
    func connectionsThatNobodyAcceptsAreBounded(_ action: String, _ mebibytes: Int64) async throws {
        try await skipping {
            let trial = try await trial(.memoryLimit)
            var limits = SandboxLimits()
            limits.memoryBytes = mebibytes << 20
            let running = try await trial.start([action], limits: limits)
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let usage = try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
            #expect(usage.memoryKills == 1)
        }
    }

    @Test func useIsMeasuredWhileItRuns() async throws {
        try await skipping {
            let trial = try await trial(.memoryLimit)
            let running = try await trial.start(["allocate", "20", "fork", "5", "wait"])
            while let line = await running.output.line(), line != "forked.last ok" {}
            let usage = try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
            #expect(usage.processes == 6)
            #expect(usage.memoryBytes.map { $0 > 20 << 20 } == true, "\(usage)")
            #expect(usage.processorTime.map { $0 > .milliseconds(1) && $0 < .seconds(60) } == true, "\(usage)")
            #expect(usage.memoryKills == 0 && usage.refusedProcesses == 0 && !usage.isFrozen)
            await running.sandbox.terminate()
        }
    }

    /// Empty files take none of the bytes.
    @Test func temporaryFilesAreCounted() async throws {
        try await skipping {
            let trial = try await trial(.memoryLimit)
            let running = try await trial.start(["fill", "/tmp", "wait"])
            while let line = await running.output.line(), !line.hasPrefix("filled.files ") {}
            let usage = try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
            #expect(usage.temporaryFiles == SandboxLimits().temporaryInodes, "\(usage)")
            #expect(usage.temporaryBytes.map { $0 < 1 << 20 } == true, "\(usage)")
            await running.sandbox.terminate()
        }
    }

    @Test func refusedProcessesAreCounted() async throws {
        try await skipping {
            let trial = try await trial(.memoryLimit)
            var limits = SandboxLimits()
            limits.processes = 20
            let running = try await trial.start(["fork", "100", "exit", "3"], limits: limits)
            #expect(await running.sandbox.waitForExit() == .exited(status: 3))
            let usage = try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
            #expect(usage.refusedProcesses == 1)
        }
    }

    /// While it spins it gets what others leave; when it rests it is as any other.
    @Test func whoKeepsAProcessorBusyYields() async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            let launcher = "\(directory.path)/barchan-sandbox"
            try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
            let provider = try await Machine.provider(["launcher": .string(launcher)])
            guard provider.guarantees.contains(.memoryLimit) else { throw ConformanceSkip("there are no groups") }
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let running = try await trial.start(["spin", "1000000", "wait"])
            let bases = try groups(of: LauncherProcesses(program: launcher).inner)
            guard bases.contains(where: { access("\($0)/cpu.idle", F_OK) == 0 }) else {
                throw ConformanceSkip("no group can be idle here: Linux before 5.15, or no controller of processors")
            }
            try await seesYielding(1, in: bases, running.sandbox)
            _ = write(running.socket.descriptor, "x", 1)
            try await seesYielding(0, in: bases, running.sandbox)
            await running.sandbox.terminate()
        }
    }

    /// Takes its time, too.
    private func requireThere(_ sandbox: any Sandbox) async throws {
        let usage = await (sandbox as? any MeasuredSandbox)?.usage()
        try require(usage != nil, "the sandbox is gone")
    }

    /// Waits until so many groups are idle.
    private func seesYielding(_ count: Int, in bases: [String], _ sandbox: any Sandbox) async throws {
        while true {
            let idle = allGroups(in: bases).filter { (try? Text.lines(of: "\($0)/cpu.idle")) == ["1"] }
            if idle.count == count { return }
            try await requireThere(sandbox)
        }
    }

    /// Nobody can be interrupted in the kernel at once, so it is kept off one processor while there are others.
    @Test func whoIsBusyInTheKernelLeavesOneProcessorToOthers() async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            let launcher = "\(directory.path)/barchan-sandbox"
            try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
            let provider = try await Machine.provider(["launcher": .string(launcher)])
            guard provider.guarantees.contains(.freezing) else { throw ConformanceSkip("there are no groups") }
            let all = try require(processors(of: "self"), "it cannot be seen")
            guard Int(all) == nil else { throw ConformanceSkip("there is one processor") }
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let running = try await trial.start(["spin", "0", "wait"])
            let bases = try groups(of: LauncherProcesses(program: launcher).inner)
            // It has less of the processors from a look on; that does not take it from one.
            try await seesReduced(in: bases, running.sandbox)
            #expect(confined(to: all, in: bases).isEmpty)
            let other = try await trial.start(["tick"])
            try await seesConfined(true, to: all, in: bases, running.sandbox)
            _ = write(running.socket.descriptor, "x", 1)
            try await seesConfined(false, to: all, in: bases, running.sandbox)
            await running.sandbox.terminate()
            await other.sandbox.terminate()
        }
    }

    /// Waits until a group has less than others have.
    private func seesReduced(in bases: [String], _ sandbox: any Sandbox) async throws {
        let weights = ["/cpu.shares", "/cpu.weight"]
        while !allGroups(in: bases).contains(where: { group in
            weights.contains { (try? Text.lines(of: group + $0))?.first.flatMap { Int($0) }.map { $0 < 100 } ?? false }
        }) {
            try await requireThere(sandbox)
        }
    }

    /// Waits until some processes, or none, may run on other processors than `all`.
    private func seesConfined(
        _ isConfined: Bool, to all: String, in bases: [String], _ sandbox: any Sandbox
    ) async throws {
        while confined(to: all, in: bases).isEmpty == isConfined {
            try await requireThere(sandbox)
        }
    }

    /// The processes that may run on other processors than `all`.
    private func confined(to all: String, in bases: [String]) -> [String] {
        allGroups(in: bases).flatMap { (try? Text.lines(of: "\($0)/cgroup.procs")) ?? [] }
            .filter { (processors(of: $0) ?? all) != all }
    }

    /// Where a process may run: proc_pid_status(5). A number is one processor.
    private func processors(of process: String) -> String? {
        let key = "Cpus_allowed_list:"
        let line = (try? Text.lines(of: "/proc/\(process)/status"))?.first { $0.hasPrefix(key) }
        return line.map { String($0.dropFirst(key.utf8.count + 1)) }
    }

    /// Goes on until it is ended, which is the test.
    @Test(arguments: [(0, "processes"), (64, "memory")])
    func whoGoesOnMeetingALimitIsEnded(_ mebibytes: Int, _ limit: String) async throws {
        try await skipping {
            let trial = try await trial(.freezing)
            guard trial.provider.guarantees.contains(.memoryLimit) else { throw ConformanceSkip("there are no groups") }
            var limits = SandboxLimits()
            (limits.processes, limits.memoryBytes) = (20, 16 << 20)
            let running = try await trial.start(["exhaust", "\(mebibytes)"], limits: limits)
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let usage = try await require((running.sandbox as? any MeasuredSandbox)?.usage(), "it is not measured")
            let met = mebibytes == 0 ? usage.refusedProcesses : usage.memoryKills
            #expect(met.map { $0 >= 20 } == true, "\(usage)")
        }
    }

    /// Groups go with the host, however it ends: here its launcher and keeper are killed, or only one of them.
    @Test func thirtyKilledHostsLeaveNoGroup() async throws {
        try await skipping {
            _ = try await trial(.freezing)
            var all: [String] = []
            for round in 0..<30 {
                let directory = try TemporaryDirectory()
                let launcher = "\(directory.path)/barchan-sandbox"
                try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
                let trial = try await IsolationTrial(
                    Machine.provider(["launcher": .string(launcher)]), probe: Programs.path("sandbox-probe"))
                let running = try await trial.start(["descendants", "ignore", "wait"])
                try require(await running.output.line() == "descendants 3", "the probe does not run")
                let processes = try LauncherProcesses(program: launcher)
                let made = try groups(of: processes.inner)
                #expect(!made.isEmpty && made.allSatisfy { access($0, F_OK) == 0 })
                let beside = siblings(of: made)
                #expect(beside.isEmpty != made.contains { access("\($0)/cpu.shares", F_OK) == 0 })
                all += made + beside
                if round % 3 != 1 { kill(processes.inner, SIGKILL) }
                if round % 3 != 0 { kill(processes.keeper, SIGKILL) }
                _ = await running.output.rest()
                _ = await running.sandbox.waitForExit()
            }
            // What a killed keeper could not remove is removed by the next host, whose own groups go with it.
            try await end(of: Machine.provider())
            for path in all { #expect(access(path, F_OK) != 0, "\(path) is left") }
        }
    }

    private func end(of provider: any IsolationProvider) async throws {
        let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
        #expect(try await trial.facts(["exit", "0"]).exit == .exited(status: 0))
    }
}

/// Sandboxes that stop where they are: beyond what the suite tries on every back end.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct FreezeTests {
    @Test func nothingFrozenSurvivesTheLauncher() async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            let launcher = "\(directory.path)/barchan-sandbox"
            try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
            let provider = try await Machine.provider(["launcher": .string(launcher)])
            guard provider.guarantees.contains(.freezing) else { throw ConformanceSkip("nothing can be frozen here") }
            let trial = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let running = try await trial.start(["descendants", "ignore", "wait"])
            _ = await running.output.line()
            try await require(running.sandbox as? any FreezableSandbox, "it cannot be frozen").freeze()
            kill(try LauncherProcesses(program: launcher).inner, SIGKILL)
            // The end of the pipe comes when nobody holds it.
            _ = await running.output.rest()
            guard case .lost = await running.sandbox.waitForExit() else { throw ConformanceFailure("not lost") }
        }
    }
}
