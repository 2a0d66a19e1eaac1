import CLinux
import Glibc

extension NeedAttempts {
    /// Pipes, pairs, and descriptors that pass through them.
    static let exchange = [
        works("pipe") { _ in
            var ends: [CInt] = [0, 0]
            guard clinux_pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0, write(ends[1], "x", 1) == 1 else {
                return -Int(errno)
            }
            return kernel(SYS_read, Int(ends[0]), buffer(8), 8)
        },
        works("pair.stream") { _ in pair(1) },
        works("pair.datagram") { _ in pair(2) },
        works("pair.packets") { _ in pair(5) },
        works("descriptor.pass") { _ in
            var ends: [CInt] = [0, 0], passed: CInt = 0, count: CInt = 1,
                received: [CInt] = [CInt](repeating: 0, count: 8)
            socketpair(AF_UNIX, 1, 0, &ends)
            // A sandbox of the same host user may try at this moment whether it can have them all under way.
            while clinux_send(ends[0], "x", 1, &passed, 1) != 1 {
                guard errno == ETOOMANYREFS else { return -Int(errno) }
                usleep(10_000)
            }
            let length = clinux_receive(
                ends[1], UnsafeMutableRawPointer(bitPattern: buffer(8)), 8, &received, &count, 0)
            return length == 1 && count == 1 && received[0] > 3 ? 0 : -Int(EBADF)
        },
        works("descriptor.copy") { _ in negated(clinux_dup3(0, 200)) },
        works("descriptor.closeRange") { _ in negated(clinux_close_range(300, 400, 0)) },
        works("descriptor.sendfile") { targets in
            let from = open("\(targets.root)/probe", O_RDONLY), to = targets.scratchFile("sent")
            return kernel(SYS_sendfile, Int(to), Int(from), 0, 4096)
        },
        works("descriptor.splice") { targets in
            var ends: [CInt] = [0, 0]
            pipe(&ends)
            return kernel(SYS_splice, Int(open("\(targets.root)/probe", O_RDONLY)), 0, Int(ends[1]), 0, 4096, 0)
        },
        works("descriptor.tee") { _ in
            var one: [CInt] = [0, 0], two: [CInt] = [0, 0]
            pipe(&one)
            pipe(&two)
            write(one[1], "x", 1)
            return kernel(SYS_tee, Int(one[0]), Int(two[1]), 1, 0) - 1
        },
    ]

    private static func pair(_ type: CInt) -> Int {
        var ends: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, type, 0, &ends) == 0, write(ends[0], "x", 1) == 1 else { return -Int(errno) }
        return kernel(SYS_read, Int(ends[1]), buffer(8), 8)
    }

    /// System V and POSIX. What lives outside of files belongs to who promises that it is the sandbox's own.
    static let messages = [
        works("shared.system", .privateIPC) { _ in
            let memory = kernel(SYS_shmget, 0, 4096, 0o1600)
            guard memory >= 0 else { return memory }
            let place = kernel(SYS_shmat, memory, 0, 0)
            return place < 0 && place > -4096 ? place : kernel(SYS_shmctl, memory, 0, 0)
        },
        works("semaphores.system", .privateIPC) { _ in
            let semaphores = kernel(SYS_semget, 0, 1, 0o1600)
            guard semaphores >= 0 else { return semaphores }
            // struct sembuf: up by one.
            let result = kernel(SYS_semop, semaphores, address([1 << 16]), 1)
            _ = kernel(SYS_semctl, semaphores, 0, 0)
            return result
        },
        works("messages.system", .privateIPC) { _ in
            let queue = kernel(SYS_msgget, 0, 0o1600)
            guard queue >= 0 else { return queue }
            let result = kernel(SYS_msgsnd, queue, address([1, 0x78]), 1, 0)
            _ = kernel(SYS_msgctl, queue, 0, 0)
            return result
        },
        works("shared.object") { _ in
            let name = "/attempt-\(getpid())"
            let object = shm_open(name, O_CREAT | O_RDWR, 0o600)
            guard object >= 0, ftruncate(object, 65536) == 0 else { return -Int(errno) }
            defer { shm_unlink(name) }
            let memory = mmap(nil, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0)
            return memory == MAP_FAILED ? -Int(errno) : kernel(SYS_msync, Int(bitPattern: memory), 65536, 4)
        },
        works("messages.queue", .privateIPC) { _ in
            let name = address("attempt-\(getpid())")
            let queue = kernel(SYS_mq_open, name, Int(O_RDWR | O_CREAT), 0o600, 0)
            guard queue >= 0 else { return queue }
            defer { _ = kernel(SYS_mq_unlink, name) }
            let sent = kernel(SYS_mq_timedsend, queue, address("x"), 1, 0, address([1 << 33, 0]))
            return sent < 0 ? sent : kernel(SYS_mq_timedreceive, queue, buffer(8192), 8192, 0, address([1 << 33, 0]))
        },
        works("memoryFile") { _ in
            let file = clinux_memfd_create("attempt", 3)
            guard file >= 0 else { return -Int(errno) }
            // F_ADD_SEALS: no shrinking, no growing.
            return negated(fcntl(file, 1033, 2 | 4))
        },
    ]

    /// IP works on the loopback that is the sandbox's own, for who promises one.
    static let sockets = [
        works("tcp", .noNetwork) { _ in conversation(SocketAddressPair.inet) },
        works("tcp6", .noNetwork) { _ in conversation(SocketAddressPair.inet6) },
        works("udp", .noNetwork) { _ in
            let socket = SocketAddress.inet(0x7f00_0001, 0).bind(2)
            guard socket >= 0 else { return socket }
            let name = buffer(16)
            _ = kernel(SYS_getsockname, socket, name, address([16]))
            let sent = kernel(SYS_sendto, socket, address("x"), 1, 0, name, 16)
            return sent < 0 ? sent : kernel(SYS_recvfrom, socket, buffer(8), 8)
        },
        works("unix.path") { targets in
            let path = targets.scratch("socket")
            unlink(path)
            let socket = SocketAddress.unix(path).bind()
            guard socket >= 0, kernel(SYS_listen, socket, 8) >= 0 else { return -Int(errno) }
            return SocketAddress.unix(path).connect()
        },
        works("unix.abstract") { _ in
            let address = SocketAddress.abstract("attempt-\(getpid())")
            let socket = address.bind()
            guard socket >= 0, kernel(SYS_listen, socket, 8) >= 0 else { return -Int(errno) }
            return address.connect()
        },
        works("socket.highPort", .noNetwork) { _ in SocketAddress.inet(0, 1024 + Int(getpid()) % 60000).bind() },
        works("option.reuseAddress", .noNetwork) { _ in option(1, 2) },
        works("option.reusePort", .noNetwork) { _ in option(1, 15) },
        works("option.keepAlive", .noNetwork) { _ in option(1, 9) },
        works("option.buffer", .noNetwork) { _ in option(1, 7) },
        works("option.noDelay", .noNetwork) { _ in option(6, 1) },
        works("option.cork", .noNetwork) { _ in option(6, 3) },
        works("option.only6", .noNetwork) { _ in
            setOption(CInt(kernel(SYS_socket, 10, 1, 0)), 41, 26, [1])
        },
        works("option.linger", .noNetwork) { _ in setOption(CInt(kernel(SYS_socket, 2, 1, 0)), 1, 13, [1, 0]) },
        works("option.errorQueue", .noNetwork) { _ in setOption(CInt(kernel(SYS_socket, 2, 2, 0)), 0, 11, [1]) },
        works("option.errorQueue6", .noNetwork) { _ in setOption(CInt(kernel(SYS_socket, 10, 2, 0)), 41, 25, [1]) },
        works("option.passCredentials") { _ in setOption(CInt(kernel(SYS_socket, 1, 1, 0)), 1, 16, [1]) },
        works("socket.messages") { _ in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 2, 0, &ends)
            let message = [0, 0, UInt64(address([UInt64(address("x")), 1])), 1, 0, 0, 0, 0]
            return kernel(SYS_sendmmsg, Int(ends[0]), address(message), 1, 0)
        },
        works("interfaces", .noNetwork) { _ in
            var list: UnsafeMutablePointer<ifaddrs>?
            return negated(getifaddrs(&list))
        },
        works("interfaces.index", .virtualizedCalls) { _ in
            let request = address(bytes: Array("lo".utf8) + [UInt8](repeating: 0, count: 38))
            return kernel(SYS_ioctl, kernel(SYS_socket, 2, 2, 0), 0x8933, request)
        },
        // SIOCGIFCONF, SIOCGIFNAME of number 1, SIOCGIFFLAGS and SIOCGIFMTU of `lo`: Java asks so. Of whatever socket.
        works("interfaces.list", .virtualizedCalls) { _ in
            let question = address([4000, UInt64(buffer(4000))])
            let result = kernel(SYS_ioctl, kernel(SYS_socket, 1, 1, 0), 0x8912, question)
            return result < 0 ? result : word(at: question) & 0xffff_ffff >= 40 ? 0 : -Int(ENODEV)
        },
        works("interfaces.length", .virtualizedCalls) { _ in
            let question = address([0, 0])
            let result = kernel(SYS_ioctl, kernel(SYS_socket, 1, 1, 0), 0x8912, question)
            return result < 0 ? result : word(at: question) & 0xffff_ffff >= 40 ? 0 : -Int(ENODEV)
        },
        works("interfaces.name", .virtualizedCalls) { _ in
            let question = address([0, 0, 1, 0, 0])
            let result = kernel(SYS_ioctl, kernel(SYS_socket, 1, 1, 0), 0x8910, question)
            return result < 0 ? result : word(at: question) == 0x6f6c ? 0 : -Int(ENODEV)
        },
        works("interfaces.flags", .virtualizedCalls) { _ in
            let question = address([0x6f6c, 0, 0, 0, 0])
            let result = kernel(SYS_ioctl, kernel(SYS_socket, 1, 1, 0), 0x8913, question)
            return result < 0 ? result : word(at: question, 2) & 9 == 9 ? 0 : -Int(ENETDOWN)
        },
        works("interfaces.size", .virtualizedCalls) { _ in
            let question = address([0x6f6c, 0, 0, 0, 0])
            let result = kernel(SYS_ioctl, kernel(SYS_socket, 1, 1, 0), 0x8921, question)
            return result < 0 ? result : word(at: question, 2) & 0xffff_ffff >= 1500 ? 0 : -Int(EIO)
        },
        works("socket.available") { _ in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 1, 0, &ends)
            return kernel(SYS_ioctl, Int(ends[0]), 0x541b, buffer(8))
        },
        works("socket.nonBlocking") { _ in
            var ends: [CInt] = [0, 0]
            socketpair(AF_UNIX, 1, 0, &ends)
            return kernel(SYS_ioctl, Int(ends[0]), 0x5421, address([1]))
        },
    ]

    private enum SocketAddressPair {
        static func inet(_ port: Int) -> SocketAddress { .inet(0x7f00_0001, port) }
        static func inet6(_ port: Int) -> SocketAddress {
            .inet6([UInt8](repeating: 0, count: 15) + [1], port)
        }
    }

    private static func option(_ level: Int, _ name: Int) -> Int {
        setOption(CInt(kernel(SYS_socket, 2, 1, 0)), level, name, [1])
    }

    /// Listens, connects, accepts, and sends a byte.
    private static func conversation(_ address: (Int) -> SocketAddress) -> Int {
        let listener = address(0).bind()
        guard listener >= 0 else { return listener }
        let name = buffer(32)
        guard kernel(SYS_listen, listener, 8) >= 0,
            kernel(SYS_getsockname, listener, name, sandbox_probe.address([32])) >= 0
        else { return -Int(errno) }
        let port = Int(UInt16(truncatingIfNeeded: word(at: name) >> 16).byteSwapped)
        let client = kernel(SYS_socket, address(port).family, 1, 0)
        close(CInt(client))
        let connected = address(port).connect()
        guard connected >= 0 else { return connected }
        return kernel(SYS_accept4, listener, 0, 0, Int(SOCK_CLOEXEC.rawValue))
    }
}
