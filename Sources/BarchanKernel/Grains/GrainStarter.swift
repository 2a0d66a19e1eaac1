import Barchan

/// Starts grains: everything between a record and a running app that has said what it is.
struct GrainStarter: Sendable {
    let isolation: any IsolationProvider
    let transport: any TransportProvider
    let packages: any PackageStore
    let volumes: any VolumeStore
    let records: RecordBook
    let output: OutputReader
    let clock: any HostClock
    let limits: HostLimits
    let reserve: DiskReserve
    let sizes: VolumeSizes
    let startLimit: Duration
    let failedStarts: FailedStarts
    let recordings: RecordingBook
    let uses: PackageUses
    let log: HostLog

    /// - Parameter services: What the app may ask for; ended when it does not start.
    /// - Throws: ``HostError`` with the end of the app's log when the app does not start; `.disconnected` when the back end lost
    ///   it meanwhile, and the next try may work; `.cancelled` when the task was. Nothing runs then.
    func start(_ grain: GrainID, _ services: GrainServices) async throws(HostError) -> RunningGrain {
        do throws(HostError) {
            let running = try await launch(grain, services)
            do throws(HostError) {
                try await records.remember(running.viewInfo, of: grain)
            } catch {
                // Sharing goes by what is known from earlier then.
                log(.warning, "remember what the app of grain \(grain) says of itself: \(error.message)")
            }
            services.viewInfo.set(running.viewInfo)
            return running
        } catch {
            services.end()
            // It is the package that is wrong, not what was asked of the host.
            throw error.code == .invalidArgument ? HostError(.failed, error.message) : error
        }
    }

    private func launch(_ grain: GrainID, _ services: GrainServices) async throws(HostError) -> RunningGrain {
        let (record, hold) = try await held(grain)
        let package = try await package(of: record)
        let use = record.owner.map { AppUse(app: package.app, owner: $0) }
        let attempt = "start grain '\(grain)'"
        if let use { try failedStarts.require(use, to: attempt) }
        let command = try command(for: record, in: package)
        try isolation.requireLoopback(for: command, of: package, to: attempt)
        let volume = try await volume(of: record)
        let limits = limits.grain(of: package.app, own: record.limits)
        try await reserve.require(to: attempt)
        var allowance = try await sizes.allowance(for: record, limit: limits.volumeBytes, to: attempt)
        try await note(package.manifest.version, for: record)
        let sockets = try SocketPair()
        var hostEnd = sockets.hostEnd
        if let file = await recordings.file(for: grain) {
            hostEnd = try ConversationTap.start(on: hostEnd, into: file)
        }
        // The transport speaks first: what it says waits in the socket when the app is executed.
        let connection = try await transport.connect(over: hostEnd, offering: services)
        var marking: Task<Void, Never>?
        do throws(HostError) {
            var specification = SandboxSpecification(
                grain: grain, package: package.tree, data: volume.directory, command: command)
            allowance.isHeldByDisk = await limit(grain, to: allowance.allowedBytes)
            specification.app = package.app
            specification.limits = limits.sandbox
            // While the app starts; nobody waits for the disk.
            marking = Task { await sizes.markInUse(grain) }
            let running = try await launch(
                specification, grainEnd: sockets.grainEnd, connection, volume, limits, allowance, services, hold, use)
            await marking?.value
            return running
        } catch {
            await connection.close()
            if let marking {
                await marking.value
                await sizes.noteUse(of: grain, isOver: true)
            }
            if let use, FailedStarts.isOfApp(error) { failedStarts.note(use) }
            throw error
        }
    }

    /// Where the disk holds grains within their limit itself. Whether it does or not, running grains are watched, too.
    private func limit(_ grain: GrainID, to bytes: Int64?) async -> Bool {
        guard let volumes = volumes as? any LimitingVolumeStore else { return false }
        do throws(HostError) {
            return try await volumes.limit(grain, to: bytes)
        } catch {
            log(.warning, "the data of grain \(grain) is only measured: \(error.message)")
            return false
        }
    }

    // MARK: What to run

    /// The grain's record, and its package held.
    private func held(_ grain: GrainID) async throws(HostError) -> (GrainRecord, PackageHold) {
        // One turn for each move of the grain to another package meanwhile.
        while let record = try await records.grain(grain) {
            guard let package = record.package else {
                throw HostError(
                    .corrupt, "start grain '\(grain)': its record names no package; see 'barchan doctor --records'")
            }
            let hold = await uses.hold(package)
            // The record as it is now that nobody can remove the package any more.
            if let record = try await records.grain(grain), record.package == package { return (record, hold) }
            hold.release()
        }
        throw HostError(.notFound, "start grain '\(grain)': there is none")
    }

    /// Writes down, before the app can touch the data, that this version has run on it.
    private func note(_ version: UInt32, for record: GrainRecord) async throws(HostError) {
        guard version > record.dataVersion ?? 0 || record.dataVersion == nil else { return }
        try await records.update(.grain(record.grain)) { $0["data-version"] = String(version) }
    }

    private func package(of record: GrainRecord) async throws(HostError) -> InstalledPackage {
        guard let identifier = record.package, let package = try await packages.package(identifier) else {
            throw HostError(
                .corrupt,
                "start grain '\(record.grain)': its package '\(record.package?.text ?? "?")' of app '\(record.appTitle)' is not installed; install it again"
            )
        }
        return package
    }

    /// The action's command until the app has answered its first request, the continue command from then on: an app
    /// that failed half-way through making its data gets another chance to make it.
    private func command(for record: GrainRecord, in package: InstalledPackage) throws(HostError) -> Command {
        if record.hasAnswered { return package.manifest.continueCommand }
        guard package.manifest.actions.indices.contains(record.action) else {
            throw HostError(
                .failed,
                "start grain '\(record.grain)': this version of its app has no action \(record.action); move it to another one"
            )
        }
        return package.manifest.actions[record.action].command
    }

    /// Made for a grain that is new. One that was used and has none has lost it: with an empty one it would seem to be as ever.
    private func volume(of record: GrainRecord) async throws(HostError) -> any Volume {
        if let volume = try await volumes.volume(for: record.grain) { return volume }
        guard !record.hasAnswered else { throw LostData.error(record.grain, "start") }
        return try await volumes.create(for: record.grain, owner: isolation.fileOwner)
    }

    // MARK: Running it

    private func launch(
        _ specification: SandboxSpecification, grainEnd: consuming OwnedDescriptor, _ connection: any GrainConnection,
        _ volume: any Volume, _ limits: GrainLimits, _ allowance: VolumeAllowance, _ services: GrainServices,
        _ hold: PackageHold, _ use: AppUse?
    ) async throws(HostError) -> RunningGrain {
        let pipe = try Pipe()
        let grainLog = GrainLog(volume: volume, limits: limits, clock: clock, log: log)
        let token = try output.start(pipe.readEnd, into: grainLog)
        let grainOutput = GrainOutput(reader: output, token: token, log: grainLog)
        let sandbox: any Sandbox
        do throws(HostError) {
            sandbox = try await isolation.launch(specification, socket: grainEnd, output: pipe.writeEnd)
        } catch {
            await grainOutput.end()
            throw error
        }
        do throws(HostError) {
            let viewInfo = try await firstAnswer(of: sandbox, over: connection)
            return RunningGrain(
                grain: specification.grain, sandbox: sandbox, connection: connection, viewInfo: viewInfo,
                volume: volume, limits: limits, allowance: allowance, output: grainOutput, services: services,
                package: hold, use: use)
        } catch {
            let end = error.code == .disconnected ? await GrainEnd(soonOf: sandbox, limits.sandbox, clock) : nil
            await sandbox.terminate()
            await grainOutput.end()
            throw await explain(error, end, volume)
        }
    }

    /// What the app says of itself, unless it ends, takes too long or the task is cancelled before.
    private func firstAnswer(of sandbox: any Sandbox, over connection: any GrainConnection) async throws(HostError)
        -> ViewInfo
    {
        let isLate = Flag()
        // Closing the connection makes the call below fail, whatever the cause.
        Task {
            _ = await sandbox.waitForExit()
            await connection.close()
        }
        let limit = Task {
            await clock.sleep(for: startLimit)
            guard !Task.isCancelled else { return }
            isLate.set()
            await connection.close()
        }
        defer { limit.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await connection.viewInfo()
            } onCancel: {
                Task { await connection.close() }
            }
        } catch let error as HostError {
            if Task.isCancelled { throw HostError(.cancelled, "start a grain: it was stopped meanwhile") }
            if isLate.isSet {
                throw HostError(.failed, "the app did not answer within \(startLimit.components.seconds) seconds")
            }
            throw error
        } catch {
            throw HostError(.failed, "\(error)")
        }
    }

    /// - Parameter end: How its sandbox ended by itself.
    private func explain(_ error: HostError, _ end: GrainEnd?, _ volume: any Volume) async -> HostError {
        if error.code == .cancelled { return error }
        if let loss = end?.loss { return HostError(.disconnected, "start the app: \(loss)") }
        return await failedStart(end?.text ?? error.message, volume)
    }

    private func failedStart(_ cause: String, _ volume: any Volume) async -> HostError {
        let text = await EndReport.text(cause, volume: volume)
        await EndReport.note(cause, volume: volume)
        return HostError(.failed, "start the app: \(text)")
    }
}
