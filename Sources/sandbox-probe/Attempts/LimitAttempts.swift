import CLinux
import Glibc

/// Bounds on what one grain may use. Memory and the number of processes are tried from outside, with sandboxes of their own.
enum LimitAttempts {
    static let all = values + raises + spaces

    private static let values = [
        fact("core", .everyBackEnd, is: "0 0") { _ in limit(4).map(text).joined(separator: " ") },
        fact("files", .everyBackEnd, is: "1024 4096") { _ in limit(7).map(text).joined(separator: " ") },
        fact("realTime", .everyBackEnd, is: "0 0") { _ in limit(14).map(text).joined(separator: " ") },
        fact("priority", .everyBackEnd, is: "0 0") { _ in limit(13).map(text).joined(separator: " ") },
        fact("lockedMemory", .everyBackEnd, is: "at most 8 MiB") { _ in
            limit(8)[1] <= 8 << 20 ? "at most 8 MiB" : text(limit(8)[1])
        },
        fact("messageQueues", .everyBackEnd, is: "at most 819200") { _ in
            limit(12)[1] <= 819_200 ? "at most 819200" : text(limit(12)[1])
        },
        refused("files.opened", .everyBackEnd) { _ in
            for _ in 0..<5000 where open("/dev/null", O_RDONLY) < 0 { return -Int(errno) }
            return 0
        },
        refused("lock", .everyBackEnd) { _ in
            let size = 12 << 20
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            return kernel(SYS_mlock, Int(bitPattern: memory), size)
        },
        refused("lockAll", .everyBackEnd) { _ in
            _ = mmap(nil, 12 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            return kernel(SYS_mlockall, 1)
        },
    ]

    /// Soft and hard.
    private static func limit(_ resource: Int) -> [UInt64] {
        let values = buffer(16)
        _ = kernel(SYS_prlimit64, 0, resource, 0, values)
        return [word(at: values), word(at: values, 1)]
    }

    private static func text(_ value: UInt64) -> String { value == .max ? "without" : "\(value)" }

    /// Above what there is, or, where there is no bound, at least to there.
    private static let raises = [
        ("core", 4), ("files", 7), ("lockedMemory", 8), ("messageQueues", 12), ("realTime", 14),
    ]
    .map { name, resource in
        refused("raise.\(name)", .everyBackEnd) { _ in
            let hard = limit(resource)[1]
            let more = hard == .max ? hard : hard + 1
            return kernel(SYS_prlimit64, 0, resource, address([more, more]), 0)
        }
    }

    /// The specification's 16 MiB and 4096 files, and a little more.
    private static let spaces =
        ["/tmp", "/dev/shm"].flatMap { directory in
            [
                refused("bytes \(directory)", .privateFileSystem) { _ in
                    let path = "\(directory)/attempt-\(getpid())"
                    let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
                    guard file >= 0 else { return untried }
                    unlink(path)
                    return kernel(SYS_fallocate, Int(file), 0, 0, 17 << 20)
                },
                refused("files \(directory)", .privateFileSystem) { _ in
                    let folder = "\(directory)/attempt-\(getpid())"
                    guard mkdir(folder, 0o700) == 0 else { return untried }
                    var count = 0, result = 0
                    while count < 4200 && result >= 0 {
                        result = kernel(SYS_mknod, address("\(folder)/\(count)"), 0o100_600, 0)
                        count += 1
                    }
                    for number in 0..<count { unlink("\(folder)/\(number)") }
                    rmdir(folder)
                    return result
                },
            ]
        } + [
            refused("disk.allocated", .syscallFilter) { _ in
                // Without writing: a call that may take all of the disk.
                let path = "/var/attempt-\(getpid())"
                let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
                guard file >= 0 else { return untried }
                unlink(path)
                return kernel(SYS_fallocate, Int(file), 1, 0, 256 << 20)
            },
            refused("sockets.netlink", .virtualizedCalls) { _ in
                // What waits in each of them counts for no group.
                var result = 0, count = 0
                while count < 200 && result >= 0 {
                    result = kernel(SYS_socket, 16, 3, 0)
                    count += 1
                }
                return result
            },
            refused("messageQueues.made", .everyBackEnd) { _ in
                // struct mq_attr: each of the largest that an ordinary user may make, 10 messages of 8 KiB.
                var result = 0, count = 0
                while count < 40 && result >= 0 {
                    let name = address("attempt-\(getpid())-\(count)")
                    result = kernel(
                        SYS_mq_open, name, Int(O_RDWR | O_CREAT), 0o600, address([0, 10, 8192, 0, 0, 0, 0, 0]))
                    if result >= 0 { _ = kernel(SYS_mq_unlink, name) }
                    count += 1
                }
                return result
            },
        ]
}
