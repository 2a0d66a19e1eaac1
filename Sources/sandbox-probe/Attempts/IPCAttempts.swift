import CLinux
import Glibc

/// System V and POSIX objects of the host, which anybody may use there.
enum IPCAttempts {
    static let all = [
        refused("memory.key", .privateIPC) { kernel(SYS_shmget, $0.number("key"), 0, 0) },
        refused("memory.identifier", .privateIPC) { kernel(SYS_shmat, $0.number("memory"), 0, 0) },
        refused("semaphores.key", .privateIPC) { kernel(SYS_semget, $0.number("key"), 0, 0) },
        refused("semaphores.identifier", .privateIPC) {
            kernel(SYS_semctl, $0.number("semaphores"), 0, 12 /* GETVAL */)
        },
        refused("messages.key", .privateIPC) { kernel(SYS_msgget, $0.number("key"), 0) },
        refused("messages.identifier", .privateIPC) { targets in
            kernel(SYS_msgctl, targets.number("messages"), 2 /* IPC_STAT */, buffer(256))
        },
        refused("queue", .privateIPC) { kernel(SYS_mq_open, address($0["queue"]), Int(O_RDONLY | O_NONBLOCK), 0, 0) },
        fact("memory.count", .privateIPC, is: "0") { _ in "\(used(SYS_shmctl, 14))" },
        fact("semaphores.count", .privateIPC, is: "0") { _ in "\(used(SYS_semctl, 19))" },
        fact("messages.count", .privateIPC, is: "0") { _ in "\(used(SYS_msgctl, 12))" },
        works("keyIsFree", .privateIPC) { targets in
            let made = kernel(SYS_shmget, targets.number("key"), 4096, 0o1600 | 0o2000 /* a new one only */)
            if made >= 0 { _ = kernel(SYS_shmctl, made, 0, 0) }
            return made
        },
        works("queueNameIsFree", .privateIPC) { targets in
            let name = address(targets["queue"])
            let made = kernel(SYS_mq_open, name, Int(O_RDWR | O_CREAT | O_EXCL), 0o600, 0)
            if made >= 0 { _ = kernel(SYS_mq_unlink, name) }
            return made
        },
    ]

    /// SHM_INFO, SEM_INFO and MSG_INFO say how many objects there are: struct shm_info and its kin begin with it, or have it
    /// as their third word.
    private static func used(_ call: Int32, _ question: Int) -> UInt64 {
        let information = buffer(256)
        if call == SYS_semctl {
            // struct seminfo: semusz, the eighth of ten 4-byte numbers.
            guard kernel(call, 0, 0, question, information) >= 0 else { return 999 }
            return word(at: information, 3) >> 32
        }
        guard kernel(call, 0, question, information) >= 0 else { return 999 }
        return word(at: information) & 0xffff_ffff
    }
}
