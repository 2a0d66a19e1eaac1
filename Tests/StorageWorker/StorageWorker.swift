import Barchan
import BarchanConformance
import Glibc
import OverlayStorage

/// Uses a storage in a process of its own, so that a test can kill it, or ask how much memory it took.
///
///     storage-worker install DIRECTORY STORE FILE...  the package store's setting; prints "installed ID" for each, then the
///                                                peak of its memory; waits at a FILE called -
///     storage-worker commit DIRECTORY COUNT WRITERS  prints "committed N" once record N is durable; COUNT 0: for ever
///     storage-worker durability DIRECTORY FIRST  prints "durable N" once batch N is durable, for ever
///     storage-worker faults DIRECTORY STORE SEED FILE...  see FaultWork
///     storage-worker describe DIRECTORY STORE    prints everything there is
///     storage-worker closed DIRECTORY            makes a volume that its app has closed to itself, as an ordinary user; prints
///                                                what it takes, and the volumes that it and its backup became
///     storage-worker volumes DIRECTORY           makes and removes volumes for ever, printing "made ID" and "removed ID"
@main
struct StorageWorker {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 2, case .storage(let make) = Plugin.overlay.factory else { exit(2) }
        if arguments[1] == "closed" { becomeOrdinary(with: arguments[2]) }
        let storage = try await make(
            try PluginSettings(
                ["install", "faults", "describe"].contains(arguments[1])
                    ? ["packageStore": .string(arguments[3])] : [:],
                definitions: Plugin.overlay.settings),
            PluginContext(dataDirectory: arguments[2], programDirectory: "/nonexistent", log: .none))
        say("open")
        switch arguments[1] {
        case "install": for file in arguments[4...] { try await install(file, into: storage) }
        case "commit": try await commit(Int(arguments[3]) ?? 0, writers: Int(arguments[4]) ?? 1, into: storage)
        case "volumes": try await useVolumes(of: storage)
        case "closed": try await ClosedVolume(storage.volumes).use()
        case "durability":
            try await RecordDurability.write(into: storage.records, first: Int(arguments[3]) ?? 0) {
                say("durable \($0)")
            }
        case "faults":
            try await FaultWork(storage, directory: arguments[2], files: Array(arguments[5...])).run(
                seed: UInt64(arguments[4]) ?? 0)
        case "describe":
            return try await FaultWork(storage, directory: arguments[2], files: []).describe(directory: arguments[2])
        default: exit(2)
        }
        say("peak \(peakKiB()) KiB")
    }

    private static func install(_ path: String, into storage: any StorageProvider) async throws {
        if path == "-" { pause() }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { exit(2) }
        let start = ContinuousClock.now
        let package = try await storage.packages.install(
            DescriptorBytes(OwnedDescriptor(takingOwnershipOf: file)), expecting: nil, progress: { _ in })
        say("installed \(package.identifier) in \(start.duration(to: .now))")
    }

    private static func commit(_ count: Int, writers: Int, into storage: any StorageProvider) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    var number = writer
                    while count == 0 || number < count {
                        let batch = RecordBatch(writes: [.put(RecordKey("record/\(number)"), Array("\(number)".utf8))])
                        guard try await storage.records.commit(batch) else { exit(3) }
                        say("committed \(number)")
                        number += writers
                    }
                }
            }
            try await group.waitForAll()
        }
        say("took \(start.duration(to: .now))")
    }

    /// Nobody who is root.
    private static func becomeOrdinary(with directory: String) {
        let ordinary: uid_t = 65_534
        guard geteuid() == 0 else { return }
        guard chown(directory, ordinary, ordinary) == 0, setgroups(0, nil) == 0,
            setgid(ordinary) == 0, setuid(ordinary) == 0
        else { exit(2) }
    }

    private static func useVolumes(of storage: any StorageProvider) async throws {
        let owner = FileOwner(user: geteuid(), group: getegid())
        while true {
            let grain = GrainID.random()
            let volume = try await storage.volumes.create(for: grain, owner: owner)
            say("made \(grain)")
            for number in 0..<20 { close(creat("\(volume.directory)/file\(number)", 0o600)) }
            guard Bool.random() else { continue }
            try await storage.volumes.remove(for: grain)
            say("removed \(grain)")
        }
    }

    /// One line at once, whole: the reader may kill us at any moment.
    static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(1, bytes, bytes.count)
    }

    private static func peakKiB() -> Int {
        guard let file = fopen("/proc/self/status", "re") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix("VmHWM:") { return Int(text.filter(\.isNumber)) ?? 0 }
        }
        return 0
    }
}

/// A file as a stream of bytes.
final class DescriptorBytes: ByteReader, @unchecked Sendable {
    private let descriptor: OwnedDescriptor
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    func next() async throws(HostError) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
            count = max(0, read(descriptor.rawValue, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    func cancel() {}
}
