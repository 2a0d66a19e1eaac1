import CLinux
import Glibc
import SandboxProtocol

/// A descriptor with one owner, closed with it.
struct Descriptor: ~Copyable {
    let number: CInt

    init(_ number: CInt) { self.number = number }
    deinit { _ = close(number) }

    /// The owner from now on is the process, until it ends or executes something.
    consuming func leak() -> CInt {
        let number = number
        discard self
        return number
    }
}

/// The result of a system call, or the failure of `step`.
@discardableResult
func check(_ result: CInt, _ step: LaunchStep) throws(LaunchFailure) -> CInt {
    guard result >= 0 else { throw LaunchFailure(step, errno) }
    return result
}

/// A new descriptor from a system call, or the failure of `step`.
func opened(_ result: CInt, _ step: LaunchStep) throws(LaunchFailure) -> Descriptor {
    Descriptor(try check(result, step))
}

/// Writes a short text into a file of the kernel.
func writeFile(
    _ path: String, in directory: CInt = AT_FDCWD, _ text: String, _ step: LaunchStep
) throws(LaunchFailure) {
    let file = try opened(openat(directory, path, O_WRONLY | O_CLOEXEC), step)
    try check(CInt(truncatingIfNeeded: text.withCString { write(file.number, $0, strlen($0)) }), step)
}

/// Both ends of a channel that keeps messages apart.
func channel(_ step: LaunchStep) throws(LaunchFailure) -> (mine: CInt, theirs: CInt) {
    var ends: (CInt, CInt) = (-1, -1)
    let result = withUnsafeMutableBytes(of: &ends) {
        socketpair(
            AF_UNIX, CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0,
            $0.baseAddress?.assumingMemoryBound(to: CInt.self))
    }
    try check(result, step)
    return (ends.0, ends.1)
}

/// Sends one message; false when nobody can receive it any more.
func send(_ bytes: [UInt8], to socket: CInt, with descriptors: [CInt] = []) -> Bool {
    let sent = bytes.withUnsafeBytes { bytes in
        descriptors.withUnsafeBufferPointer {
            clinux_send(socket, bytes.baseAddress, bytes.count, $0.baseAddress, CInt($0.count))
        }
    }
    return sent == bytes.count
}

/// What one receive call found.
enum Received {
    case message([UInt8], descriptors: [CInt])
    case nothing
    case end
}

/// Receives one message with its descriptors, which the caller owns.
func receive(from socket: CInt, maximumBytes: Int, flags: CInt = 0) -> Received {
    var descriptors = [CInt](repeating: -1, count: 8)
    var count: CInt = 0
    // Room for what is there, not for all there could be. The second call answers for an end and for errors, too, but not
    // for nothing: meanwhile a message may have come, for which there would be no room.
    var there = -1
    repeat { there = recv(socket, nil, 0, flags | CInt(MSG_PEEK) | CInt(MSG_TRUNC)) } while there < 0 && errno == EINTR
    if there < 0 && errno == EAGAIN { return .nothing }
    let capacity = min(max(there, 1), maximumBytes)
    var length = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, used in
        length = descriptors.withUnsafeMutableBufferPointer {
            clinux_receive(socket, buffer.baseAddress, capacity, $0.baseAddress, &count, flags)
        }
        used = max(0, length)
    }
    if length > 0 { return .message(bytes, descriptors: Array(descriptors.prefix(Int(count)))) }
    return length < 0 && errno == EAGAIN ? .nothing : .end
}
