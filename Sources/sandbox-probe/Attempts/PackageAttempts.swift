import CLinux
import Glibc

/// Changes to the package, whose files and directories anybody could write to if they were not mounted read-only.
enum PackageAttempts {
    static let all = files + directories

    private static func tried(_ name: String, _ body: @escaping @Sendable (String) -> Int) -> Attempt {
        refused(name, .readOnlyPackage) { body($0.root) }
    }

    private static let files = [
        refused("write", .readOnlyPackage) { tryOpen(path($0), O_WRONLY) },
        refused("readWrite", .readOnlyPackage) { tryOpen(path($0), O_RDWR) },
        refused("append", .readOnlyPackage) { tryOpen(path($0), O_WRONLY | O_APPEND) },
        refused("empty", .readOnlyPackage) { tryOpen(path($0), O_WRONLY | O_TRUNC) },
        refused("truncate", .readOnlyPackage) { kernel(SYS_truncate, address(path($0)), 0) },
        refused("mode", .readOnlyPackage) { kernel(SYS_chmod, address(path($0)), 0o777) },
        refused("times", .readOnlyPackage) { kernel(SYS_utimensat, -100, address(path($0)), 0, 0) },
        refused("owner", .readOnlyPackage) { kernel(SYS_chown, address(path($0)), Int(getuid()), Int(getgid())) },
        refused("attribute", .readOnlyPackage) { targets in
            kernel(SYS_setxattr, address(path(targets)), address("user.a"), address("b"), 1, 0)
        },
    ]

    /// The marker lies in every package that is tried, may be written by anybody, and belongs to no attempt but these.
    private static func path(_ targets: Targets) -> String { "\(targets.root)/\(targets["marker"])" }

    private static let directories = [
        tried("create") { removing("\($0)/attempt") { tryOpen($0, O_CREAT | O_WRONLY) } },
        tried("unnamed") { root in tryOpen("\(root)/", 0o20_200_000 /* O_TMPFILE */ | O_RDWR) },
        tried("directory") { removing("\($0)/attempt-d") { kernel(SYS_mkdir, address($0), 0o700) } },
        tried("symbolicLink") { removing("\($0)/attempt-l") { kernel(SYS_symlink, address("/"), address($0)) } },
        tried("pipe") { removing("\($0)/attempt-p") { kernel(SYS_mknod, address($0), 0o010_600 /* a pipe */, 0) } },
        tried("socket") { root in
            removing("\(root)/attempt-s") { SocketAddress.unix($0).bind() }
        },
        tried("removeDirectory") { root in
            // It is not empty: where it can be written to at all, that is the answer.
            let result = kernel(SYS_rmdir, address("\(root)/proc"))
            return result == -Int(ENOTEMPTY) ? 0 : result
        },
        tried("rename") { root in
            let result = kernel(SYS_rename, address("\(root)/proc/cpuinfo"), address("\(root)/proc/other"))
            if result >= 0 { rename("\(root)/proc/other", "\(root)/proc/cpuinfo") }
            return result
        },
        tried("exchange") { root in
            let one = address("\(root)/proc/cpuinfo"), two = address("\(root)/probe")
            let result = kernel(SYS_renameat2, -100, one, -100, two, 2)
            if result >= 0 { _ = kernel(SYS_renameat2, -100, one, -100, two, 2) }
            return result
        },
        tried("unlink") { root in
            let result = kernel(SYS_unlink, address("\(root)/proc/cpuinfo"))
            if result >= 0 { _ = tryOpen("\(root)/proc/cpuinfo", O_CREAT | O_WRONLY) }
            return result
        },
        tried("hardLink") { root in
            removing("\(root)/attempt-h") { kernel(SYS_link, address("\(root)/probe"), address($0)) }
        },
        refused("moveIn", .readOnlyPackage) { targets in
            guard targets.scratchFile("in") >= 0 else { return untried }
            let path = "\(targets.root)/attempt-in"
            return removing(path) { kernel(SYS_rename, address(targets.scratch("in")), address($0)) }
        },
        tried("directoryMode") { kernel(SYS_chmod, address("\($0)/"), 0o777) },
    ]

    private static func removing(_ path: String, _ body: (String) -> Int) -> Int {
        let result = body(path)
        if result >= 0 {
            unlink(path)
            rmdir(path)
        }
        return result
    }
}
