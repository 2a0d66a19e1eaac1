import Barchan

/// Keeps running grains within what their data may take on disk, and the disk from being filled.
///
/// A volume is measured by walking through it and by asking for what the grain has open without a name, which is done seldom:
/// after a grain's start, then when the disk has filled by enough for the grain to be beyond its limit, and once a minute. In
/// between a look at the disk's free space, one system call, is all. What a grain can write between two looks is the disk's
/// reserve's to bear.
actor VolumeWatch {
    private struct Measure {
        let running: RunningGrain
        /// At the first measure since the grain was started.
        let startBytes: Int64
        let bytes: Int64
        /// Of these, what files without a name take.
        let unnamedBytes: Int64
        let diskBytes: Int64
        let time: Duration
    }

    /// Between two looks at the disk.
    static let pause: Duration = .seconds(1)
    private static let maximumAge: Duration = .seconds(60)
    private static let minimumGrowthBytes: Int64 = 16 << 20

    private let reserve: DiskReserve
    private let registry: GrainRegistry
    private let clock: any HostClock
    private let log: HostLog
    private var measures: [GrainID: Measure] = [:]

    init(reserve: DiskReserve, registry: GrainRegistry, clock: any HostClock, log: HostLog) {
        self.reserve = reserve
        self.registry = registry
        self.clock = clock
        self.log = log
    }

    /// Watches until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await look()
            await clock.sleep(for: Self.pause)
        }
    }

    /// What a running grain takes, as of the last measure.
    func usedBytes(of running: RunningGrain) async throws(HostError) -> Int64 {
        if let measure = measures[running.grain], measure.running === running { return measure.bytes }
        return try await measure(running, diskBytes: await reserve.room()?.usedBytes ?? 0).bytes
    }

    /// One look: stops grains that are beyond their limit, and the one that grew most when the disk is nearly full.
    func look() async {
        var grains: [(life: GrainLife, running: RunningGrain)] = []
        for life in await registry.all {
            if let running = await life.runningGrain { grains.append((life, running)) }
        }
        let kept = Set(grains.map(\.running.grain))
        measures = measures.filter { kept.contains($0.key) }
        let room = await reserve.room(), isShort = room.map(reserve.isShort) ?? false
        for (life, running) in grains where isShort || isDue(running, room) {
            do throws(HostError) {
                let measure = try await measure(running, diskBytes: room?.usedBytes ?? 0)
                guard let allowed = running.allowedBytes, measure.bytes > allowed else { continue }
                let limit = running.limits.volumeBytes ?? allowed
                let advice = Self.advice(measure, allowed, limit)
                await life.stop(running, because: "\(LimitNotice.volume(measure.bytes, limit)); \(advice)")
            } catch {
                log(.warning, "measure the data of grain \(running.grain): \(error.message)")
            }
        }
        if isShort, let room { await stopFastestGrowing(of: grains, room) }
    }

    private static func advice(_ measure: Measure, _ allowed: Int64, _ limit: Int64) -> String {
        if measure.bytes - measure.unnamedBytes <= allowed {
            let unnamed = measure.unnamedBytes >> 20
            return "\(unnamed) MiB of it were files without a name that it had open, which are gone with it"
        }
        return allowed > limit ? "it was to shrink, and grew" : "open it again to delete something in it"
    }

    private func isDue(_ running: RunningGrain, _ room: DiskRoom?) -> Bool {
        guard let measure = measures[running.grain], measure.running === running else { return true }
        if clock.now() - measure.time >= Self.maximumAge { return true }
        guard let allowed = running.allowedBytes, let room else { return false }
        return room.usedBytes - measure.diskBytes >= max(Self.minimumGrowthBytes, (allowed - measure.bytes) / 2)
    }

    @discardableResult
    private func measure(_ running: RunningGrain, diskBytes: Int64) async throws(HostError) -> Measure {
        // Before the walk: what loses its name meanwhile must not count twice. A disk that holds limits knows of all.
        let holder = running.isHeldByDisk ? nil : running.sandbox as? any FileHoldingSandbox
        let unnamed = await holder?.unnamedFileBytes() ?? 0
        let bytes = try await running.volume.usedBytes() + unnamed
        let before = measures[running.grain].flatMap { $0.running === running ? $0 : nil }
        let measure = Measure(
            running: running, startBytes: before?.startBytes ?? bytes, bytes: bytes, unnamedBytes: unnamed,
            diskBytes: diskBytes, time: clock.now())
        measures[running.grain] = measure
        running.diskBytes.store(bytes, ordering: .relaxed)
        return measure
    }

    private func stopFastestGrowing(of grains: [(life: GrainLife, running: RunningGrain)], _ room: DiskRoom) async {
        func growth(_ running: RunningGrain) -> Int64 {
            measures[running.grain].map { $0.bytes - $0.startBytes } ?? 0
        }
        let growing = grains.filter { growth($0.running) > 0 }
        guard let worst = growing.max(by: { growth($0.running) < growth($1.running) }) else { return }
        await worst.life.stop(
            worst.running,
            because: "the disk is nearly full, \(room.freeBytes >> 20) MiB are left, and this grain took the most of "
                + "late: \(growth(worst.running) >> 20) MiB; make room on the disk")
    }
}

/// What is left free of the disk that grains are on.
struct DiskReserve: Sendable {
    let volumes: any VolumeStore
    let limits: HostLimits

    /// Nil where the storage does not say.
    func room() async -> DiskRoom? {
        do throws(HostError) { return try await (volumes as? any MeteredVolumeStore)?.room() } catch { return nil }
    }

    func isShort(_ room: DiskRoom) -> Bool { free(of: room) < 0 }

    /// Bytes that may be taken of the disk now. Nil where the storage does not say.
    func free() async -> Int64? { await room().map { max(0, free(of: $0)) } }

    private func free(of room: DiskRoom) -> Int64 { room.freeBytes - limits.diskReserve(of: room.totalBytes) }

    /// - Parameter needed: Bytes about to be written, as far as they are known.
    /// - Throws: ``HostError`` `.resourceExhausted` when the disk is, or then would be, nearly full.
    func require(_ needed: Int64 = 0, to attempt: String) async throws(HostError) {
        guard var room = await room() else { return }
        let free = room.freeBytes
        room.freeBytes -= needed
        guard isShort(room) else { return }
        throw HostError(
            .resourceExhausted,
            "\(attempt): the disk is nearly full, \(free >> 20) MiB are left; make room on it and try again")
    }
}

extension DiskRoom {
    /// With what each file takes at least, as volumes count it: many that are empty fill a disk as well.
    var usedBytes: Int64 { totalBytes - freeBytes + files * 4096 }
}

extension Host {
    /// Keeps grains within what they may take on disk, until the task is cancelled.
    public func watchVolumes() async {
        async let measuring: Void = measureWhatIsUnknown()
        await watch.run()
        await measuring
    }
}
