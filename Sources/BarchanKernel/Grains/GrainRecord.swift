import Barchan

/// What is remembered of a grain.
struct GrainRecord: Sendable {
    let grain: GrainID
    private(set) var fields: RecordFields

    init(grain: GrainID, fields: RecordFields) {
        self.grain = grain
        self.fields = fields
    }

    /// Nil for a record of something else.
    init?(_ record: Record) throws(HostError) {
        guard record.key.bytes.starts(with: RecordKey.grainPrefix.bytes),
            let grain = GrainID(record.key.text(after: .grainPrefix))
        else { return nil }
        self.init(grain: grain, fields: try RecordFields(decoding: record.value))
    }

    /// A new grain of `package`.
    init(
        _ grain: GrainID, of package: InstalledPackage, action: Int, title: String, owner: AccountID, now: Int64
    ) {
        var fields = RecordFields()
        fields["owner"] = owner.text
        fields["package"] = package.identifier.text
        fields["app"] = package.app.text
        fields["data-version"] = String(package.manifest.version)
        fields["app-title"] = package.manifest.title
        fields["action"] = String(action)
        fields["title"] = title
        fields["created"] = String(now)
        fields["used"] = String(now)
        fields[GrainRecord.bytes] = "0"
        self.init(grain: grain, fields: fields)
    }

    /// A grain that comes from a backup. Its app made its data long ago.
    /// - Parameter bytes: What that takes.
    init(
        _ grain: GrainID, from backup: BackupMetadata, of package: InstalledPackage, owner: AccountID, now: Int64,
        bytes: Int64
    ) {
        let titles = [backup.title, package.manifest.title].map {
            TextLine.stripped($0, maximumCharacters: GrainBook.maximumTitleCharacters)
        }
        var record = GrainRecord(
            grain, of: package, action: 0, title: titles.first { !$0.isEmpty } ?? "", owner: owner, now: now)
        record.fields["answered"] = "1"
        record.fields[GrainRecord.bytes] = String(bytes)
        self = record
    }

    var owner: AccountID? { fields["owner"].flatMap { AccountID($0) } }
    var package: PackageID? { fields["package"].flatMap { PackageID($0) } }
    var app: AppID? { fields["app"].flatMap { AppID($0) } }
    var appTitle: String { fields["app-title"] ?? "" }
    /// The newest version that was ever started on the grain's data; unknown for grains of older hosts.
    var dataVersion: UInt32? { fields.integer("data-version").flatMap { UInt32(exactly: $0) } }
    /// What the grain was moved from.
    var previous: PackageID? { fields["previous"].flatMap { PackageID($0) } }
    /// When, in seconds since 1970-01-01T00:00:00Z.
    var moved: Int64 { fields.integer("moved") ?? 0 }
    /// Whether the version the grain was moved from is older than what has run on its data.
    var previousIsTooOld: Bool {
        (fields.integer("previous-version") ?? 0) < (fields.integer("data-version") ?? 0)
    }
    var title: String { fields["title"] ?? "" }
    var action: Int { fields.integer("action").flatMap { Int(exactly: $0) } ?? 0 }
    /// Whether the app has ever answered a request. Until then its start command is the action's.
    var hasAnswered: Bool { fields["answered"] != nil }
    /// Being removed: invisible, and finished off when the host starts the next time.
    var isRemoved: Bool { fields["removed"] != nil }
    /// When it was put into the trash, in seconds since 1970-01-01T00:00:00Z.
    var discarded: Int64? { fields.integer("discarded") }
    /// Whether people and programs may have anything to do with it.
    var isUsable: Bool { !isRemoved && discarded == nil }
    var lastUsed: Int64 { fields.integer("used") ?? 0 }
    /// As of the last measure.
    var usedBytes: Int64 { fields.integer(GrainRecord.bytes) ?? 0 }
    /// Whether that is what its data takes. Otherwise something uses the data, or did when a host did not end in order.
    var isMeasured: Bool { fields[GrainRecord.bytes] != nil && fields[GrainRecord.unmeasured] == nil }
    /// What its data took when it was first found beyond its limit, or less since.
    var ceilingBytes: Int64? { fields.integer(GrainRecord.ceiling) }
    static let bytes = "bytes"
    static let ceiling = "bytes-ceiling"
    static let unmeasured = "unmeasured"
    /// Limits that are this grain's own.
    var limits: [GrainLimit: Int64] {
        var limits: [GrainLimit: Int64] = [:]
        for limit in GrainLimit.allCases { limits[limit] = fields.integer(limit.field) }
        return limits.filter { $0.key.range.contains($0.value) }
    }
}

extension GrainLimit {
    /// Its field in a grain's record.
    var field: String { "limit-\(rawValue)" }
}

extension RecordBook {
    /// A grain's record, or nil when there is none, or the grain is in the trash or being removed.
    func grain(_ grain: GrainID) async throws(HostError) -> GrainRecord? {
        guard let record = try await keptGrain(grain), record.isUsable else { return nil }
        return record
    }

    /// As ``grain(_:)``, but also a grain in the trash.
    func keptGrain(_ grain: GrainID) async throws(HostError) -> GrainRecord? {
        guard let (fields, _) = try await read(.grain(grain)) else { return nil }
        let record = GrainRecord(grain: grain, fields: fields)
        return record.isRemoved ? nil : record
    }

    /// The records of those of the grains that there are, in their order, also of those in the trash.
    func forEachKept(
        _ grains: [GrainID], _ body: (GrainRecord) async throws(HostError) -> Void
    ) async throws(HostError) {
        try await forEach(grains.map(RecordKey.grain)) { (entry) throws(HostError) in
            guard let record = try GrainRecord(entry), !record.isRemoved else { return }
            try await body(record)
        }
    }

    /// The grains whose identifiers stand behind a prefix.
    func grains(behind prefix: RecordKey) async throws(HostError) -> [GrainID] {
        var grains: [GrainID] = []
        try await forEach(prefix: prefix) { (entry) throws(HostError) in
            if let grain = GrainID(entry.key.text(after: prefix)) { grains.append(grain) }
        }
        return grains
    }

    /// Every grain, also those being removed.
    func forEachGrain(_ body: (GrainRecord) async throws(HostError) -> Void) async throws(HostError) {
        try await forEach(prefix: .grainPrefix) { (entry) throws(HostError) in
            if let record = try GrainRecord(entry) { try await body(record) }
        }
    }
}
