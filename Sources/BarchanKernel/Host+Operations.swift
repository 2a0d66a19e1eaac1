import Barchan
import Glibc

/// What administrators and monitoring see.
extension Host: OperationDirectory {
    public var operations: any OperationDirectory { self }

    /// The page of the audit log that one call gives at most.
    public static let auditPage = 1_000

    public func audit(
        olderThan older: String?, limit: Int, for account: AccountID
    ) async throws(HostError) -> [AuditEntry] {
        try await accountBook.requireAdministrator(account, to: "read the audit log")
        return try await operatorAudit(olderThan: older, limit: limit)
    }

    /// As ``audit(olderThan:limit:for:)``, for the command line.
    public func operatorAudit(olderThan older: String?, limit: Int) async throws(HostError) -> [AuditEntry] {
        try await audit.entries(olderThan: older, limit: min(max(limit, 0), Host.auditPage))
    }

    public func noteExceptions(_ exceptions: [AppID: [String]]) async {
        let now = Set(exceptions.flatMap { app, texts in texts.map { "\(app) \($0)" } })
        do throws(HostError) {
            var before: Set<String> = []
            if let (fields, _) = try await records.read(.pageExceptions) {
                while let text = fields["\(before.count)"] { before.insert(text) }
            }
            guard now != before else { return }
            var fields = RecordFields()
            for (number, text) in now.sorted().enumerated() { fields["\(number)"] = text }
            let entries = entries(.allowPages, now.subtracting(before)) + entries(.forbidPages, before.subtracting(now))
            _ = try await records.store.commit(RecordBatch(writes: [.put(.pageExceptions, fields.encoded)] + entries))
        } catch {
            log(.error, "write exceptions for pages to the audit log: \(error.message)")
        }
    }

    /// - Parameter texts: Each an app and what its pages may do.
    private func entries(_ act: AuditAct, _ texts: Set<String>) -> [RecordBatch.Write] {
        texts.sorted().map { text in
            let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
            return audit.entry(act, by: .commandLine, on: parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    public func recentLog(for account: AccountID) async throws(HostError) -> [HostLogLine] {
        try await accountBook.requireAdministrator(account, to: "read the host's log")
        return recentLog?.newest ?? []
    }

    public func usage(for account: AccountID) async throws(HostError) -> [GrainUsage] {
        try await accountBook.requireAdministrator(account, to: "see what grains use")
        return try await uses(noOlderThan: Host.measureAge).map { use in
            GrainUsage(
                grain: use.grain.summary, owner: use.grain.owner, isFrozen: use.isFrozen,
                memoryBytes: use.usage?.memoryBytes, processes: use.usage?.processes,
                processorTime: use.usage?.processorTime)
        }
    }

    public func packages(for account: AccountID) async throws(HostError) -> [PackageUsage] {
        try await accountBook.requireAdministrator(account, to: "see which packages are installed")
        let (apps, grains) = try await operatorApps()
        return apps.flatMap { app in
            app.all.map { package in
                let isCurrent = package.identifier == app.current.identifier
                let isPending = package.identifier == app.pending?.identifier
                return PackageUsage(
                    package: package,
                    state: app.isUninstalled ? .uninstalled : isCurrent ? .inUse : isPending ? .waiting : .kept,
                    grains: grains[package.identifier] ?? 0)
            }
        }
    }

    public func limits(for account: AccountID) async throws(HostError) -> [KeyValue] {
        try await accountBook.requireAdministrator(account, to: "see the limits")
        let guarantees = isolation.guarantees(for: nil), bounds = self.limits.grain
        let isHeldByDisk = await holdsVolumes
        let perGrain = GrainLimit.allCases.map { limit in
            let isGuaranteed = limit.isGuaranteed(by: guarantees, isHeldByDisk: isHeldByDisk, in: bounds)
            let keeper = limit == .volumeMiB ? "disk" : "isolation back end"
            let note = isGuaranteed ? "" : " (the \(keeper) does not guarantee it)"
            return KeyValue(limit.rawValue, "\(limit.value(in: bounds))\(note)")
        }
        return [
            KeyValue("sessionsPerAccount", String(self.limits.sessionsPerAccount)),
            KeyValue("sessionsPerLink", String(self.limits.sessionsPerLink)),
            KeyValue("sessions", String(self.limits.sessions)),
            KeyValue("grainsPerAccount", String(self.limits.grainsPerAccount)),
            KeyValue("runningGrains", String(self.limits.runningGrains)),
            KeyValue("tokensPerGrain", String(self.limits.tokensPerGrain)),
        ] + perGrain
    }

    // MARK: Figures

    public func figures() async throws(HostError) -> [HostFigure] {
        var states: [String: Int] = ["starting": 0, "running": 0, "frozen": 0, "crashed": 0]
        var memory: Int64 = 0, processes: Int64 = 0
        for life in await registry.all {
            let glimpse = await life.glimpse
            states[glimpse.figureState, default: 0] += 1
            guard let usage = await usage(of: glimpse, noOlderThan: Host.measureAge) else { continue }
            memory += usage.memoryBytes ?? 0
            processes += usage.processes ?? 0
        }
        states["stopped"] = nil
        let byState = states.sorted { $0.key < $1.key }.map {
            HostFigure.Sample(Double($0.value), labels: [KeyValue("state", $0.key)])
        }
        return [
            HostFigure("barchan_grains", "Grains in memory, and those that ended by themselves", .gauge, byState),
            HostFigure(
                "barchan_grains_memory_bytes", "What grains in memory hold together", .gauge, [.init(Double(memory))]),
            HostFigure(
                "barchan_grains_processes", "Processes and threads of all grains", .gauge, [.init(Double(processes))]),
            HostFigure("barchan_sessions", "Open tabs", .gauge, [.init(Double(await sessionBook.count))]),
        ] + counters.figures + (backupSchedule == nil ? [] : counters.backupFigures) + HostProcessFigures.all
    }
}

extension GrainLife.Glimpse {
    fileprivate var figureState: String {
        if isFrozen { return "frozen" }
        return switch state {
        case .stopped: "stopped"
        case .starting: "starting"
        case .running: "running"
        case .crashed: "crashed"
        @unknown default: "unknown"
        }
    }
}

/// What the kernel says of this process, under the names that Prometheus' own libraries use.
private enum HostProcessFigures {
    static var all: [HostFigure] {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let processor = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        return [
            HostFigure(
                "process_cpu_seconds_total", "Processor time of the host's own process", .counter, [.init(processor)]),
            HostFigure(
                "process_resident_memory_bytes", "Memory of the host's own process", .gauge, [.init(residentBytes)]),
            HostFigure("process_open_fds", "Open descriptors of the host's own process", .gauge, [.init(openFiles)]),
        ]
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    /// The second number of statm(5), in pages.
    private static var residentBytes: Double {
        guard let file = fopen("/proc/self/statm", "re") else { return 0 }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = fread(&bytes, 1, bytes.count, file)
        let words = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Double(words[1]) ?? 0) * Double(sysconf(CInt(_SC_PAGESIZE))) : 0
    }

    private static var openFiles: Double {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0.0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != 0x2e { count += 1 }
        }
        // Without the descriptor of the directory itself.
        return max(0, count - 1)
    }
}

extension RecordKey {
    /// What pages of some apps may do beyond the walls, as of the last start.
    static let pageExceptions = RecordKey("host/page-exceptions")
}
