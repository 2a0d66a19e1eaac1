import CLinux
import Glibc

/// Files of the host, and ways out of the root. What lies where is tried by name, by `..`, by link and by descriptor.
enum FileAttempts {
    static let all = places + walks + links + mountOptions

    private static let places =
        [
            "/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/run", "/usr", "/bin/sh", "/lib",
            "/lib64",
            "/boot", "/mnt", "/media", "/srv", "/opt", "/sbin", "/var/log", "/var/lib", "/var/run",
        ].map { path in
            refused("place \(path)", .privateFileSystem) { _ in tryOpen(path) }
        } + [
            refused("place.file", .privateFileSystem) { tryOpen($0["file"]) },
            refused("place.file.write", .privateFileSystem) { tryOpen($0["file"], O_WRONLY | O_APPEND) },
            refused("place.file.status", .privateFileSystem) { targets in
                kernel(332 /* statx */, -100, address(targets["file"]), 0, 0xfff, buffer(256))
            },
            refused("place.package", .privateFileSystem) { tryOpen($0["package"]) },
            refused("place.data", .privateFileSystem) { tryOpen($0["data"]) },
            fact("list /", .privateFileSystem, is: "dev,other-user,probe,proc,tmp,var") { targets in
                FileFacts.list("/").split(separator: ",").filter { $0 != targets["marker"][...] }.joined(separator: ",")
            },
            fact("list /dev", .privateFileSystem, is: "null,random,shm,urandom,zero") { _ in FileFacts.list("/dev") },
            fact("list /tmp", .privateFileSystem, is: "empty") { _ in FileFacts.list("/tmp") },
            fact("list /dev/shm", .privateFileSystem, is: "empty") { _ in FileFacts.list("/dev/shm") },
        ]

    private static let above = String(repeating: "../", count: 40)

    private static let walks = [
        refused("walk.above", .privateFileSystem) { _ in tryOpen("/\(above)etc/passwd") },
        refused("walk.data", .privateFileSystem) { targets in tryOpen("\(targets.data)/\(above)etc/passwd") },
        refused("walk.shared", .privateFileSystem) { _ in tryOpen("/dev/shm/\(above)etc/passwd") },
        // /tmp and /dev/shm may be directories of one file system, in which nobody gets from one to the other.
        refused("walk.besideTemporary", .privateFileSystem) { _ in tryOpen("/tmp/../shm") },
        refused("walk.besideShared", .privateFileSystem) { _ in tryOpen("/dev/shm/../tmp") },
        refused("walk.cpuinfo", .privateFileSystem) { _ in tryOpen("/proc/\(above)etc/passwd") },
        refused("walk.descriptor", .privateFileSystem) { targets in
            let directory = open(targets.data, O_RDONLY | O_DIRECTORY)
            return kernel(SYS_openat, Int(directory), address("\(above)etc/passwd"), Int(O_RDONLY))
        },
        refused("walk.pathDescriptor", .privateFileSystem) { _ in
            let directory = open("/", CLINUX_O_PATH | O_DIRECTORY)
            return kernel(SYS_openat, Int(directory), address("../etc/passwd"), Int(O_RDONLY))
        },
        refused("walk.openat2", .privateFileSystem) { targets in
            negated(clinux_openat2(AT_FDCWD, "\(targets.data)/\(above)etc/passwd", 0, 0))
        },
        refused("walk.directory", .privateFileSystem) { _ in
            for _ in 0..<40 { chdir("..") }
            return tryOpen("etc/passwd")
        },
        refused("walk.directoryOfDescriptor", .privateFileSystem) { _ in
            let directory = open("/..", O_RDONLY | O_DIRECTORY)
            guard directory >= 0, fchdir(directory) == 0 else { return -Int(errno) }
            return tryOpen("etc/passwd")
        },
        refused("walk.renamedBelow", .privateFileSystem) { targets in
            // A directory that a descriptor knows moves up while it is walked from.
            guard let outer = targets.scratchDirectory("outer"), mkdir("\(outer)/inner", 0o700) == 0 else {
                return untried
            }
            let inner = open("\(outer)/inner", O_RDONLY | O_DIRECTORY)
            rename("\(outer)/inner", targets.scratch("moved"))
            return kernel(SYS_openat, Int(inner), address("\(above)etc/passwd"), Int(O_RDONLY))
        },
    ]

    private static let links = [
        refused("link.absolute", .privateFileSystem) { throughLink($0, "/etc/passwd") },
        refused("link.relative", .privateFileSystem) { throughLink($0, "\(above)etc/passwd") },
        refused("link.process", .noKernelFileSystems) { throughLink($0, "/proc/self/root/etc/passwd") },
        refused("link.directory", .noKernelFileSystems) { throughLink($0, "/proc/self/cwd/../../etc/passwd") },
        refused("link.outside", .privateFileSystem) { throughLink($0, $0["file"]) },
        refused("link.chain", .privateFileSystem) { targets in
            symlink("/", targets.scratch("root"))
            return throughLink(targets, "\(targets.scratch("root"))/../etc/passwd")
        },
        refused("hard.package", .readOnlyPackage) { targets in
            kernel(SYS_link, address("\(targets.root)/probe"), nowhere(targets))
        },
        refused("hard.device", .privateFileSystem) { targets in
            hardLink(targets, "/dev/null")
        },
        refused("hard.cpuinfo", .privateFileSystem) { targets in hardLink(targets, "/proc/cpuinfo") },
        refused("hard.shared", .privateFileSystem) { _ in
            temporaryFile { kernel(SYS_link, address($0), address("/dev/shm/attempt-\(getpid())")) }
        },
        refused("hard.renamed", .privateFileSystem) { _ in
            temporaryFile { kernel(SYS_rename, address($0), address("/dev/shm/attempt-\(getpid())")) }
        },
        refused("hard.outside", .privateFileSystem) { targets in
            kernel(SYS_link, address(targets["file"]), nowhere(targets))
        },
        refused("hard.descriptor", .noKernelFileSystems) { targets in
            let file = targets.scratchFile("linked")
            guard file >= 0 else { return untried }
            return kernel(
                SYS_linkat, -100, address("/proc/self/fd/\(file)"), -100, address(targets.scratch("again")), 0x400)
        },
    ]

    /// A file of /tmp, as long as it is used. Nothing comes from there to /dev/shm, which may be the same file system.
    private static func temporaryFile(_ use: (String) -> Int) -> Int {
        let path = "/tmp/attempt-\(getpid())"
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { return untried }
        defer {
            close(file)
            unlink(path)
        }
        return use(path)
    }

    private static func nowhere(_ targets: Targets) -> Int {
        let path = targets.scratch("hard")
        unlink(path)
        return address(path)
    }

    private static func throughLink(_ targets: Targets, _ destination: String) -> Int {
        let link = targets.scratch("link")
        guard symlink(destination, link) == 0 else { return untried }
        defer { unlink(link) }
        return tryOpen(link)
    }

    private static func hardLink(_ targets: Targets, _ path: String) -> Int {
        kernel(SYS_link, address(path), nowhere(targets))
    }

    /// statfs(2) says how a directory is mounted: read-only 1, no setuid 2, no devices 4, no programs 8.
    private static let mountOptions = [
        ("/", 2, "nosuid"), ("/", 4, "nodev"), ("/var", 2, "nosuid"), ("/var", 4, "nodev"), ("/tmp", 2, "nosuid"),
        ("/tmp", 4, "nodev"), ("/dev/shm", 2, "nosuid"), ("/dev/shm", 4, "nodev"), ("/dev", 8, "noexec"),
    ].map { (path: String, bit: UInt64, name: String) in
        fact("mount \(path) \(name)", .noCapabilities, is: name) { _ in
            let status = buffer(120)
            let result = kernel(SYS_statfs, address(path), status)
            // struct statfs: f_flags is its eleventh word.
            return result < 0 ? errorName(CInt(-result)) : word(at: status, 10) & bit == 0 ? "without" : name
        }
    }
}
