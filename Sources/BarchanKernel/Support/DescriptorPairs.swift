import Barchan
import CLinux
import Glibc

/// Two connected stream sockets. Descriptors cannot be sent to the host's end (SO_PASSRIGHTS, Linux 6.16).
///
/// Nobody asks for them, and whoever receives or drops one closes it: a TCP socket of a grain that lingers (SO_LINGER) would hold up the
/// host's thread for as long as the grain likes, a large file in memory for as long as it takes to free.
struct SocketPair: ~Copyable {
    let hostEnd: OwnedDescriptor
    let grainEnd: OwnedDescriptor

    init() throws(HostError) {
        var pair: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw HostError(.resourceExhausted, "make a socket pair: \(String(cString: strerror(errno)))")
        }
        var no: CInt = 0
        // Where the kernel cannot, the sandbox has no lingering sockets.
        _ = setsockopt(pair[0], SOL_SOCKET, 83, &no, socklen_t(MemoryLayout<CInt>.size))
        hostEnd = OwnedDescriptor(takingOwnershipOf: pair[0])
        grainEnd = OwnedDescriptor(takingOwnershipOf: pair[1])
    }
}

/// A pipe.
struct Pipe: ~Copyable {
    let readEnd: OwnedDescriptor
    let writeEnd: OwnedDescriptor

    init() throws(HostError) {
        var pair: [CInt] = [-1, -1]
        guard clinux_pipe2(&pair, O_CLOEXEC) == 0 else {
            throw HostError(.resourceExhausted, "make a pipe: \(String(cString: strerror(errno)))")
        }
        readEnd = OwnedDescriptor(takingOwnershipOf: pair[0])
        writeEnd = OwnedDescriptor(takingOwnershipOf: pair[1])
    }
}
