import Barchan
import BarchanConformance
import Testing

/// The promises of a transport need no wire: a transport within this process keeps them, too.
@Suite(.timeLimit(.minutes(10))) struct LoopbackTests {
    @Test(arguments: TransportConformance.checks(startingApps: { try LoopbackTransport.attach(CheckedApp(), to: $0) }))
    func conforms(_ check: ConformanceCheck<any TransportProvider>) async throws {
        try await check.run(on: LoopbackTransport())
    }
}
