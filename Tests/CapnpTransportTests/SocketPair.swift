import Barchan
import CLinux
import Glibc

/// Two connected stream sockets: the host's end, and the one a grain holds as descriptor 3.
struct SocketPair: ~Copyable {
    let host: OwnedDescriptor
    let grain: OwnedDescriptor

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HostError(.resourceExhausted, "make a socket pair: errno \(errno)")
        }
        host = OwnedDescriptor(takingOwnershipOf: ends[0])
        grain = OwnedDescriptor(takingOwnershipOf: ends[1])
    }
}

/// The next `count` bytes, fewer at the end.
func readBytes(_ descriptor: borrowing OwnedDescriptor, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var length = 0
    while length < count {
        let got = bytes.withUnsafeMutableBytes {
            read(descriptor.rawValue, $0.baseAddress.map { $0 + length }, count - length)
        }
        guard got > 0 else { break }
        length += got
    }
    return Array(bytes[..<length])
}

/// Writes everything, or stops when the other end is closed.
@discardableResult
func writeBytes(_ descriptor: borrowing OwnedDescriptor, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

/// Bytes written as hexadecimal digits.
func hexBytes(_ text: some StringProtocol) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
