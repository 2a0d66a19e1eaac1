import ArgumentParser
import Barchan
import BarchanConformance
import BarchanControl
import BarchanKernel
import Glibc

struct BenchScaleCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Many sandboxes alive at once: what each costs, and what is left of all.",
        discussion: """
            Starts a program that only waits so many times plainly, then so many times in sandboxes, and prints what each \
            took of the machine's memory, by kind; the difference is what a sandbox costs beside its program. Then it ends \
            all and counts processes, namespaces, control groups, mounts and descriptors that are left. The exit status is 1 \
            when there are any, or when not all were alive at once.
            """)

    @OptionGroup var options: HostOptions
    @Option(parsing: .unconditional, help: "How many at once.") var count = 200
    @Option(
        help: ArgumentHelp(
            "A static program that writes eight bytes and waits when it has an argument. Without it, sandbox-probe.",
            valueName: "file")) var program: String?
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        guard (1...100_000).contains(count) else {
            throw HostError(.invalidArgument, "start \(count) sandboxes: a number from 1 to 100000 is needed")
        }
        raiseOpenFilesLimit()
        let configuration = try options.configuration()
        let command =
            program.map { [absolute($0), "wait"] }
            ?? ["\(configuration.programDirectory)/sandbox-probe", "moment", "wait"]
        let crowd = try await Crowd.run(count, configuration, command)
        let report = ScaleReport(count: count, crowd: crowd)
        printLine(json ? report.json.indented() : report.text)
        guard report.isClean else { throw ExitCode(1) }
    }
}

/// What was found of many sandboxes at once.
struct Crowd {
    /// What each plain process and each sandbox took, KiB by kind.
    var plain: [(name: String, kibibytes: Int64)] = []
    var sandboxed: [(name: String, kibibytes: Int64)] = []
    /// Sandboxes that had a process when all had started.
    var alive = 0
    var startSeconds = 0.0
    var endSeconds = 0.0
    var left: [(what: String, count: Int)] = []

    static func run(_ count: Int, _ configuration: HostConfiguration, _ command: [String]) async throws -> Crowd {
        var crowd = Crowd()
        // Once with one of each, so that what is made once is not counted as each one's. The runtime, too, opens descriptors
        // of its own with the first use of each thing, on a thread of its own.
        _ = try await left(of: try await crowd.runSandboxed(1, configuration, command))
        try await PlainCrowd(command).end()
        // The runtime's clock has a descriptor from the first wait on.
        try await Task.sleep(for: .milliseconds(1))
        let before = try MachineMemory()
        let plain = try await PlainCrowd(command, count)
        crowd.plain = try MachineMemory().each(of: count, since: before)
        plain.end()
        let mine = try MachineTraces.ofThisProcess()
        crowd.left = try await left(of: try await crowd.runSandboxed(count, configuration, command), since: mine)
        return crowd
    }

    /// What is left when nothing is, or after half a minute.
    private static func left(
        of traces: MachineTraces, since mine: [(what: String, count: Int)] = []
    ) async throws -> [(what: String, count: Int)] {
        var left: [(what: String, count: Int)] = []
        // The kernel takes network namespaces apart in the background, and says to nobody when it has. This process closes what
        // it had of its launcher when its reader has seen the end.
        for _ in 0..<600 {
            left = try traces.left()
            for (was, now) in zip(mine, try MachineTraces.ofThisProcess()) {
                // Fewer mounts are no trace of ours: others remove the directories of theirs.
                left.append((now.what, max(0, now.count - was.count)))
            }
            if left.allSatisfy({ $0.count == 0 }) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        return left
    }

    private mutating func runSandboxed(
        _ count: Int, _ configuration: HostConfiguration, _ command: [String]
    ) async throws -> MachineTraces {
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        // The first way is the one without sandboxes made ahead, which would be counted as well.
        guard let choice = try StartChoice.all(nil, configuration, candidates).first else { return try MachineTraces() }
        let log = standardErrorLog(from: .warning)
        let isolation = try await Wiring(choice.configuration, candidates: candidates, log: log).isolation()
        let ground = try BenchGround(program: command, owner: isolation.fileOwner)
        let first = try await start(isolation, ground)
        let before = try MachineMemory()
        var sandboxes = [first]
        let began = monotonicNanoseconds()
        for _ in 0..<count { sandboxes.append(try await start(isolation, ground)) }
        startSeconds = Double(monotonicNanoseconds() - began) / 1e9
        sandboxed = try MachineMemory().each(of: count, since: before)
        let traces = try MachineTraces()
        // The launcher is in a namespace of its own; it made one sandbox ahead to find out whether it can.
        alive = min(sandboxes.count, traces.namespaces("pid") - 1)
        let ending = monotonicNanoseconds()
        await withTaskGroup(of: Void.self) { group in
            for sandbox in sandboxes { group.addTask { await sandbox.terminate() } }
        }
        endSeconds = Double(monotonicNanoseconds() - ending) / 1e9
        return traces
    }

    /// Returns when the program runs.
    private func start(_ isolation: any IsolationProvider, _ ground: BenchGround) async throws -> any Sandbox {
        let (host, grain) = try TrialDescriptors.socketPair()
        defer { close(host) }
        let (reader, writer) = try TrialDescriptors.pipe()
        let specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: [ground.root]), data: ground.data,
            command: Command(arguments: ground.command))
        let sandbox = try await isolation.launch(
            specification, socket: OwnedDescriptor(takingOwnershipOf: grain),
            output: OwnedDescriptor(takingOwnershipOf: writer))
        try await awaitMoment(reader)
        return sandbox
    }
}

/// The same program without sandboxes.
private struct PlainCrowd {
    private var processes: [Leftover<pid_t>] = []

    init(_ command: [String], _ count: Int = 1) async throws {
        for _ in 0..<count {
            let (reader, writer) = try TrialDescriptors.pipe()
            do {
                defer { close(writer) }
                processes.append(
                    try Leftover(try PlainCrowd.start(command, output: writer)) { process in
                        kill(process, SIGKILL)
                        while waitpid(process, nil, 0) < 0 && errno == EINTR {}
                    })
            } catch {
                close(reader)
                end()
                throw error
            }
            try await awaitMoment(reader)
        }
    }

    private static func start(_ command: [String], output: CInt) throws(HostError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        let arguments = command.map { strdup($0) } + [nil]
        defer { for text in arguments { free(text) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, command[0], &actions, nil, arguments, [nil])
        guard status == 0 else {
            throw HostError(.failed, "start '\(command[0])': \(String(cString: strerror(status)))")
        }
        return process
    }

    func end() {
        for process in processes { process.remove() }
    }
}

/// Reads the eight bytes of a program that runs, and closes the descriptor.
private func awaitMoment(_ reader: CInt) async throws {
    let count = await onThread {
        defer { close(reader) }
        var moment: UInt64 = 0
        return withUnsafeMutableBytes(of: &moment) { read(reader, $0.baseAddress, $0.count) }
    }
    guard count == 8 else { throw HostError(.failed, "start many programs: one did not say that it runs") }
}

/// ``Crowd`` for people and for programs.
struct ScaleReport {
    let count: Int
    let crowd: Crowd

    var isClean: Bool { crowd.alive > count && crowd.left.allSatisfy { $0.count == 0 } }

    private var rows: [(name: String, plain: Int64, sandboxed: Int64)] {
        let rows = zip(crowd.plain, crowd.sandboxed).map { ($0.name, $0.kibibytes, $1.kibibytes) }
        return rows + [("all of that", rows.reduce(0) { $0 + $1.1 }, rows.reduce(0) { $0 + $1.2 })]
    }

    var text: String {
        var table = Table(["KIB EACH", "PLAIN", "SANDBOX", "DIFFERENCE"])
        for row in rows {
            table.add([row.name, "\(row.plain)", "\(row.sandboxed)", "\(row.sandboxed - row.plain)"])
        }
        let left = crowd.left.map { "\($0.count) \($0.what)" }.joined(separator: ", ")
        return """
            \(crowd.alive) of \(count + 1) alive at once, started in \(tenths(crowd.startSeconds)) s, \
            ended in \(tenths(crowd.endSeconds)) s
            \(table.text)
            left afterwards: \(left)
            """
    }

    private func tenths(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    var json: JSONValue {
        .members([
            "count": .integer(Int64(count + 1)), "alive": .integer(Int64(crowd.alive)),
            "startSeconds": .number(crowd.startSeconds), "endSeconds": .number(crowd.endSeconds),
            "kibibytesEach": .array(
                rows.map {
                    .members([
                        "part": .string($0.name), "plain": .integer($0.plain), "sandbox": .integer($0.sandboxed),
                    ])
                }),
            "left": .object(crowd.left.map { JSONValue.Member(name: $0.what, value: .integer(Int64($0.count))) }),
        ])
    }
}
