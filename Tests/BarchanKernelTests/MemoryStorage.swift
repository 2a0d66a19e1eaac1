import Barchan
import Synchronization

/// Storage in memory, in full: what the interface asks for and nothing else.
final class MemoryStorage: StorageProvider, InspectablePackageStore, OwnedVolumeStore, RecordStore {
    private struct State {
        var packages: [PackageID: InstalledPackage] = [:]
        var damaged: Set<PackageID> = []
        var volumes: [GrainID: MemoryVolume] = [:]
        var records: [RecordKey: Record] = [:]
        var version: UInt64 = 0
        var watchers: [(prefix: RecordKey, continuation: AsyncStream<Void>.Continuation)] = []
        var holdsLimits = true
    }

    private let state = Mutex(State())
    let disk = Mutex(DiskRoom(freeBytes: 90 << 30, totalBytes: 100 << 30))
    /// What happens while a snapshot is made.
    let whileSnapshot = Mutex<@Sendable () async throws(HostError) -> Void>({})
    let discarded = Later<Bool>()
    /// What the last backup that was restored might take.
    let restoreLimits = Mutex<(disk: Int64?, volume: Int64?)>((nil, nil))
    let guarantees: Set<Guarantee> = []
    var packages: any PackageStore { self }
    var volumes: any VolumeStore { self }
    var records: any RecordStore { self }

    func add(_ package: InstalledPackage) {
        state.withLock { state in
            state.packages[package.identifier] = package
            state.damaged.remove(package.identifier)
        }
    }
    /// It stays, and cannot be read any more.
    func damage(_ package: PackageID) { state.withLock { _ = $0.damaged.insert(package) } }
    var recordKeys: [String] { state.withLock { $0.records.keys.map(\.description).sorted() } }
    var recordTexts: [String] { state.withLock { $0.records.values.map { String(decoding: $0.value, as: UTF8.self) } } }

    // MARK: PackageStore

    func install(
        _ file: any ByteReader, expecting expected: PackageID?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        // "Wiki" or "Wiki/2".
        let parts = String(decoding: try await file.readAll(maximumBytes: 1_000), as: UTF8.self).split(separator: "/")
        let package = InstalledPackage.example(
            title: String(parts[0]), version: parts.count > 1 ? UInt32(parts[1]) ?? 1 : 1)
        add(package)
        return package
    }

    func installed() async throws(HostError) -> [InstalledPackage] {
        state.withLock { state in
            state.packages.values.filter { !state.damaged.contains($0.identifier) }
                .sorted { $0.identifier < $1.identifier }
        }
    }

    func unusable() async throws(HostError) -> [PackageID: HostError] {
        let error = HostError(.corrupt, "open a package: it is damaged")
        return Dictionary(uniqueKeysWithValues: state.withLock { $0.damaged }.map { ($0, error) })
    }

    func package(_ identifier: PackageID) async throws(HostError) -> InstalledPackage? {
        if let error = try await unusable()[identifier] { throw error }
        return state.withLock { $0.packages[identifier] }
    }
    func uninstall(_ identifier: PackageID) async throws(HostError) { state.withLock { $0.packages[identifier] = nil } }

    // MARK: VolumeStore

    func create(for grain: GrainID, owner: FileOwner) async throws(HostError) -> any Volume {
        try state.withLock { (state) throws(HostError) in
            guard state.volumes[grain] == nil else { throw HostError(.alreadyExists, "create volume '\(grain)'") }
            let volume = MemoryVolume(directory: "/volumes/\(grain)", owner: owner)
            state.volumes[grain] = volume
            return volume
        }
    }

    func volume(for grain: GrainID) async throws(HostError) -> (any Volume)? { state.withLock { $0.volumes[grain] } }
    func owner(of grain: GrainID) async throws(HostError) -> FileOwner {
        guard let volume = state.withLock({ $0.volumes[grain] }) else {
            throw HostError(.notFound, "look at '\(grain)'")
        }
        return volume.owner
    }
    func grains() async throws(HostError) -> [GrainID] { state.withLock { $0.volumes.keys.sorted() } }
    func remove(for grain: GrainID) async throws(HostError) { state.withLock { $0.volumes[grain] = nil } }

    // MARK: RecordStore

    func read(_ key: RecordKey) async throws(HostError) -> Record? { state.withLock { $0.records[key] } }

    func scan(prefix: RecordKey, after: RecordKey?, limit: Int) async throws(HostError) -> [Record] {
        let found = state.withLock { state in
            state.records.values.filter { record in
                record.key.bytes.starts(with: prefix.bytes) && after.map { record.key > $0 } ?? true
            }
        }
        return Array(found.sorted { $0.key < $1.key }.prefix(limit))
    }

    func commit(_ batch: RecordBatch) async throws(HostError) -> Bool {
        for case .put(let key, let value) in batch.writes where key.bytes.count > 1 << 10 || value.count > 1 << 20 {
            throw HostError(.invalidArgument, "commit record '\(key)': it is too large")
        }
        let signals = state.withLock { state -> [AsyncStream<Void>.Continuation]? in
            let holds = batch.conditions.allSatisfy { condition in
                switch condition {
                case .absent(let key): state.records[key] == nil
                case .version(let key, let version): state.records[key]?.version == version
                @unknown default: false
                }
            }
            guard holds else { return nil }
            state.version += 1
            var keys: [RecordKey] = []
            for write in batch.writes {
                switch write {
                case .put(let key, let value):
                    state.records[key] = Record(key: key, value: value, version: state.version)
                    keys.append(key)
                case .delete(let key):
                    state.records[key] = nil
                    keys.append(key)
                @unknown default: continue
                }
            }
            return state.watchers.filter { watcher in keys.contains { $0.bytes.starts(with: watcher.prefix.bytes) } }
                .map(\.continuation)
        }
        signals?.forEach { $0.yield() }
        return signals != nil
    }

    func changes(prefix: RecordKey) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.watchers.append((prefix, continuation)) }
        return stream
    }
}

final class MemoryVolume: Volume {
    let directory: String
    let owner: FileOwner
    private let log = Mutex<[UInt8]>([])
    init(directory: String, owner: FileOwner = FileOwner(user: 1, group: 2)) {
        self.directory = directory
        self.owner = owner
    }
    /// What it takes, and how often somebody asked.
    let used = Mutex((bytes: Int64(4_096), looks: 0))
    /// What the disk was last told that it may take.
    let limit = Mutex<Int64?>(nil)
    func usedBytes() async throws(HostError) -> Int64 {
        used.withLock { used in
            used.looks += 1
            return used.bytes
        }
    }
    func appendToLog(_ bytes: [UInt8]) async throws(HostError) { log.withLock { $0 += bytes } }
    func readLog(maximumBytes: Int) async throws(HostError) -> [UInt8] {
        log.withLock { Array($0.suffix(maximumBytes)) }
    }
    func synchronize() async throws(HostError) {}
}

extension InstalledPackage {
    /// A package whose identifiers follow from its title, so that each title is an app of its own.
    static func example(title: String = "Wiki", version: UInt32 = 1) -> InstalledPackage {
        let number = title.utf8.reduce(UInt64(version) << 32) { $0 &* 31 &+ UInt64($1) }
        let hex = String(number, radix: 16),
            digits = String(title.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }, radix: 10)
        guard let identifier = PackageID(String(repeating: "0", count: 32 - hex.count) + hex),
            let app = AppID(String(repeating: "0", count: 52 - digits.count) + digits)
        else { fatalError("the identifiers of an example are well-formed") }
        var manifest = AppManifest(
            title: title, version: version, marketingVersion: "\(version).0",
            actions: [
                AppAction(
                    title: "New wiki", nounPhrase: "wiki", description: "", command: Command(arguments: ["/first"]))
            ],
            continueCommand: Command(arguments: ["/again"]))
        manifest.author = "somebody"
        return InstalledPackage(
            identifier: identifier, app: app, manifest: manifest,
            tree: PackageTree(layers: ["/packages/\(identifier)"]),
            sizeBytes: 1)
    }
}

extension MemoryStorage: MeteredVolumeStore {
    func room() async throws(HostError) -> DiskRoom { disk.withLock { $0 } }
}

extension MemoryStorage: LimitingVolumeStore {
    var holdsLimits: Bool { state.withLock { $0.holdsLimits } }
    func leaveLimitsToTheHost() { state.withLock { $0.holdsLimits = false } }

    func limit(_ grain: GrainID, to bytes: Int64?) async throws(HostError) -> Bool {
        guard let volume = state.withLock({ $0.volumes[grain] }) else { throw HostError(.notFound, "limit '\(grain)'") }
        volume.limit.withLock { $0 = bytes }
        return holdsLimits
    }
}
