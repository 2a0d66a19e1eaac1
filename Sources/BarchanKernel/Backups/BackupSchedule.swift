import Barchan
import Glibc

/// The backups that the host makes by itself: a folder for each grain, a file for each backup, named by its time.
struct BackupSchedule: Sendable {
    let directory: String
    let settings: BackupSettings
    let book: BackupBook
    let records: RecordBook
    let registry: GrainRegistry
    let clock: any HostClock
    let counters: HostCounters
    let log: HostLog

    /// How often somebody looks whether a backup is due.
    static let pause: Duration = .seconds(600)

    /// Makes backups until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await backUpWhatIsDue()
            await clock.sleep(for: min(settings.interval, Self.pause))
        }
    }

    /// One grain after the other; a grain that cannot be backed up is said so in the log and holds up no other.
    func backUpWhatIsDue() async {
        var grains: [GrainRecord] = []
        do throws(HostError) {
            try await records.forEachGrain { (record) throws(HostError) in
                if !record.isRemoved { grains.append(record) }
            }
        } catch {
            counters.failedBackups.add(1, ordering: .relaxed)
            return log(.error, "make backups: \(error.message)")
        }
        do throws(HostError) {
            // A grain whose record is lost is not removed.
            let there = try await book.volumes.grains()
            try await removeThoseOfRemovedGrains(thereAre: Set(grains.map(\.grain)).union(there))
        } catch {
            log(.error, "look for backups of removed grains: \(error.message)")
        }
        // Nothing is written to a grain in the trash.
        for record in grains where record.isUsable && !Task.isCancelled {
            do throws(HostError) {
                try await backUpIfDue(record)
            } catch {
                counters.failedBackups.add(1, ordering: .relaxed)
                log(.error, "backup of grain \(record.grain): \(error.message)")
            }
        }
    }

    private func backUpIfDue(_ record: GrainRecord) async throws(HostError) {
        let folder = "\(directory)/\(record.grain)"
        let names = try await OwnThread.run { () throws(HostError) in try Self.backups(in: folder) }
        let now = clock.wallSeconds(), newest = names.last.flatMap(Self.seconds) ?? 0
        counters.noteBackup(at: newest)
        let state = await registry.known(record.grain)?.state, isInUse = state == .running || state == .starting
        guard now - newest >= settings.interval.components.seconds, isInUse || record.lastUsed >= newest else {
            return
        }
        let path = "\(folder)/\(Self.name(of: now))", bytes = try await book.backUp(record, by: .host).bytes
        let size = try await BackupFile.write(bytes, to: path) { (temporary) throws(HostError) in
            if settings.verify { _ = try await book.verify(try FileBytes(temporary)) }
        }
        counters.noteBackup(at: now)
        log(.info, "backup of grain \(record.grain): \(size) bytes in '\(path)'")
        // Only now: a disk that is full takes none of the old ones away.
        for name in names.dropLast(settings.keep - 1) { unlink("\(folder)/\(name)") }
    }

    /// The backups in a grain's folder, oldest first. Makes the folder, and removes what was not finished.
    private static func backups(in folder: String) throws(HostError) -> [String] {
        for end in folder.indices where folder[end] == "/" && end != folder.startIndex {
            mkdir(String(folder[..<end]), 0o700)
        }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(folder) }
        let names = try names(in: folder)
        for name in names where name.hasSuffix(BackupFile.partialSuffix) { unlink("\(folder)/\(name)") }
        return names.filter { seconds($0) != nil }.sorted()
    }

    static func names(in folder: String) throws(HostError) -> [String] {
        guard let stream = opendir(folder) else { throw failure(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            names.append(String(decoding: bytes, as: UTF8.self))
        }
        return names
    }

    private static func failure(_ folder: String) -> HostError {
        HostError(.failed, "use folder '\(folder)' for backups: \(String(cString: strerror(errno)))")
    }

    /// `2026-11-28T02-00-00Z.zip`.
    static func name(of seconds: Int64) -> String {
        var moment = time_t(seconds), parts = tm()
        gmtime_r(&moment, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H-%M-%SZ.zip", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// When a backup with that name was made; nil for other names.
    static func seconds(_ name: String) -> Int64? {
        let form = "0000-00-00T00-00-00Z.zip"
        guard name.utf8.count == form.utf8.count,
            zip(name.utf8, form.utf8).allSatisfy({ $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 })
        else { return nil }
        let numbers = name.split { !$0.isNumber }.compactMap { Int32($0) }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        return Int64(timegm(&parts))
    }
}

extension Host {
    /// Makes the backups that the configuration asks for until the task is cancelled; returns at once when it asks for none.
    public func runBackups() async { await backupSchedule?.run() }
}
