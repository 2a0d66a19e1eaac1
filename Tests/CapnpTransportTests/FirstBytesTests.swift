import Barchan
import BarchanConformance
import Testing

@testable import CapnpTransport

/// What an app finds on descriptor 3 before it has sent anything, seen from inside the original sandbox.
private let firstBytes = hexBytes(
    "000000000500000000000000010001000800000000000000000000000100010000000000000000000000000000000000"
        + "00000000100000000000000001000100020000000000000000000000030003000100000000000000e7e267ea98d7b4db"
        + "0000000000000000100000000100010004000000000002000000000000000000fcffffff000000000000000000000000"
        + "00000000010000000000000001000100000000000000000001000000070000000000000001000000")

@Suite struct FirstBytesTests {
    @Test func theBootstrapAndTheViewInfoCallWaitInTheSocketWhenConnectReturns() async throws {
        let pair = try SocketPair()
        let connection = try await transport().connect(over: pair.host, offering: MemoryGrainHost())
        #expect(readBytes(pair.grain, firstBytes.count) == firstBytes)
        await connection.close()
    }

    /// It waits a moment for something to go with, but not for ever.
    @Test func thatAnAnswerMayBeForgottenIsSaidAlsoWhenNothingElseIs() async throws {
        let pair = try SocketPair()
        let connection = try await transport().connect(over: pair.host, offering: MemoryGrainHost())
        #expect(readBytes(pair.grain, firstBytes.count) == firstBytes)
        writeBytes(pair.grain, RawRPC.return(answer: 1, senderPromise: 0, count: 0))
        let message = WireMessage(readBytes(pair.grain, 40))
        #expect(message?.kind == .finish)
        #expect(message?.id == 1)
        await connection.close()
    }
}

func transport(_ given: [String: SettingValue] = [:]) async throws -> any TransportProvider {
    guard case .transport(let make) = Plugin.capnp.factory else { throw HostError(.failed, "not a transport") }
    let settings = try PluginSettings(given, definitions: Plugin.capnp.settings)
    return try await make(settings, PluginContext(dataDirectory: "/", programDirectory: "/", log: .none))
}
