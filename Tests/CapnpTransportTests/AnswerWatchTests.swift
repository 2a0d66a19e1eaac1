import Barchan
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

/// An app that does not answer costs one clear error in its own sessions.
@Suite(.timeLimit(.minutes(10))) struct AnswerWatchTests {
    // MARK: Who waits

    @Test func patienceIsOverAfterWholeTicks() {
        var waiting = WaitingForAnswers(), given: [String] = []
        _ = waiting.advance()
        _ = waiting.add { given.append("first") }
        for _ in 0..<WaitingForAnswers.patience { #expect(waiting.advance().isEmpty) }
        _ = waiting.add { given.append("later") }
        for giveUp in waiting.advance() { giveUp() }
        #expect(given == ["first"])
        #expect(!waiting.isEmpty)
    }

    @Test func whoIsAnsweredOrHearsSomethingWaitsOn() {
        var waiting = WaitingForAnswers(), given: [String] = []
        let answered = waiting.add { given.append("answered") }
        let renewed = waiting.add { given.append("renewed") }
        _ = waiting.add { given.append("one") }
        _ = waiting.add { given.append("another") }
        for _ in 0..<WaitingForAnswers.patience { _ = waiting.advance() }
        waiting.remove(answered)
        waiting.renew(renewed)
        for giveUp in waiting.advance() { giveUp() }
        #expect(given == ["one", "another"])
        for _ in 1..<WaitingForAnswers.patience { #expect(waiting.advance().isEmpty) }
        for giveUp in waiting.advance() { giveUp() }
        #expect(given == ["one", "another", "renewed"] && waiting.isEmpty)
    }

    // MARK: An app that is silent

    enum Silence: CaseIterable { case request, requestStream, answerToStream, webSocket }

    /// Answers everything but what it is to be silent on, once; then everything.
    private func handler(_ silence: Silence, holding held: Record<RPCIncoming>) -> FakeApp.Handler {
        { call in
            guard held.all.isEmpty else { return call.answer([1]) }
            guard silence == .answerToStream else { return held.append(call.incoming) }
            let stream = AppServer(call.loop) { inner in
                let isQuestion = inner.interfaceID == Wire.WebSession.RequestStream.interfaceID
                if isQuestion { held.append(inner.incoming) } else { inner.incoming.reply() }
            }
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
    }

    @Test(arguments: Silence.allCases) func aSilentAppCostsOneClearError(_ silence: Silence) async throws {
        let held = Record<RPCIncoming>()
        let (connection, app) = try await connectedApp(
            ["answerMilliseconds": .integer(40)], handler: handler(silence, holding: held))
        let session = try await connection.openWebSession(.ann)
        let error = await hostError {
            switch silence {
            case .request: _ = try await session.send(WebRequest(method: .get, path: "silent"))
            case .requestStream, .answerToStream:
                var request = WebRequest(method: .post, path: "silent")
                request.body = .bytes([UInt8](repeating: 7, count: 100_000))
                _ = try await session.send(request)
            case .webSocket:
                _ = try await session.openWebSocket(
                    WebSocketRequest(path: "silent"), incoming: ScriptedReader([], staysOpen: true))
            }
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("'/silent'") == true && error?.message.contains("not answered") == true)
        // The session goes on. That an answer takes longer than so little patience is the machine's affair.
        var answer: [UInt8]?
        while answer == nil {
            do { answer = try await session.send(WebRequest(method: .get, path: "again")).wholeBody() } catch {
                try #require((error as? HostError)?.code == .timedOut)
            }
        }
        #expect(answer == [1])
        withExtendedLifetime((app, held)) {}
        await connection.close()
    }
}
