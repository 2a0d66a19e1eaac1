import Barchan
import Glibc
import SandboxLauncher
import SandboxProtocol
import Synchronization

/// Hands specifications to a program, which makes the sandboxes.
final class ExternalIsolation: AbortableIsolationProvider {
    let guarantees: Set<Guarantee>
    let fileOwner: FileOwner
    private let programs: ProcessSupply<ExternalHandle>
    private let latest = Mutex<ExternalConnection?>(nil)

    /// Starts the program, to learn what it promises.
    init(_ settings: ExternalIsolationSettings, log: HostLog) async throws(HostError) {
        programs = ProcessSupply("start '\(settings.program)'") {
            ExternalHandle(try await ExternalConnection.start(settings, log: log, whenEnded: $0))
        }
        let hello = try await programs.process().connection.hello
        fileOwner = hello.owner
        guard geteuid() == 0 || hello.owner == FileOwner(user: geteuid(), group: getegid()) else {
            throw HostError(
                .unsupported,
                "use '\(settings.program)': it wants files to belong to \(hello.owner.user), and only root can give files"
                    + " away; let it say \(geteuid()), or run the host as root")
        }
        guard geteuid() != 0 || hello.owner.isGrains else {
            throw HostError(
                .unsupported,
                "use '\(settings.program)': it wants files to belong to user \(hello.owner.user) and group"
                    + " \(hello.owner.group); 1 to 4294967293 can be grains', and 0 is root")
        }
        let unknown = hello.guarantees.subtracting(Guarantee.isolation).sorted().map(\.name).joined(separator: ", ")
        if !unknown.isEmpty {
            let known = Guarantee.isolation.map(\.name).joined(separator: ", ")
            log(.warning, "'\(settings.program)' guarantees what nobody knows: \(unknown); known are: \(known)")
        }
        // A program outside of a pid namespace can promise this for its own life only.
        guarantees = hello.guarantees.subtracting(Self.unspoken)
            .subtracting(settings.isContained ? [] : [.completeTermination])
    }

    /// What no program can keep, because the host does not tell it what to do.
    private static let unspoken: Set<Guarantee> = [.freezing, .processorWeight, .ioWeight]

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let order = try LaunchOrder(specification)
        let program = try await programs.process()
        latest.withLock { $0 = program.connection }
        let record = try await program.connection.launch(
            order, grain: specification.grain, socket: socket, output: output)
        return ExternalSandbox(record, program)
    }

    func abort() { latest.withLock { $0 }?.kill("the host stops, and it did not end its grains") }
}

extension FileOwner {
    /// Neither root nor what stands for "nobody" and "leave it as it is" in system calls.
    fileprivate var isGrains: Bool { [user, group].allSatisfy { (1...4_294_967_293).contains($0) } }
}

/// A sandbox, as the contract knows it.
private final class ExternalSandbox: Sandbox {
    private let record: SandboxRecord
    private let program: ExternalHandle

    init(_ record: SandboxRecord, _ program: ExternalHandle) {
        self.record = record
        self.program = program
    }

    func waitForExit() async -> SandboxExit { await record.waitForEnd() }

    func terminate() async {
        guard !record.hasEnded else { return }
        await program.connection.terminate(record)
    }
}

/// Keeps a program running as long as a provider or a sandbox needs it.
private final class ExternalHandle: ServingProcess {
    let connection: ExternalConnection

    var isClosed: Bool { connection.isClosed }

    init(_ connection: ExternalConnection) { self.connection = connection }
    deinit { connection.shutDown("the host has no more use for it") }
}
