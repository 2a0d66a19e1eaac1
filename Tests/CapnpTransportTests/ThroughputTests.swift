import Barchan
import CLinux
import Glibc
import Testing

@testable import CapnpTransport

/// Figures, not promises: run with `CAPNP_TRANSPORT_BENCHMARK=1`.
@Suite(.enabled(if: getenv("CAPNP_TRANSPORT_BENCHMARK") != nil), .serialized) struct ThroughputTests {
    @Test(arguments: [1, 8, 64]) func requestsPerSecond(_ inFlight: Int) async throws {
        let (connection, app) = try await connectedApp { $0.answer([UInt8](repeating: 0x61, count: 200)) }
        let session = try await connection.openWebSession(.ann)
        let total = 40_000
        for _ in 0..<2 {
            let clock = ContinuousClock()
            let time = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<inFlight {
                        group.addTask {
                            for _ in 0..<(total / inFlight) { _ = try await session.send(.home) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let rate = Int(Double(total) / (time / .seconds(1)))
            print("\(inFlight) in flight: \(rate) calls/s, \(residentBytes() >> 10) KiB resident")
        }
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func streamedBytesPerSecond() async throws {
        let chunk = [UInt8](repeating: 1, count: 65536), count = 4000
        let (connection, app) = try await connectedApp { call in
            guard let stream = call.responseStream else { return }
            call.answerStream()
            @Sendable func next(_ left: Int) {
                guard left > 0 else { return stream.done() }
                stream.write(chunk) { _ in next(left - 1) }
            }
            next(count)
        }
        let response = try await connection.openWebSession(.ann).send(.home)
        guard let reader = response.bodyStream?.reader else { return }
        let time = try await ContinuousClock().measure { while try await reader.next() != nil {} }
        print(
            "streamed answer: \(Int(Double(count * 65536) / (time / .seconds(1)) / 1e6)) MB/s, one write at a time, in calls/s \(Int(Double(count) / (time / .seconds(1))))"
        )
        withExtendedLifetime(app) {}
        await connection.close()
    }
}
