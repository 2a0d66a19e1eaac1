import Barchan
import BarchanConformance
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

/// How sessions are opened (specification, sections 6.5, 7.7, 7.11 and 10.3).
@Suite(.timeLimit(.minutes(10))) struct SessionKindTests {
    struct Opened: Sendable, Equatable {
        var method: UInt16
        var type: UInt64
        var basePath = ""
        var address: [UInt64] = []
        var descriptors: [[UInt64]] = []
    }

    /// An app that notes how it is asked, refuses some types, and answers every request with `hello`.
    private func app(
        refusing refused: [UInt64: RPCError] = [:]
    ) async throws -> (connection: any GrainConnection, app: FakeApp, opened: Record<Opened>) {
        let opened = Record<Opened>()
        let answer: FakeApp.Handler = { $0.answer(Array("hello".utf8)) }
        let (connection, app) = try await connectedApp(
            view: { call in
                guard call.method != Wire.UiView.Methods.getViewInfo.ordinal else {
                    return call.incoming.fail(RPCError(.failed, "unknown method"))
                }
                guard let asked = try? Self.read(call) else {
                    return call.incoming.fail(RPCError(.failed, "unreadable"))
                }
                opened.append(asked)
                if let error = refused[asked.type] { return call.incoming.fail(error) }
                call.openSession(answer)
            }, handler: answer)
        return (connection, app, opened)
    }

    private static func read(_ call: AppCall) throws -> Opened {
        guard call.method == Wire.UiView.Methods.newRequestSession.ordinal else {
            let params = try call.params.reader.root(Wire.UiView.NewSessionParams.self)
            var opened = Opened(method: call.method, type: params.sessionType)
            if params.sessionType == Wire.ApiSession.interfaceID {
                let session = try params.sessionParams.structure(Wire.ApiSession.Params.self)
                if session.hasRemoteAddress {
                    opened.address = [try session.remoteAddress.upper64, try session.remoteAddress.lower64]
                }
            } else {
                opened.basePath = try params.sessionParams.structure(Wire.WebSession.Params.self).basePath
            }
            return opened
        }
        let params = try call.params.reader.root(Wire.UiView.NewRequestSessionParams.self)
        var opened = Opened(method: call.method, type: params.sessionType)
        opened.basePath = try params.sessionParams.structure(Wire.WebSession.Params.self).basePath
        opened.descriptors = try params.requestInfo.map { try $0.tags.map(\.id) }
        return opened
    }

    private func open(_ kind: WebSessionParameters.Kind, _ connection: any GrainConnection) async throws
        -> any WebSession
    {
        var parameters = WebSessionParameters.ann
        parameters.kind = kind
        return try await connection.openWebSession(parameters)
    }

    private static let web = Wire.WebSession.interfaceID
    private static let api = Wire.ApiSession.interfaceID
    private static let mapped: [UInt64] = [0, 0xffff_7f00_0001]
    private static let fallback = Opened(method: 1, type: web, basePath: "https://sandbox")

    @Test(
        arguments: [
            (nil, []), ([127, 0, 0, 1], mapped), (Array(1...16), [0x0102_0304_0506_0708, 0x090a_0b0c_0d0e_0f10]),
        ]
            as [([UInt8]?, [UInt64])])
    func anAPISessionIsOne(_ address: [UInt8]?, _ expected: [UInt64]) async throws {
        let (connection, app, opened) = try await app()
        let session = try await open(.api(remoteAddress: address), connection)
        #expect(try await session.send(WebRequest(method: .get, path: "")).wholeBody() == Array("hello".utf8))
        #expect(opened.all == [Opened(method: 1, type: Self.api, address: expected)])
        withExtendedLifetime(app) {}
    }

    @Test(arguments: [
        RPCError(.failed, "this app has no API"), RPCError(.unimplemented, "no"), RPCError(.overloaded, "no"),
    ])
    func anAppWithoutAPIGetsAWebSession(_ refusal: RPCError) async throws {
        let (connection, app, opened) = try await app(refusing: [Self.api: refusal])
        let session = try await open(.api(remoteAddress: nil), connection)
        #expect(try await session.send(WebRequest(method: .get, path: "")).wholeBody() == Array("hello".utf8))
        #expect(opened.all == [Opened(method: 1, type: Self.api), Self.fallback])
        withExtendedLifetime(app) {}
    }

    @Test func anAppThatRefusesBothFailsItsRequests() async throws {
        let no = RPCError(.failed, "closed today")
        let (connection, app, opened) = try await app(refusing: [Self.api: no, Self.web: no])
        let session = try await open(.api(remoteAddress: nil), connection)
        let error = await hostError { _ = try await session.send(WebRequest(method: .get, path: "")) }
        #expect(error?.code == .failed && error?.message.hasSuffix("closed today") == true)
        #expect(opened.all.count == 2)
        withExtendedLifetime(app) {}
    }

    @Test func anAddressHasFourOrSixteenBytes() async throws {
        let (connection, app, _) = try await app()
        #expect(
            await hostError { _ = try await open(.api(remoteAddress: [1, 2, 3]), connection) }?.code == .invalidArgument
        )
        withExtendedLifetime(app) {}
    }

    @Test func aRequestSessionSaysWhatIsAskedFor() async throws {
        let (connection, app, opened) = try await app()
        let descriptors = [[UInt64(7)], [8, 9]].map { tags in
            let message = MessageBuilder()
            let list = message.initRoot(Wire.PowerboxDescriptor.self).initTags(count: tags.count)
            for (index, tag) in tags.enumerated() { list[index].setId(tag) }
            return message.flatBytes
        }
        let session = try await open(.request(descriptors: descriptors), connection)
        _ = try await session.send(WebRequest(method: .get, path: ""))
        #expect(
            opened.all == [
                Opened(
                    method: Wire.UiView.Methods.newRequestSession.ordinal, type: Self.web,
                    basePath: WebSessionParameters.ann.basePath, descriptors: [[7], [8, 9]])
            ])
        #expect(
            await hostError {
                _ = try await open(.request(descriptors: [[UInt8](repeating: 0xff, count: 8)]), connection)
            }?.code == .invalidArgument)
        withExtendedLifetime(app) {}
    }

    @Test func theFirstRequestTravelsWithTheOpening() async throws {
        let pair = try SocketPair()
        let connection = try await transport().connect(over: pair.host, offering: MemoryGrainHost())
        let session = try await connection.openWebSession(.ann)
        let sending = Task { try await session.send(WebRequest(method: .get, path: "first")) }
        // The app has said nothing yet, and finds both calls in its socket.
        var calls: [UInt64: Set<UInt16>] = [:]
        while calls[Self.web] == nil {
            guard let message = WireMessage(readMessage(pair.grain)) else { continue }
            if message.kind == .call { calls[message.interfaceID, default: []].insert(message.methodID) }
        }
        #expect(calls == [Wire.UiView.interfaceID: [0, 1], Self.web: [0]])
        await connection.close()
        #expect(await hostError { _ = try await sending.value }?.code == .disconnected)
    }

    // MARK: The handle of a stream

    @Test func aStreamWhoseMakerIsGoneBreaksOff() async throws {
        let (connection, app) = try await connectedApp(["handlePingMilliseconds": .integer(10)]) { call in
            call.responseStream?.write([1])
            Self.answerStream(call) { $0.incoming.fail(RPCError(.disconnected, "gone")) }
        }
        let session = try await connection.openWebSession(.ann)
        let reader = try #require(try await session.send(WebRequest(method: .get, path: "")).bodyStream).reader
        #expect(try await reader.next() == [1])
        #expect(await hostError { _ = try await reader.next() }?.code == .disconnected)
        withExtendedLifetime(app) {}
    }

    @Test(arguments: [RPCError(.unimplemented, "no"), RPCError(.failed, "no"), nil])
    func anyOtherAnswerToAPingSaysNothing(_ answer: RPCError?) async throws {
        let pings = Counter(), enough = Signal(), streams = Record<RPCCapability>()
        let (connection, app) = try await connectedApp(["handlePingMilliseconds": .integer(10)]) { call in
            call.responseStream.map { streams.append($0) }
            call.responseStream?.write([1])
            Self.answerStream(call) { ping in
                if pings.add() == 3 { enough.fire() }
                if let answer { ping.incoming.fail(answer) } else { ping.incoming.reply() }
            }
        }
        let session = try await connection.openWebSession(.ann)
        let reader = try #require(try await session.send(WebRequest(method: .get, path: "")).bodyStream).reader
        #expect(try await reader.next() == [1])
        await enough.wait()
        for stream in streams.all { app.loop.post { stream.done() } }
        #expect(try await reader.next() == nil)
    }

    private static func answerStream(_ call: AppCall, _ handle: @escaping FakeApp.Handler) {
        let results = MessageBuilder()
        results.initRoot(Wire.WebSession.Response.self).initContent().initBody().setStream(capability: 0)
        call.incoming.reply(results, capabilities: [call.loop.export(AppServer(call.loop, handle))])
    }
}

/// The next message of the stream, with its segment table; empty at the end.
private func readMessage(_ descriptor: borrowing OwnedDescriptor) -> [UInt8] {
    let head = readBytes(descriptor, 8)
    guard head.count == 8 else { return [] }
    func number(_ bytes: [UInt8], _ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
    let more = readBytes(descriptor, (number(head, 0) + 1) / 2 * 8)
    let table = head + more
    let words = (0...number(head, 0)).reduce(0) { $0 + number(table, 4 + 4 * $1) }
    return table + readBytes(descriptor, words * 8)
}
