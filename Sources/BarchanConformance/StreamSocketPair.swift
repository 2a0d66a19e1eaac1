import Barchan
import Glibc

/// Two connected stream sockets, each given away or closed once.
struct StreamSocketPair: ~Copyable {
    private var host: OwnedDescriptor?
    private var grain: OwnedDescriptor?

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ConformanceSkip("this process cannot make a socket pair: errno \(errno)")
        }
        host = OwnedDescriptor(takingOwnershipOf: ends[0])
        grain = OwnedDescriptor(takingOwnershipOf: ends[1])
    }

    mutating func takeHost() throws -> OwnedDescriptor { try Self.take(&host) }
    mutating func takeGrain() throws -> OwnedDescriptor { try Self.take(&grain) }
    mutating func closeGrain() throws { _ = try Self.take(&grain) }

    private static func take(_ end: inout OwnedDescriptor?) throws -> OwnedDescriptor {
        guard let taken = end.take() else { throw ConformanceFailure("a check uses an end of its socket twice") }
        return taken
    }

    /// Writes to the host from the grain's end.
    mutating func write(_ bytes: [UInt8]) throws {
        let end = try Self.take(&grain)
        let count = bytes.withUnsafeBytes { send(end.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        grain = consume end
        guard count == bytes.count else { throw ConformanceFailure("the socket took \(count) of \(bytes.count) bytes") }
    }
}
