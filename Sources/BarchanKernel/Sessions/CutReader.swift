import Barchan

/// A stream that can be cut off from outside, while somebody waits for its next bytes, too.
final class CutReader: ByteReader {
    private let reader: any ByteReader
    private let isCut = Flag()

    init(_ reader: any ByteReader) { self.reader = reader }

    /// From now on the stream fails: what was read so far is not all.
    func cut() {
        isCut.set()
        reader.cancel()
    }

    func next() async throws(HostError) -> [UInt8]? {
        let bytes = try await reader.next()
        guard !isCut.isSet else {
            throw HostError(.disconnected, "read from a grain: what the visitor may do there has changed")
        }
        return bytes
    }

    func cancel() { reader.cancel() }
}
