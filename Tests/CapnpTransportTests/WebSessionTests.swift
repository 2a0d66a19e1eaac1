import Barchan
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

@Suite(.timeLimit(.minutes(10))) struct WebSessionTests {
    @Test func anAppWithoutViewInfoHasNone() async throws {
        let (connection, app) = try await connectedApp { $0.answer([]) }
        #expect(try await connection.viewInfo() == ViewInfo())
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aSmallAnswerComesAsBytes() async throws {
        let (connection, app) = try await connectedApp { $0.answer(Array($0.path.utf8)) }
        let session = try await connection.openWebSession(.ann)
        let response = try await session.send(WebRequest(method: .get, path: "a/b?c=d"))
        guard case .content(200, let content) = response.outcome, case .bytes(let bytes) = content.body else {
            throw HostError(.failed, "another outcome: \(response)")
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "a/b?c=d")
        #expect(content.mimeType == "text/plain")
        withExtendedLifetime(app) {}
        await connection.close()
        await connection.waitForClose()
    }
}
