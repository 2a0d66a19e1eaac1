import CLinux
import Glibc
import SandboxProtocol

/// A second wall, independent of mounts: what of the file system may be used, and nobody outside to signal or call.
struct LandlockWall {
    private let version: CInt

    /// Nil where the kernel has no Landlock.
    static func supported() -> LandlockWall? {
        let version = clinux_landlock_version()
        return version >= 1 ? LandlockWall(version: version) : nil
    }

    /// Whether signals and abstract sockets are kept inside, since Linux 6.12.
    var keepsSignals: Bool { version >= 6 }

    private static let execute: UInt64 = 1 << 0, writeFile: UInt64 = 1 << 1, readFile: UInt64 = 1 << 2
    private static let readDirectory: UInt64 = 1 << 3
    private static let device = writeFile | readFile | readDirectory
    private static let makeCharacterDevice: UInt64 = 1 << 6, makeBlockDevice: UInt64 = 1 << 11
    private static let reading = execute | readFile | readDirectory

    private static let deviceRequest: UInt64 = 1 << 15

    /// Every file access that the version knows. No rule allows requests (ioctl) to devices; descriptor 0 is a device that
    /// was opened before, and can be asked whether it is a terminal.
    ///
    /// TCP ports are not handled: the sandbox's loopback is its own with all ports, and datagrams Landlock does not know.
    private var handled: UInt64 {
        switch version {
        case 1: (1 << 13) - 1
        case 2: (1 << 14) - 1
        case 3, 4: (1 << 15) - 1
        default: (1 << 16) - 1
        }
    }

    private var writing: UInt64 {
        handled & ~(LandlockWall.makeCharacterDevice | LandlockWall.makeBlockDevice | LandlockWall.deviceRequest)
    }

    /// From version 7 on the kernel would tell the audit log what is refused: a grain is not to fill the host's.
    private var restriction: UInt32 { version >= 7 ? 1 | 4 /* log neither this domain nor its own */ : 0 }

    /// Rules for what does not depend on the package.
    func makeRules(for mounts: DetachedMounts) throws(LaunchFailure) -> CInt {
        let rules = try makeRules()
        try allow(writing, on: mounts.temporary, rules)
        try allow(writing, on: mounts.sharedMemory, rules)
        try allow(LandlockWall.device, on: mounts.devices, rules)
        if mounts.messageQueues >= 0 { try allow(writing, on: mounts.messageQueues, rules) }
        return rules
    }

    private func makeRules() throws(LaunchFailure) -> CInt {
        // Abstract sockets and signals stay inside.
        let scoped: UInt64 = version >= 6 ? 3 : 0
        let size = version >= 6 ? 24 : version >= 4 ? 16 : 8
        return try check(clinux_landlock_create(handled, 0, scoped, size), .landlock)
    }

    /// The same for a process whose root is the package already, with all of its mounts.
    /// - Parameter queues: As ``DetachedMounts/messageQueues()`` gives it; closed here.
    func applyInPackage(queues: CInt) throws(LaunchFailure) {
        let rules = try makeRules()
        let places = [
            ("/", LandlockWall.reading), ("/var", writing), ("/tmp", writing), ("/dev", LandlockWall.device),
            ("/dev/shm", writing),
        ]
        for (path, access) in places {
            let place = open(path, CLINUX_O_PATH | O_CLOEXEC)
            guard place >= 0 else { continue }
            defer { close(place) }
            try allow(access, on: place, rules)
        }
        if queues >= 0 { try allow(writing, on: queues, rules) }
        close(queues)
        try check(clinux_landlock_restrict(rules, restriction), .landlock)
    }

    /// Adds the rule for the package.
    func allow(package: CInt, _ rules: CInt) throws(LaunchFailure) {
        try allow(LandlockWall.reading, on: package, rules)
    }

    /// Completes the rules and binds this process to them for good. Mounts cannot be changed afterwards.
    func apply(_ rules: CInt, data: CInt) throws(LaunchFailure) {
        try allow(writing, on: data, rules)
        try check(clinux_landlock_restrict(rules, restriction), .landlock)
    }

    private func allow(_ access: UInt64, on directory: CInt, _ rules: CInt) throws(LaunchFailure) {
        try check(clinux_landlock_add_path(rules, access, directory), .landlock)
    }
}
