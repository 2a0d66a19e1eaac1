import Barchan
import CLinux
import Glibc

/// What the host offers for the probe's attempts to reach and must be unreachable: a process, ports, names, a file,
/// objects of System V. Anybody on the host may use each of them; all go with this object.
final class HostTargets: Sendable {
    /// `name=value` for the probe.
    let arguments: [String]
    private let listeners: [HostListener]
    private let objects: HostObjects
    private let queue: HostQueue
    private let file: HostFile
    private let stranger: HostProcess

    /// Opens the trial's package to everybody, too: where the promises are kept, modes and setuid bits change nothing.
    init(_ trial: IsolationTrial, probe: String) throws {
        let name = "barchan-attempt-\(GrainID.random())"
        file = try HostFile()
        stranger = try HostProcess(probe)
        let tcp = try HostListener.inet(type: 1), udp = try HostListener.inet(type: 2)
        let tcp6 = try HostListener.inet6()
        listeners = [
            tcp, udp, tcp6, try .unix(path: "\(file.directory)/socket"), try .unix(type: 1, abstract: name),
            try .unix(type: 2, abstract: "\(name)-2"), try .unix(type: 5, abstract: "\(name)-5"),
        ]
        objects = try HostObjects()
        queue = try HostQueue(name)
        arguments = [
            "package=\(trial.package)", "data=\(trial.data)", "marker=\(try HostTargets.mark(trial, probe))",
            "process=\(stranger.number)", "tcp=\(tcp.port)", "udp=\(udp.port)", "tcp6=\(tcp6.port)",
            "abstract=\(name)", "socket=\(file.directory)/socket", "file=\(file.path)", "key=\(objects.key)",
            "memory=\(objects.memory)", "semaphores=\(objects.semaphores)", "messages=\(objects.messages)",
            "queue=\(name)", "user=\(geteuid())", "niceness=\(clinux_niceness(getpid()))",
        ]
    }

    /// The marker says to the probe whether the package is its root.
    private static func mark(_ trial: IsolationTrial, _ probe: String) throws -> String {
        let marker = "marker-\(GrainID.random())"
        try TemporaryTree.write(Array("of the package".utf8), to: "\(trial.package)/\(marker)", mode: 0o666)
        for name in ["", "/proc", "/proc/cpuinfo"] { chmod("\(trial.package)\(name)", 0o777) }
        // Whoever has no walls around becomes this file's user.
        let other = "\(trial.package)/other-user"
        try TemporaryTree.copy(probe, to: other)
        if geteuid() == 0 { try require(chown(other, 4242, 4242) == 0, "'\(other)' cannot be given away") }
        chmod(other, 0o6755)
        return marker
    }
}

/// A file that anybody may write, in a directory of its own.
private final class HostFile: Sendable {
    var directory: String { place.path }
    let path: String
    private let place: TemporaryDirectory

    init() throws {
        place = try TemporaryDirectory()
        path = "\(place.path)/host-file"
        try TemporaryTree.write(Array("of the host".utf8), to: path, mode: 0o666)
    }
}

/// The probe itself as an ordinary process, waiting, in a group of its own.
private final class HostProcess: Sendable {
    var number: pid_t { process.value }
    private let process: Leftover<pid_t>

    init(_ probe: String) throws {
        process = try Leftover(try HostProcess.start(probe)) { number in
            kill(number, SIGKILL)
            waitpid(number, nil, 0)
        }
    }

    private static func start(_ probe: String) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var arguments = [strdup("probe"), strdup("wait"), nil]
        defer { for argument in arguments { free(argument) } }
        var number: pid_t = 0
        let result = posix_spawn(&number, probe, nil, &attributes, &arguments, [nil])
        guard result == 0 else {
            throw ConformanceSkip("'\(probe)' cannot be run: \(String(cString: strerror(result)))")
        }
        return number
    }
}

/// System V memory, semaphores and messages under one key that nobody else has.
private final class HostObjects: Sendable {
    private struct Numbers {
        var key: CInt = 0, memory: CInt = -1, semaphores: CInt = -1, messages: CInt = -1
    }

    var key: CInt { objects.value.key }
    var memory: CInt { objects.value.memory }
    var semaphores: CInt { objects.value.semaphores }
    var messages: CInt { objects.value.messages }
    private let objects: Leftover<Numbers>

    init() throws {
        objects = try Leftover(HostObjects.make()) { made in
            shmctl(made.memory, 0, nil)
            _ = clinux_syscall(66 /* semctl, which Swift does not see */, Int(made.semaphores), 0, 0, 0, 0, 0)
            msgctl(made.messages, 0, nil)
        }
        guard memory >= 0, semaphores >= 0, messages >= 0 else {
            throw ConformanceSkip("no System V objects can be made on this host: \(String(cString: strerror(errno)))")
        }
    }

    /// A negative number stands for what cannot be made.
    private static func make() -> Numbers {
        let flags = CInt(0o1000 | 0o2000 /* a new one only */ | 0o666)
        var made = Numbers()
        for _ in 0..<100 where made.memory < 0 {
            made.key = CInt.random(in: 1 << 20...CInt.max)
            made.memory = shmget(made.key, 4096, flags)
        }
        made.semaphores = semget(made.key, 1, flags)
        made.messages = msgget(made.key, flags)
        return made
    }
}

/// A POSIX message queue.
private final class HostQueue: Sendable {
    private let queue: Leftover<String>

    init(_ name: String) throws {
        queue = try Leftover(try HostQueue.make(name)) { name in
            name.withCString { _ = clinux_syscall(241, Int(bitPattern: $0), 0, 0, 0, 0, 0) }
        }
    }

    /// Not mq_open(3), which Swift does not see either: 240, and 241 to remove it.
    private static func make(_ name: String) throws -> String {
        let queue = name.withCString {
            clinux_syscall(240, Int(bitPattern: $0), Int(O_RDWR | O_CREAT | O_CLOEXEC), 0o666, 0, 0, 0)
        }
        guard queue >= 0 else {
            throw ConformanceSkip("no message queue can be made on this host: \(String(cString: strerror(errno)))")
        }
        close(CInt(queue))
        return name
    }
}
