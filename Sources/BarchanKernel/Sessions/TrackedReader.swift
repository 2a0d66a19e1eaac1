import Barchan

/// A stream that says once when nobody reads from it any more.
final class TrackedReader: ByteReader {
    private let reader: any ByteReader
    private let isOver = Flag()
    private let atEnd: @Sendable () -> Void

    init(_ reader: any ByteReader, atEnd: @escaping @Sendable () -> Void) {
        self.reader = reader
        self.atEnd = atEnd
    }

    deinit { end() }

    func next() async throws(HostError) -> [UInt8]? {
        do throws(HostError) {
            if let bytes = try await reader.next() { return bytes }
        } catch {
            end()
            throw error
        }
        end()
        return nil
    }

    func cancel() {
        reader.cancel()
        end()
    }

    private func end() {
        if isOver.set() { atEnd() }
    }
}
