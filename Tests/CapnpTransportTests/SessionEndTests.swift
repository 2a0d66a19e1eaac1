import Barchan
import BarchanConformance
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

/// A session takes everything of it along when it ends.
@Suite(.timeLimit(.minutes(10))) struct SessionEndTests {
    @Test func requestsUnderWayFail() async throws {
        let arrived = Signal(), held = Record<RPCIncoming>()
        let (connection, app) = try await connectedApp { call in
            held.append(call.incoming)
            arrived.fire()
        }
        let session = try await connection.openWebSession(.ann)
        let sending = Task { try await session.send(WebRequest(method: .get, path: "")) }
        await arrived.wait()
        await session.close()
        #expect(await hostError { _ = try await sending.value }?.code == .disconnected)
        withExtendedLifetime(app) {}
    }

    @Test func answersThatFlowBreakOffAndTheAppIsTold() async throws {
        let dropped = Signal()
        let (connection, app) = try await connectedApp { call in
            let stream = call.responseStream
            call.answerStream(dropped: dropped.fire)
            stream?.write([1, 2, 3])
        }
        let session = try await connection.openWebSession(.ann)
        let reader = try #require(try await session.send(WebRequest(method: .get, path: "")).bodyStream).reader
        #expect(try await reader.next() == [1, 2, 3])
        await session.close()
        #expect(await hostError { _ = try await reader.next() }?.code == .disconnected)
        await dropped.wait()
        withExtendedLifetime(app) {}
    }

    @Test func webSocketsBreakOff() async throws {
        let dropped = Signal(), clients = Record<RPCCapability>()
        let (connection, app) = try await connectedApp { call in
            let params = try? call.params.reader.root(Wire.WebSession.OpenWebSocketParams.self)
            if let client = (try? params?.clientStream).flatMap({ $0 }).flatMap(call.params.capability) {
                clients.append(client)
            }
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.OpenWebSocketResults.self).setServerStream(capability: 0)
            let stream = AppServer(call.loop, dropped: dropped.fire) { $0.incoming.reply() }
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
        let session = try await connection.openWebSession(.ann)
        let incoming = ScriptedReader([], staysOpen: true)
        let opened = try await session.openWebSocket(WebSocketRequest(path: ""), incoming: incoming)
        await session.close()
        await dropped.wait()
        await incoming.cancelled.wait()
        #expect(await hostError { _ = try await opened.outgoing.next() }?.code == .disconnected)
        withExtendedLifetime(app) {}
    }

    @Test func uploadsBreakOff() async throws {
        let opened = Signal(), dropped = Signal(), held = Record<RPCIncoming>()
        let (connection, app) = try await connectedApp { call in
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
            let stream = AppServer(call.loop, dropped: dropped.fire) { inner in
                guard inner.interfaceID == Wire.WebSession.RequestStream.interfaceID else {
                    return inner.incoming.reply()
                }
                held.append(inner.incoming)
                opened.fire()
            }
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
        let session = try await connection.openWebSession(.ann)
        let body = ScriptedReader([[1]], staysOpen: true)
        var request = WebRequest(method: .post, path: "")
        request.body = .stream(body, length: nil)
        let sending = Task { [request] in try await session.send(request) }
        await opened.wait()
        await session.close()
        #expect(await hostError { _ = try await sending.value }?.code == .disconnected)
        await body.cancelled.wait()
        await dropped.wait()
        withExtendedLifetime(app) {}
    }

    @Test func aSessionThatIsLetGoOfEndsWhenItsLastAnswerDoes() async throws {
        let test = try await AppUnderTest(session: { call in
            let stream = call.responseStream
            call.answerStream()
            stream?.write([1])
        })
        test.host.setPermissions([], of: AppUnderTest.ann)
        var session: (any WebSession)? = try await test.openSession()
        let identity = try await test.sessions.next().identity
        var reader = try await session?.send(WebRequest(method: .get, path: "")).bodyStream?.reader
        session = nil
        #expect(try await reader?.next() == [1])
        #expect(try await test.name(of: identity) == "Somebody")
        reader = nil
        #expect(await test.untilError { _ = try await test.name(of: identity) }.kind == .disconnected)
    }
}
