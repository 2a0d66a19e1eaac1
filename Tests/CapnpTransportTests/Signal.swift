import Barchan
import Synchronization

@testable import CapnpTransport

/// Something that happens once and can be waited for.
final class Signal: Sendable {
    private let shared = Shared<Void>()
    func fire() { shared.set(()) }
    func wait() async { await shared.value() }
}

/// A number that several threads add to.
final class Counter: Sendable {
    private let number = Atomic(0)
    var value: Int { number.load(ordering: .sequentiallyConsistent) }
    @discardableResult
    func add(_ count: Int = 1) -> Int { number.add(count, ordering: .sequentiallyConsistent).newValue }
}

/// A list that several threads append to.
final class Record<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])
    var all: [Element] { list.withLock { $0 } }
    func append(_ element: Element) { list.withLock { $0.append(element) } }
}

/// Gives these chunks, then `end`; notes when it is cancelled.
final class ScriptedReader: ByteReader {
    private let chunks: Mutex<[[UInt8]]>
    private let end: HostError?
    /// When the script is over, wait for `cancel` instead of ending.
    private let staysOpen: Bool
    let cancelled = Signal()

    init(_ chunks: [[UInt8]], end: HostError? = nil, staysOpen: Bool = false) {
        self.chunks = Mutex(chunks)
        self.end = end
        self.staysOpen = staysOpen
    }

    func next() async throws(HostError) -> [UInt8]? {
        if let chunk = chunks.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return chunk }
        if let end { throw end }
        if staysOpen { await cancelled.wait() }
        return nil
    }

    func cancel() { cancelled.fire() }
}

extension WebResponse {
    /// The body of a 200 answer, read to its end.
    func wholeBody() async throws -> [UInt8] {
        guard case .content(200, let content) = outcome else { throw HostError(.failed, "another outcome: \(outcome)") }
        switch content.body {
        case .bytes(let bytes): return bytes
        case .stream(let reader, _): return try await reader.readAll(maximumBytes: 1 << 30)
        @unknown default: throw HostError(.failed, "another body")
        }
    }

    var bodyStream: (reader: any ByteReader, length: Int64?)? {
        guard case .content(_, let content) = outcome, case .stream(let reader, let length) = content.body else {
            return nil
        }
        return (reader, length)
    }
}

/// The error `body` throws.
func hostError(_ body: () async throws -> Void) async -> HostError? {
    do {
        try await body()
        return nil
    } catch { return error as? HostError }
}
