import CLinux
import Glibc

extension NeedAttempts {
    private static func file(_ name: String, _ body: @escaping @Sendable (Int) -> Int) -> Attempt {
        works(name) { targets in
            let file = targets.scratchFile("need")
            return file < 0 ? -Int(errno) : body(Int(file))
        }
    }

    static let files = [
        file("file.write") { kernel(SYS_write, $0, address("0123456789"), 10) - 10 },
        file("file.writeAt") { kernel(SYS_pwrite64, $0, address("x"), 1, 1 << 33) },
        file("file.vectors") { kernel(SYS_pwritev, $0, address([UInt64(address("x")), 1]), 1, 0, 0) },
        file("file.vectors2") {
            kernel(SYS_pwritev2, $0, address([UInt64(address("x")), 1]), 1, 0, 0, 2 /* data sync */)
        },
        file("file.readVectors2") { kernel(SYS_preadv2, $0, address([UInt64(buffer(8)), 8]), 1, 0, 0, 0) },
        file("file.sync") { kernel(SYS_fsync, $0) },
        file("file.dataSync") { kernel(SYS_fdatasync, $0) },
        file("file.syncSystem") { kernel(SYS_syncfs, $0) },
        file("file.syncRange") { kernel(SYS_sync_file_range, $0, 0, 0, 2) },
        works("directory.sync") { kernel(SYS_fsync, Int(open($0.data, O_RDONLY | O_DIRECTORY))) },
        file("file.allocate") { kernel(SYS_fallocate, $0, 0, 0, 65536) },
        file("file.hole") { file in
            _ = kernel(SYS_fallocate, file, 0, 0, 65536)
            let result = kernel(SYS_fallocate, file, 3, 4096, 4096)
            return result == -Int(EOPNOTSUPP) ? 0 : result
        },
        file("file.truncate") { kernel(SYS_ftruncate, $0, 1 << 20) },
        file("file.advice") { kernel(SYS_fadvise64, $0, 0, 0, 2) },
        file("file.readAhead") { kernel(SYS_readahead, $0, 0, 4096) },
        file("file.map") { file in
            _ = kernel(SYS_ftruncate, file, 65536)
            guard let memory = mmap(nil, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, CInt(file), 0), memory != MAP_FAILED
            else { return -Int(errno) }
            memory.storeBytes(of: 1, as: UInt8.self)
            return kernel(SYS_msync, Int(bitPattern: memory), 65536, 4)
        },
        works("file.copyRange") { targets in
            let from = open("\(targets.root)/probe", O_RDONLY), to = targets.scratchFile("copy")
            let result = kernel(SYS_copy_file_range, Int(from), 0, Int(to), 0, 4096, 0)
            return result == -Int(EXDEV) || result == -Int(EOPNOTSUPP) ? 0 : result
        },
        works("file.unnamed") { negated(clinux_temporary_file(open($0.data, O_RDONLY | O_DIRECTORY))) },
        works("file.unnamedTemporary") { _ in negated(clinux_temporary_file(open("/tmp", O_RDONLY | O_DIRECTORY))) },
        works("file.open2") { negated(clinux_openat2(AT_FDCWD, $0.data, UInt64(O_RDONLY), 0)) },
        works("file.openBeneath") { targets in
            let name = targets.scratchDirectory("beneath")
            return name == nil
                ? -Int(errno) : negated(clinux_open_beneath(open(targets.data, O_RDONLY), "attempt-beneath"))
        },
        works("directory.list") { targets in
            kernel(SYS_getdents64, Int(open(targets.data, O_RDONLY | O_DIRECTORY)), buffer(32768), 32768)
        },
        works("directory.change") { negated(chdir($0.data)) },
    ]

    /// As SQLite and PostgreSQL lock.
    static let locks = [
        file("lock.whole") { kernel(SYS_flock, $0, 2) },
        works("lock.range") { targets in
            // SQLite's pending, reserved and shared bytes: the second process is refused what the first has.
            let file = targets.scratchFile("lock")
            guard lock(file, F_SETLK, F_WRLCK, 0x4000_0000, 512) == 0 else { return -Int(errno) }
            let second = child {
                lock(file, F_SETLK, F_RDLCK, 0x4000_0002, 510) < 0 && [EAGAIN, EACCES].contains(errno) ? 0 : 1
            }
            return second == 0 ? 0 : -Int(EDEADLK)
        },
        works("lock.description") { targets in
            // Open file description locks.
            let file = targets.scratchFile("lock")
            return negated(lock(file, 37, F_WRLCK, 0, 1))
        },
        works("lock.walMemory") { targets in
            // The index of a write-ahead log: a shared mapping, and a lock on a byte of it.
            let file = targets.scratchFile("wal-shm")
            guard ftruncate(file, 32768) == 0,
                mmap(nil, 32768, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED
            else { return -Int(errno) }
            return negated(lock(file, F_SETLK, F_RDLCK, 123, 1))
        },
    ]

    private static func lock(_ file: CInt, _ command: CInt, _ type: CInt, _ start: Int, _ length: Int) -> CInt {
        var region = flock()
        region.l_type = Int16(type)
        region.l_whence = Int16(SEEK_SET)
        region.l_start = start
        region.l_len = length
        return fcntl(file, command, &region)
    }

    private static func path(_ name: String, _ body: @escaping @Sendable (Int, Int) -> Int) -> Attempt {
        works(name) { targets in
            let one = targets.scratch("one"), two = targets.scratch("two")
            unlink(two)
            return targets.scratchFile("one") < 0 ? -Int(errno) : body(address(one), address(two))
        }
    }

    static let metadata = [
        path("name.rename") { kernel(SYS_rename, $0, $1) },
        path("name.renameNew") { kernel(SYS_renameat2, -100, $0, -100, $1, 1) },
        path("name.exchange") { one, two in
            _ = kernel(SYS_link, one, two)
            return kernel(SYS_renameat2, -100, one, -100, two, 2)
        },
        path("name.link") { kernel(SYS_link, $0, $1) },
        path("name.symbolicLink") { kernel(SYS_symlink, $0, $1) },
        path("name.readLink") { one, two in
            _ = kernel(SYS_symlink, one, two)
            return kernel(SYS_readlink, two, buffer(256), 256)
        },
        path("name.pipe") { kernel(SYS_mknod, $1, 0o010_600 /* a pipe */, 0) },
        path("name.unlink") { one, _ in kernel(SYS_unlink, one) },
        path("name.directory") { one, _ in kernel(SYS_mkdir, one + 0, 0o700) == -Int(EEXIST) ? 0 : -Int(EIO) },
        works("name.directoryMove") { targets in
            guard let outer = targets.scratchDirectory("parent"), targets.scratchFile("moving") >= 0 else {
                return -Int(errno)
            }
            return kernel(SYS_rename, address(targets.scratch("moving")), address("\(outer)/moved"))
        },
        path("status") { one, _ in kernel(332 /* statx */, -100, one, 0, 0xfff, buffer(256)) },
        path("status.at") { one, _ in kernel(SYS_newfstatat, -100, one, buffer(144), 0) },
        path("status.system") { one, _ in kernel(SYS_statfs, one, buffer(120)) },
        path("access") { one, _ in kernel(SYS_faccessat, -100, one, 4) },
        path("access2") { one, _ in kernel(439 /* faccessat2 */, -100, one, 4, 0x200) },
        path("mode") { one, _ in kernel(SYS_chmod, one, 0o640) },
        path("mode.at") { one, _ in kernel(SYS_fchmodat, -100, one, 0o640) },
        path("owner.same") { one, _ in kernel(SYS_chown, one, Int(getuid()), Int(getgid())) },
        path("status.times") { one, _ in kernel(SYS_utimensat, -100, one, address([1, 0, 1, 0]), 0) },
        path("attribute") { one, _ in
            let set = kernel(SYS_setxattr, one, address("user.a"), address("b"), 1, 0)
            return set < 0 ? set : kernel(SYS_getxattr, one, address("user.a"), buffer(8), 8)
        },
        path("attribute.list") { one, _ in kernel(SYS_listxattr, one, buffer(256), 256) },
        works("mask") { _ in kernel(SYS_umask, 0o77) },
    ]
}
