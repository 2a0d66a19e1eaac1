import Barchan

/// The host: what the core offers to a frontend, over the providers that were wired.
public final class Host: FrontendHost {
    public let accounts: any AccountDirectory
    public let apps: any AppDirectory
    public let grains: any GrainDirectory
    public let sessions: any SessionDirectory
    public let upgrades: any UpgradeDirectory
    public let sharing: any SharingDirectory
    public let people: any PeopleDirectory
    public let api: any APIDirectory
    public let backups: any BackupDirectory
    public let tags: any TagDirectory
    public let trash: any TrashDirectory
    /// Accounts as the command needs them.
    public let accountBook: AccountBook

    let loginBook: LoginBook
    let peopleDesk: PeopleDesk
    let sharingDesk: SharingDesk
    let grainBook: GrainBook
    let sessionBook: SessionBook
    let backupBook: BackupBook
    let backupSchedule: BackupSchedule?
    let trashBook: TrashBook
    let watch: VolumeWatch
    let registry: GrainRegistry
    let isolation: any IsolationProvider
    private let output: OutputReader
    let recordings: RecordingBook
    private let pressure: MemoryPressure?
    let records: RecordBook
    let activities: ActivityBook
    let limits: HostLimits
    let log: HostLog
    private let clock: any HostClock
    /// Grants and administrative acts.
    public let audit: AuditBook
    let counters: HostCounters
    let recentLog: RecentLog?
    let packageBook: PackageBook
    let appBook: AppBook
    let upgradeBook: UpgradeBook
    /// Removes packages that nobody needs, each time somebody has let go of one.
    private let collection: Task<Void, Never>

    /// Takes up what an earlier host left in the records.
    /// - Parameters:
    ///   - mail: Nil when no mail is sent: nobody logs in by e-mail then.
    ///   - recentLog: Where `log` keeps its newest lines, for administrators to look at.
    public init(
        isolation: any IsolationProvider, storage: any StorageProvider, transport: any TransportProvider,
        configuration: HostConfiguration, clock: any HostClock = SystemHostClock(), mail: (any MailSender)? = nil,
        log: HostLog = .none, recentLog: RecentLog? = nil
    ) async throws(HostError) {
        let records = RecordBook(store: storage.records)
        let audit = AuditBook(records: records, clock: clock, log: log)
        let counters = HostCounters()
        let output = try OutputReader()
        let memory = MemoryReturn(clock: clock)
        let uses = PackageUses { memory.noteEnd() }
        let packageBook = PackageBook(
            storage: storage, isolation: isolation, uses: uses, clock: clock,
            previousLifetime: configuration.life.previousVersion, log: log)
        let recordings = RecordingBook(directory: "\(configuration.dataDirectory)/recordings", log: log)
        let reserve = DiskReserve(volumes: storage.volumes, limits: configuration.limits)
        let sizes = VolumeSizes(volumes: storage.volumes, records: records, clock: clock, log: log)
        let failedStarts = FailedStarts(restartPause: configuration.life.restartPause, clock: clock)
        let starter = GrainStarter(
            isolation: isolation, transport: transport, packages: storage.packages, volumes: storage.volumes,
            records: records,
            output: output, clock: clock, limits: configuration.limits, reserve: reserve,
            sizes: sizes, startLimit: configuration.life.startLimit, failedStarts: failedStarts,
            recordings: recordings, uses: uses, log: log)
        let running = RunningCount(limit: configuration.limits.runningGrains) { memory.noteEnd() }
        let accounts = AccountBook(records: records, clock: clock, settings: configuration.people)
        let logins = Host.logins(of: accounts, mail: mail, audit: audit, counters: counters, log: log)
        let sharing = SharingBook(
            records: records, accounts: accounts, clock: clock, limits: configuration.limits)
        let activities = ActivityBook(records: records, accounts: accounts, clock: clock)
        let makeServices = { @Sendable (grain: GrainID, wakeLocks: WakeLocks) in
            GrainServices(
                grain: grain, records: records,
                tokens: TokenBook(
                    grain: grain, records: records, clock: clock, maximumTokens: configuration.limits.tokensPerGrain),
                activities: activities, sharing: sharing, wakeLocks: wakeLocks)
        }
        let frozen = FrozenGrains(
            percent: configuration.life.frozenMemoryPercent, availableBytes: MemoryPressure.availableBytes)
        let registry = GrainRegistry { grain in
            GrainLife(
                grain: grain, starter: starter, running: running, frozen: frozen,
                clock: clock, settings: configuration.life, counters: counters, log: log, services: makeServices)
        }
        watch = VolumeWatch(reserve: reserve, registry: registry, clock: clock, log: log)
        let sessions = SessionBook(
            records: records, accounts: accounts, sharing: sharing, registry: registry, clock: clock,
            configuration: configuration, counters: counters, log: log)
        let grains = GrainBook(
            records: records, packages: storage.packages, book: packageBook, volumes: storage.volumes,
            isolation: isolation, registry: registry, watch: watch, sessions: sessions, accounts: accounts,
            sharing: sharing, clock: clock,
            limits: configuration.limits, reserve: reserve, trashLifetime: configuration.life.trash,
            failedStarts: failedStarts, audit: audit, log: log)
        logins.whenLoggedOut.listen { [weak sessions] account in await sessions?.closeAll(of: account) }
        let desk = SharingDesk(book: sharing, grains: grains, audit: audit)
        await sessions.admitByLinks(of: desk)
        self.accounts = logins
        loginBook = logins
        peopleDesk = PeopleDesk(accounts: accounts, logins: logins, mail: mail, audit: audit)
        people = peopleDesk
        sharingDesk = desk
        self.sharing = desk
        api = APIDesk(desk: desk, sessions: sessions)
        accountBook = accounts
        appBook = AppBook(book: packageBook, records: records, accounts: accounts, audit: audit)
        apps = appBook
        upgradeBook = UpgradeBook(
            book: packageBook, accounts: accounts, grains: grains, registry: registry,
            sessions: sessions, audit: audit)
        upgrades = upgradeBook
        self.grains = grains
        grainBook = grains
        backupBook = BackupBook(
            grains: grains, records: records, volumes: storage.volumes, registry: registry, accounts: accounts,
            owner: isolation.fileOwner, clock: clock, audit: audit,
            reserve: reserve, sizes: sizes)
        backups = backupBook
        tags = TagBook(records: records, sharing: sharing)
        trashBook = TrashBook(grains: grains)
        trash = trashBook
        backupSchedule = configuration.backups.directory.map { [backupBook] directory in
            BackupSchedule(
                directory: directory, settings: configuration.backups, book: backupBook, records: records,
                registry: registry, clock: clock, counters: counters, log: log)
        }
        self.sessions = sessions
        sessionBook = sessions
        self.registry = registry
        self.isolation = isolation
        self.output = output
        pressure = MemoryPressure { Task { await frozen.relieve() } }
        self.records = records
        self.activities = activities
        self.recordings = recordings
        self.audit = audit
        self.counters = counters
        self.recentLog = recentLog
        limits = configuration.limits
        self.log = log
        self.clock = clock
        try await accounts.addIndexes()
        self.packageBook = packageBook
        // Any number of releases while one collection runs ask for one more.
        let (requests, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        collection = Task {
            for await _ in requests { await packageBook.collect() }
        }
        try await finishWhatWasBegun()
        await lookForLostData()
        uses.onRelease { continuation.yield() }
        continuation.yield()
    }

    private static func logins(
        of accounts: AccountBook, mail: (any MailSender)?, audit: AuditBook, counters: HostCounters, log: HostLog
    ) -> LoginBook {
        let signal = LogoutSignal()
        let links = LoginBook(accounts: accounts, methods: [], whenLoggedOut: signal, audit: audit, counters: counters)
        guard let mail else { return links }
        let rates = RateLimits(clock: accounts.clock)
        let email = EmailLogin(accounts: accounts, mail: mail, rates: rates, log: log) {
            (account) throws(HostError) in try await links.issueLoginToken(for: account)
        }
        return LoginBook(accounts: accounts, methods: [email], whenLoggedOut: signal, audit: audit, counters: counters)
    }

    /// How long ``stop()`` waits for grains to end, and then for those that were ended by force.
    static let patience = Duration.seconds(5), lastPatience = Duration.seconds(3)

    /// Closes every session and stops every grain. The host is of no use afterwards.
    ///
    /// Grains that do not end in time are ended by force, see ``Barchan/AbortableIsolationProvider``, and what is left
    /// then is the kernel's to end with this process.
    public func stop() async {
        collection.cancel()
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        Task { [sessionBook, registry] in
            await sessionBook.closeAll()
            await registry.close()
            end.finish()
        }
        let patience = Task { [clock, isolation, log] in
            await clock.sleep(for: Host.patience)
            guard !Task.isCancelled else { return }
            log(.warning, "grains did not end within \(Host.patience); they are ended by force")
            (isolation as? any AbortableIsolationProvider)?.abort()
            await clock.sleep(for: Host.lastPatience)
            end.finish()
        }
        // Also in a task that was cancelled.
        await Task { for await _ in ends {} }.value
        patience.cancel()
        output.close()
        pressure?.close()
    }

    /// Removals that a crash interrupted.
    private func finishWhatWasBegun() async throws(HostError) {
        try await records.forEachGrain { [grainBook] (record) throws(HostError) in
            if record.isRemoved { try await grainBook.finishRemoval(of: record.grain) }
        }
        try await backupBook.removeHalfRestored()
        try await backupBook.removeHalfWritten()
        await recordings.removeLeftovers()
    }
}
