import Barchan
import Synchronization

/// Throws ``ConformanceFailure`` unless `body` throws a ``HostError`` with one of these codes and a message.
func requireError(_ codes: HostError.Code..., body: @Sendable () async throws -> Void) async throws {
    let expected = codes.map(\.rawValue).joined(separator: " or ")
    do {
        try await body()
    } catch let error as HostError {
        try require(codes.contains(error.code), "the error is '\(error)' instead of \(expected)")
        return try require(!error.message.isEmpty, "the error says nothing")
    }
    throw ConformanceFailure("it succeeded instead of failing with \(expected)")
}

/// The highest number anybody noted.
final class Highest: Sendable {
    private let number = Mutex<Int64>(0)
    var value: Int64 { number.withLock { $0 } }
    func note(_ candidate: Int64) { number.withLock { $0 = max($0, candidate) } }
}
