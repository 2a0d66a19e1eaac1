import Barchan
import BarchanKernel
import Glibc
import SplitMix

/// What a host does with its storage, for a test that kills it or cuts its power: the whole kernel over a real storage, with
/// nothing behind the grains, so that a start ends where the app would be executed.
///
/// Before each act a line `begin ACT …`, and once it is acknowledged `end …`; one act at a time, so at most one is under way.
struct FaultWork {
    let host: Host
    let storage: any StorageProvider
    let person: AccountID
    let files: [String]
    private let backups: String

    /// - Parameter directory: Where the storage is; backups are put beside it.
    init(_ storage: any StorageProvider, directory: String, files: [String]) async throws {
        var configuration = HostConfiguration(
            dataDirectory: "/nonexistent", paths: HostPaths(plugins: "/nonexistent", programs: "/nonexistent"))
        configuration.life.previousVersion = .zero
        configuration.life.restartPause = .zero
        self.storage = storage
        self.files = files
        backups = "\(directory)/backups"
        mkdir(backups, 0o700)
        host = try await Host(
            isolation: NothingBehind(), storage: storage, transport: NothingBehind(), configuration: configuration)
        person = try await host.accountBook.administrator()
    }

    // MARK: Acting

    func run(seed: UInt64) async throws {
        var random = SplitMix64(state: seed)
        try await removeHalfWritten()
        say("ready")
        while true {
            let grains = try await host.grains.grains(for: person).map(\.identifier)
            let number = Int(random.next() % 1_000_000)
            switch random.next() % 16 {
            case 0, 1: try await install(number % files.count)
            case 2, 3: try await accept()
            case 4, 5: if grains.count < 12 { try await create(number) }
            case 6: if !grains.isEmpty { try await rename(grains[number % grains.count], number) }
            case 7: if grains.count > 4 { try await remove(grains[number % grains.count]) }
            case 11: try await useTrash(grains, number)
            case 8, 9: if !grains.isEmpty { try await backUp(grains[number % grains.count], number % 4) }
            case 10: if grains.count < 12 { try await restore(number % 4) }
            default: if !grains.isEmpty { try await write(grains[number % grains.count], number) }
            }
        }
    }

    private func install(_ index: Int) async throws {
        say("begin install \(index)")
        let file = open(files[index], O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { exit(2) }
        let bytes = DescriptorBytes(OwnedDescriptor(takingOwnershipOf: file))
        let package = try await host.apps.install(bytes, by: person) { _ in }
        let waiting = try await host.operatorApps().apps.first?.pending?.identifier.text
        say("end install \(index) \(package.identifier) \(waiting ?? "-")")
    }

    private func accept() async throws {
        guard let offered = try await host.upgrades.upgrades(for: person).first?.offered.identifier else { return }
        say("begin accept \(offered)")
        _ = try await host.upgrades.accept(offered, force: true, by: person)
        say("end accept \(offered)")
    }

    private func create(_ number: Int) async throws {
        guard let app = try await host.apps.apps(for: person).first else { return }
        say("begin create \(number)")
        let grain = try await host.grains.create(
            package: app.identifier, action: 0, title: "\(number)", by: person)
        say("end create \(number) \(grain.identifier)")
    }

    private func rename(_ grain: GrainID, _ number: Int) async throws {
        say("begin rename \(grain) \(number)")
        try await host.grains.rename(grain, to: "\(number)", by: person)
        say("end rename \(grain) \(number)")
    }

    private func remove(_ grain: GrainID) async throws {
        say("begin remove \(grain)")
        try await host.grains.remove(grain, by: person)
        say("end remove \(grain)")
    }

    /// Takes the grain out of the trash, or puts one there.
    private func useTrash(_ grains: [GrainID], _ number: Int) async throws {
        if let grain = try await host.trash.trash(for: person).first?.identifier {
            say("begin recover \(grain)")
            try await host.trash.recover(grain, by: person)
            say("end recover \(grain)")
        } else if !grains.isEmpty {
            let grain = grains[number % grains.count]
            say("begin discard \(grain)")
            try await host.trash.discard(grain, by: person)
            say("end discard \(grain)")
        }
    }

    /// Makes a backup, or removes the one that has this number.
    private func backUp(_ grain: GrainID, _ number: Int) async throws {
        let path = "\(backups)/\(number).zip"
        guard access(path, F_OK) != 0 else {
            say("begin forget \(number)")
            let folder = open(backups, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0, unlink(path) == 0, fsync(folder) == 0 else { exit(4) }
            close(folder)
            return say("end forget \(number)")
        }
        guard try await storage.volumes.volume(for: grain) != nil else { return }
        say("begin backup \(number) \(grain)")
        _ = try await host.operatorBackUp(grain, to: path)
        say("end backup \(number) \(grain)")
    }

    private func restore(_ number: Int) async throws {
        guard let file = try? FileBytes("\(backups)/\(number).zip") else { return }
        say("begin restore \(number)")
        do throws(HostError) {
            let grain = try await host.operatorRestore(file)
            say("end restore \(number) \(grain.identifier) \(grain.package)")
        } catch {
            // An older version is in use than the one that the backup was made with.
            guard error.code == .notFound else { throw error }
            say("end refuse \(number)")
        }
    }

    /// As a careful app does when it starts again.
    private func removeHalfWritten() async throws {
        for grain in try await host.grains.grains(for: person) + host.trash.trash(for: person) {
            guard let volume = try await storage.volumes.volume(for: grain.identifier) else { continue }
            for name in names(in: volume.directory) where name.hasSuffix(".new") {
                unlink("\(volume.directory)/\(name)")
            }
        }
    }

    /// As a careful app does it: content, then name, each made durable.
    private func write(_ grain: GrainID, _ number: Int) async throws {
        guard let volume = try await storage.volumes.volume(for: grain) else { return }
        say("begin write \(grain) \(number)")
        let path = "\(volume.directory)/\(number)", bytes = Array("\(number)".utf8)
        let file = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let directory = open(volume.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0, directory >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0,
            Glibc.rename(path + ".new", path) == 0, fsync(directory) == 0
        else { exit(4) }
        close(file)
        close(directory)
        say("end write \(grain) \(number)")
    }

    // MARK: Looking

    /// Prints everything there is, once a host has finished what the last one began.
    func describe(directory: String) async throws {
        _ = await host.operatorCollect()
        for app in try await host.operatorApps().apps {
            say("current \(app.current.identifier)")
            if let pending = app.pending { say("pending \(pending.identifier)") }
            for package in app.all {
                let tree = package.tree.layers[0], count = entries(below: tree)
                let damaged = damaged(in: "\(tree)/d", version: Int(package.manifest.version))
                // The host itself collects meanwhile; what is still there after it was counted was whole when it was.
                guard try await storage.packages.package(package.identifier) != nil else { continue }
                say("package \(package.identifier) \(count)")
                for name in damaged { say("problem \(name) of package \(package.identifier) has another content") }
            }
        }
        let trash = try await host.trash.trash(for: person)
        for grain in trash { say("trash \(grain.identifier)") }
        for grain in try await host.grains.grains(for: person) + trash {
            say("grain \(grain.identifier) \(grain.package) \(grain.title)")
            guard let volume = try await storage.volumes.volume(for: grain.identifier) else { continue }
            for name in names(in: volume.directory) where !name.hasSuffix(".new") {
                say("file \(grain.identifier) \(name) \(text(of: "\(volume.directory)/\(name)"))")
            }
        }
        try await describeBackups()
        await host.stop()
        for finding in try await RecordInspection(storage: storage).run(repair: false) {
            say("problem \(finding.subject): \(finding.problem)")
        }
        for place in ["packages", "volumes"] {
            for name in names(in: "\(directory)/\(place)") where name.hasPrefix(".") {
                say("problem left \(place)/\(name)")
            }
        }
    }

    private func describeBackups() async throws {
        for name in names(in: backups) {
            let number = name.prefix { $0.isNumber }
            guard name == "\(number).zip" else {
                say("problem left \(name)")
                continue
            }
            let contents = try await host.operatorVerify(try FileBytes("\(backups)/\(name)"))
            say("backup \(number) \(contents.metadata.title) \(contents.files)")
        }
    }

    private func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private func entries(below directory: String) -> Int {
        names(in: directory).reduce(0) { $0 + 1 + entries(below: "\(directory)/\($1)") }
    }

    /// Files that are not as FaultTests packs them: the product of their number and the version, 6000 times.
    private func damaged(in directory: String, version: Int) -> [String] {
        names(in: directory).filter { name in
            guard let file = fopen("\(directory)/\(name)", "re"), let number = Int(name.dropFirst()) else {
                return true
            }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 6001)
            let count = fread(&bytes, 1, bytes.count, file)
            return !bytes.prefix(count).elementsEqual(repeatElement(UInt8(number * version), count: 6000))
        }
    }

    private func text(of path: String) -> String {
        guard let file = fopen(path, "re") else { return "?" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private func say(_ line: String) { StorageWorker.say(line) }
}

/// Isolation and transport of a host whose grains never get as far as running.
private struct NothingBehind: IsolationProvider, TransportProvider {
    var guarantees: Set<Guarantee> { [] }
    var fileOwner: FileOwner { FileOwner(user: geteuid(), group: getegid()) }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox { throw HostError(.failed, "nothing is behind this grain") }

    func connect(
        over socket: consuming OwnedDescriptor, offering host: any GrainHost
    ) async throws(HostError) -> any GrainConnection { throw HostError(.failed, "nothing is behind this grain") }
}
