import Barchan
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

@Suite(.timeLimit(.minutes(10))) struct WebSocketTests {
    /// An app that sends everything back; `greeting` goes out before openWebSocket returns.
    private func echo(_ greeting: [UInt8], ended: Signal) -> FakeApp.Handler {
        { call in
            guard let params = try? call.params.reader.root(Wire.WebSession.OpenWebSocketParams.self),
                let index = try? params.clientStream, let client = call.params.capability(index),
                let protocols = try? params.protocol
            else { return }
            let held = HeldWebSocket(client)
            held.send(greeting)
            let server = AppServer(call.loop) {
                held.drop()
                ended.fire()
            } _: { inner in
                let params = try? inner.params.reader.root(Wire.WebSession.WebSocketStream.SendBytesParams.self)
                let bytes = (try? params?.message.array) ?? []
                bytes == Array("close".utf8) ? held.drop() : held.send(bytes)
                inner.incoming.reply()
            }
            let results = MessageBuilder()
            let answer = results.initRoot(Wire.WebSession.OpenWebSocketResults.self)
            answer.setProtocol([(try? protocols.first?.text()) ?? ""])
            answer.setServerStream(capability: 0)
            call.incoming.reply(results, capabilities: [call.loop.export(server)])
        }
    }

    private func request() -> WebSocketRequest {
        var request = WebSocketRequest(path: "ws")
        request.protocols = ["chat", "other"]
        return request
    }

    @Test func bytesPassBothWaysAndFramesSentEarlyAreKept() async throws {
        let ended = Signal()
        let (connection, app) = try await connectedApp(handler: echo(Array("hello".utf8), ended: ended))
        let session = try await connection.openWebSession(.ann)
        let opened = try await session.openWebSocket(request(), incoming: ScriptedReader([[1, 2], [3]]))
        #expect(opened.protocols == ["chat"])
        #expect(try await opened.outgoing.readAll(maximumBytes: 100) == Array("hello".utf8) + [1, 2, 3])
        await ended.wait()
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func openSocketsCountAmongTheRequestsOfAGrain() async throws {
        let ended = Signal()
        let (connection, app) = try await connectedApp(
            ["openRequests": .integer(3)], handler: echo([], ended: ended))
        let session = try await connection.openWebSession(.ann)
        var open: [WebSocketResponse] = []
        for _ in 0..<3 {
            open.append(try await session.openWebSocket(request(), incoming: ScriptedReader([], staysOpen: true)))
        }
        let error = await hostError {
            _ = try await session.openWebSocket(request(), incoming: ScriptedReader([], staysOpen: true))
        }
        #expect(error?.code == .resourceExhausted)
        open.removeLast().outgoing.cancel()
        await ended.wait()
        // The host counts a socket until it has let go of the last of it, which nobody hears of.
        var again = Result<WebSocketResponse, HostError>.failure(HostError(.resourceExhausted, "not tried"))
        while case .failure(let error) = again, error.code == .resourceExhausted {
            await Task.yield()
            do throws(HostError) {
                again = .success(try await session.openWebSocket(request(), incoming: ScriptedReader([[7]])))
            } catch { again = .failure(error) }
        }
        #expect(try await again.get().outgoing.next() == [7])
        withExtendedLifetime((app, open)) {}
        await connection.close()
    }

    @Test func theAppsEndCancelsWhatComesIn() async throws {
        let (connection, app) = try await connectedApp(handler: echo([], ended: Signal()))
        let incoming = ScriptedReader([Array("close".utf8)], staysOpen: true)
        let opened = try await connection.openWebSession(.ann).openWebSocket(request(), incoming: incoming)
        #expect(try await opened.outgoing.next() == nil)
        await incoming.cancelled.wait()
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func theReadersEndReachesTheApp() async throws {
        let ended = Signal()
        let (connection, app) = try await connectedApp(handler: echo([], ended: ended))
        let incoming = ScriptedReader([], staysOpen: true)
        let opened = try await connection.openWebSession(.ann).openWebSocket(request(), incoming: incoming)
        opened.outgoing.cancel()
        await incoming.cancelled.wait()
        await ended.wait()
        withExtendedLifetime(app) {}
        await connection.close()
    }
}
