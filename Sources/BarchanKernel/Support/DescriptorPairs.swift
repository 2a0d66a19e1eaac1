import Barchan
import CLinux
import Glibc

/// Two connected stream sockets.
struct SocketPair: ~Copyable {
    let hostEnd: OwnedDescriptor
    let grainEnd: OwnedDescriptor

    init() throws(HostError) {
        var pair: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw HostError(.resourceExhausted, "make a socket pair: \(String(cString: strerror(errno)))")
        }
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
