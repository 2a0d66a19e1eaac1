import Barchan
import CLinux
import Glibc

/// One way to start a program.
protocol StartWay: Sendable {
    var name: String { get }
    /// Nanoseconds from the wish to the program's first byte. Returns when the program is gone.
    func start() async throws(HostError) -> Int64
}

/// A root and a data directory for the program, removed with this object.
final class BenchGround: Sendable {
    let path: String
    var root: String { "\(path)/root" }
    var data: String { "\(path)/data" }
    static let program = "/program"

    /// - Throws: ``HostError`` when the program cannot be read or the folder not be made.
    init(program: String, owner: FileOwner) throws(HostError) {
        var template = Array("/tmp/barchan-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw HostError(.failed, "make a folder in '/tmp': \(BenchGround.reason())")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in ["root", "root/dev", "root/tmp", "root/var", "root/proc", "data"] {
            mkdir("\(path)/\(folder)", 0o755)
        }
        chmod(path, 0o755)
        chown(data, owner.user, owner.group)
        try BenchGround.copy("/dev/null", to: "\(root)/proc/cpuinfo")
        try BenchGround.copy(program, to: root + BenchGround.program)
    }

    deinit {
        for file in ["root/proc/cpuinfo", "root\(BenchGround.program)"] { unlink("\(path)/\(file)") }
        for folder in ["root/dev", "root/tmp", "root/var", "root/proc", "root", "data", ""] {
            rmdir("\(path)/\(folder)")
        }
    }

    private static func copy(_ source: String, to target: String) throws(HostError) {
        guard let from = fopen(source, "re") else { throw HostError(.notFound, "read '\(source)': \(reason())") }
        defer { fclose(from) }
        guard let to = fopen(target, "we") else { throw HostError(.failed, "write '\(target)': \(reason())") }
        defer { fclose(to) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, from)
            guard count > 0 else { break }
            guard fwrite(buffer, 1, count, to) == count else {
                throw HostError(.failed, "write '\(target)': \(reason())")
            }
        }
        fchmod(fileno(to), 0o755)
    }

    static func reason() -> String { String(cString: strerror(errno)) }
}

/// A pipe, and a clock from its making to the first byte in it.
private struct FirstByte: ~Copyable {
    private let readEnd: OwnedDescriptor
    private let began: Int64

    /// Starts the clock.
    /// - Parameter writeEnd: Set to the descriptor for the program.
    init(writeEnd: inout OwnedDescriptor?) throws(HostError) {
        var pair: [CInt] = [-1, -1]
        guard clinux_pipe2(&pair, O_CLOEXEC) == 0 else {
            throw HostError(.resourceExhausted, "make a pipe: \(BenchGround.reason())")
        }
        readEnd = OwnedDescriptor(takingOwnershipOf: pair[0])
        writeEnd = OwnedDescriptor(takingOwnershipOf: pair[1])
        began = FirstByte.now()
    }

    /// Waits for the byte.
    consuming func nanoseconds(_ what: String) throws(HostError) -> Int64 {
        var byte: UInt8 = 0
        var count = read(readEnd.rawValue, &byte, 1)
        while count < 0 && errno == EINTR { count = read(readEnd.rawValue, &byte, 1) }
        guard count == 1 else { throw HostError(.failed, "start under \(what): the program ended without a word") }
        return FirstByte.now() - began
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Starts a program as a child and measures it.
private func spawn(_ name: String, _ executable: String, _ arguments: [String]) throws(HostError) -> Int64 {
    var end: OwnedDescriptor?
    let clock = try FirstByte(writeEnd: &end)
    guard let output = end.take() else { throw HostError(.failed, "make a pipe") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
    var argv = (["\(executable)"] + arguments).map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    defer { for text in argv { free(text) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, executable, &actions, nil, &argv, &environment)
    guard status == 0 else { throw HostError(.failed, "start '\(executable)': \(String(cString: strerror(status)))") }
    // The only other writer is the child: when that is gone, the pipe ends.
    _ = consume output
    defer { while waitpid(child, nil, 0) < 0 && errno == EINTR {} }
    return try clock.nanoseconds(name)
}

/// posix_spawn, which is vfork and exec.
struct PlainStart: StartWay {
    let ground: BenchGround
    var name: String { "plain" }

    func start() throws(HostError) -> Int64 { try spawn(name, ground.root + BenchGround.program, []) }
}

/// A sandbox of a back end.
struct SandboxStart: StartWay {
    let name: String
    let isolation: any IsolationProvider
    let ground: BenchGround

    func start() async throws(HostError) -> Int64 {
        let command = Command(arguments: [BenchGround.program])
        let specification = SandboxSpecification(
            grain: .random(), package: PackageTree(layers: [ground.root]), data: ground.data, command: command)
        var pair: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw HostError(.resourceExhausted, "make a socket pair: \(BenchGround.reason())")
        }
        let hostEnd = OwnedDescriptor(takingOwnershipOf: pair[0]),
            grainEnd = OwnedDescriptor(takingOwnershipOf: pair[1])
        var end: OwnedDescriptor?
        let clock = try FirstByte(writeEnd: &end)
        guard let output = end.take() else { throw HostError(.failed, "make a pipe") }
        let sandbox = try await isolation.launch(specification, socket: grainEnd, output: output)
        let nanoseconds = try clock.nanoseconds(name)
        _ = await sandbox.waitForExit()
        _ = consume hostEnd
        return nanoseconds
    }
}

/// bubblewrap with the same mounts and namespaces, but without a system-call filter, which it takes from others.
struct BubblewrapStart: StartWay {
    let ground: BenchGround
    private let executable: String
    var name: String { "bubblewrap, no filter" }

    /// Nil when it is not installed.
    init?(ground: BenchGround) {
        let places: [String] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"]
        guard let found = places.first(where: { access($0, X_OK) == 0 }) else { return nil }
        self.ground = ground
        executable = found
    }

    func start() throws(HostError) -> Int64 {
        try spawn(
            name, executable,
            [
                "--unshare-all", "--die-with-parent", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox",
                "--ro-bind", ground.root, "/", "--bind", ground.data, "/var", "--size", "16777216", "--tmpfs", "/tmp",
                "--size", "1048576", "--tmpfs", "/dev", "--dev-bind", "/dev/null", "/dev/null",
                "--dev-bind", "/dev/zero", "/dev/zero", "--dev-bind", "/dev/urandom", "/dev/random",
                "--dev-bind", "/dev/urandom", "/dev/urandom", "--size", "16777216", "--tmpfs", "/dev/shm",
                "--remount-ro", "/dev", "--ro-bind", "/proc/cpuinfo", "/proc/cpuinfo", "--chdir", "/",
                BenchGround.program,
            ])
    }
}
