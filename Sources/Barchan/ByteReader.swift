/// A stream of bytes that is pulled: the producer waits while nobody asks.
///
/// One caller at a time.
public protocol ByteReader: AnyObject, Sendable {
    /// The next bytes, never empty; nil at the end and on every call after it.
    /// - Throws: ``HostError`` `.disconnected` when the producer went away before the end; every later call throws too.
    func next() async throws(HostError) -> [UInt8]?

    /// The reader wants no more; the producer may stop. Harmless after the end and on a second call.
    func cancel()
}

/// Bytes that are there already, as a stream of one chunk.
public final class BufferedBytes: ByteReader, @unchecked Sendable {
    // One caller at a time is the protocol's rule, so no lock is needed.
    private var bytes: [UInt8]?

    public init(_ bytes: [UInt8]) { self.bytes = bytes.isEmpty ? nil : bytes }

    public func next() async throws(HostError) -> [UInt8]? {
        defer { bytes = nil }
        return bytes
    }

    public func cancel() { bytes = nil }
}

extension ByteReader {
    /// Everything up to the end.
    /// - Throws: ``HostError`` `.resourceExhausted` when there are more than `maximumBytes`; the stream is cancelled
    ///   then.
    public func readAll(maximumBytes: Int) async throws(HostError) -> [UInt8] {
        var all: [UInt8] = []
        while let chunk = try await next() {
            guard all.count + chunk.count <= maximumBytes else {
                cancel()
                throw HostError(
                    .resourceExhausted, "read a body: it is longer than the \(maximumBytes) bytes allowed here")
            }
            all.append(contentsOf: chunk)
        }
        return all
    }
}
