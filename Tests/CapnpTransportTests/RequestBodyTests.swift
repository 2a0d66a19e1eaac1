import Barchan
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

@Suite(.timeLimit(.minutes(10))) struct RequestBodyTests {
    private func post(_ body: RequestBody) -> WebRequest {
        var request = WebRequest(method: .post, path: "upload")
        request.contentType = "application/octet-stream"
        request.body = body
        return request
    }

    private static func wholeBody(_ call: AppCall) -> [UInt8] {
        (try? call.params.reader.root(Wire.WebSession.PostParams.self).content.content.array) ?? []
    }

    @Test(arguments: [0, 1, 65535]) func aShortBodyGoesWhole(_ count: Int) async throws {
        let (connection, app) = try await connectedApp { call in
            let isPost = call.method == Wire.WebSession.Methods.post.ordinal
            call.answer([isPost ? 1 : 0] + Self.wholeBody(call))
        }
        let session = try await connection.openWebSession(.ann)
        let bytes = [UInt8](repeating: 9, count: count)
        #expect(try await session.send(post(.bytes(bytes))).wholeBody() == [1] + bytes)
        let stream = RequestBody.stream(BufferedBytes(bytes), length: Int64(count))
        #expect(try await session.send(post(stream)).wholeBody() == [1] + bytes)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// What the app saw: the announced length and the bytes.
    private func streaming(_ expected: Record<UInt64>, _ body: Record<[UInt8]>) -> FakeApp.Handler {
        { call in
            guard call.method == Wire.WebSession.Methods.postStreaming.ordinal else { return call.answer([]) }
            let held = Record<RPCIncoming>()
            let stream = AppServer(call.loop) { inner in
                switch (inner.interfaceID, inner.method) {
                case (Wire.WebSession.RequestStream.interfaceID, 0): held.append(inner.incoming)
                case (Wire.ByteStream.interfaceID, 0):
                    body.append((try? inner.params.reader.root(Wire.ByteStream.WriteParams.self).data.array) ?? [])
                    inner.incoming.reply()
                case (Wire.ByteStream.interfaceID, 2):
                    expected.append((try? inner.params.reader.root(Wire.ByteStream.ExpectSizeParams.self).size) ?? 0)
                    inner.incoming.reply()
                default:
                    inner.incoming.reply()
                    guard let answer = held.all.first else { return }
                    AppCall(interfaceID: 0, method: 0, params: inner.params, incoming: answer, loop: inner.loop)
                        .answer(Array("\(body.all.reduce(0) { $0 + $1.count })".utf8))
                }
            }
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
    }

    @Test func aLongBodyStreamsWithItsLength() async throws {
        let expected = Record<UInt64>(), body = Record<[UInt8]>()
        let (connection, app) = try await connectedApp(handler: streaming(expected, body))
        let chunks = (0..<200).map { [UInt8](repeating: UInt8($0), count: 5000) }
        let response = try await connection.openWebSession(.ann).send(
            post(.stream(ScriptedReader(chunks), length: 1_000_000)))
        #expect(try await response.wholeBody() == Array("1000000".utf8))
        #expect(expected.all == [1_000_000])
        #expect(body.all == chunks)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aBodyOfUnknownLengthStreamsWithoutOne() async throws {
        let expected = Record<UInt64>(), body = Record<[UInt8]>()
        let (connection, app) = try await connectedApp(handler: streaming(expected, body))
        let response = try await connection.openWebSession(.ann).send(
            post(.stream(ScriptedReader([[1], [2]]), length: nil)))
        #expect(try await response.wholeBody() == Array("2".utf8))
        #expect(expected.all.isEmpty)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// An app may answer at the end of the body whoever has asked by then, and nobody later.
    @Test func theAnswerIsAskedForBeforeTheBodyGoes() async throws {
        let (connection, app) = try await connectedApp(handler: streaming(Record(), Record()))
        let session = try await connection.openWebSession(.ann)
        for _ in 0..<2000 {
            let response = try await session.send(post(.stream(ScriptedReader([]), length: nil)))
            #expect(try await response.wholeBody() == Array("0".utf8))
        }
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test(arguments: [RPCError(.unimplemented, "no"), RPCError(.failed, "Method not implemented.")])
    func anAppThatDoesNotKnowStreamsGetsTheBodyWhole(_ refusal: RPCError) async throws {
        let (connection, app) = try await connectedApp { call in
            if call.method == Wire.WebSession.Methods.postStreaming.ordinal { return call.incoming.fail(refusal) }
            call.answer(Self.wholeBody(call))
        }
        let bytes = [UInt8](repeating: 3, count: 100_000)
        let session = try await connection.openWebSession(.ann)
        #expect(try await session.send(post(.bytes(bytes))).wholeBody() == bytes)
        let tooLong = post(.stream(ScriptedReader(Array(repeating: bytes, count: 400)), length: nil))
        #expect(await hostError { _ = try await session.send(tooLong) }?.code == .resourceExhausted)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func bodiesThatGoWholeAreBoundedTogether() async throws {
        let calls = Counter(), waiting = Record<RPCIncoming>(), areWaiting = Signal()
        let (connection, app) = try await connectedApp(["bufferedBodyBytes": .integer(100_000)]) { call in
            if call.method == Wire.WebSession.Methods.postStreaming.ordinal {
                return call.incoming.fail(RPCError(.unimplemented, "no"))
            }
            let number = calls.add()
            guard number <= 2 else { return call.answer([7]) }
            waiting.append(call.incoming)
            if number == 2 { areWaiting.fire() }
        }
        let session = try await connection.openWebSession(.ann)
        let body = RequestBody.bytes([UInt8](repeating: 3, count: 100_000))
        let sending = (0..<2).map { _ in Task { try await session.send(post(body)) } }
        await areWaiting.wait()
        let error = await hostError { _ = try await session.send(post(body)) }
        #expect(error?.code == .resourceExhausted && error?.retryAfter == .seconds(2), "\(String(describing: error))")
        for incoming in waiting.all {
            incoming.loop.post {
                let answer = MessageBuilder()
                _ = answer.initRoot(Wire.WebSession.Response.self).initNoContent()
                incoming.reply(answer)
            }
        }
        for task in sending { _ = try await task.value }
        #expect(try await session.send(post(body)).wholeBody() == [7])
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// How long a body is helps those who can use it; nobody has to know the call.
    @Test(arguments: [RPCError(.unimplemented, "no"), RPCError(.failed, "Method not implemented.")])
    func anAppThatDoesNotKnowExpectSizeGetsTheBody(_ refusal: RPCError) async throws {
        let size = Counter(), waiting = Record<RPCIncoming>()
        let settings: [String: SettingValue] = [
            "requestWindowBytes": .integer(10_000), "refusedBodyMilliseconds": .integer(10),
        ]
        let (connection, app) = try await connectedApp(settings) { call in
            let stream = AppServer(call.loop) { inner in
                guard inner.interfaceID == Wire.ByteStream.interfaceID else { return waiting.append(inner.incoming) }
                switch inner.method {
                case Wire.ByteStream.Methods.expectSize.ordinal: return inner.incoming.fail(refusal)
                case Wire.ByteStream.Methods.write.ordinal:
                    let params = try? inner.params.reader.root(Wire.ByteStream.WriteParams.self)
                    for _ in 0..<((try? params?.data.count) ?? 0) { size.add() }
                default:
                    let answer = MessageBuilder()
                    _ = answer.initRoot(Wire.WebSession.Response.self).initNoContent()
                    for incoming in waiting.all { incoming.reply(answer) }
                }
                inner.incoming.reply()
            }
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
        let session = try await connection.openWebSession(.ann)
        let chunks = Array(repeating: [UInt8](repeating: 1, count: 5_000), count: 20)
        let response = try await session.send(post(.stream(ScriptedReader(chunks), length: 100_000)))
        guard case .noContent = response.outcome else {
            Issue.record("the answer is \(response.outcome)")
            return
        }
        #expect(size.value == 100_000)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func anAppThatStopsReadingIsNotSentMoreThanTheWindow() async throws {
        let taken = Counter(), full = Signal()
        let held = Record<RPCIncoming>()
        let (connection, app) = try await connectedApp(["requestWindowBytes": .integer(10_000)]) { call in
            let stream = AppServer(call.loop) { inner in
                held.append(inner.incoming)
                if inner.interfaceID == Wire.ByteStream.interfaceID, taken.add() == 11 { full.fire() }
            }
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
        let session = try await connection.openWebSession(.ann)
        let chunks = Array(repeating: [UInt8](repeating: 1, count: 1000), count: 100)
        let body = ScriptedReader(chunks)
        let sending = Task { try await session.send(post(.stream(body, length: nil))) }
        await full.wait()
        #expect(taken.value == 11)
        sending.cancel()
        #expect(await hostError { _ = try await sending.value }?.code == .cancelled)
        await body.cancelled.wait()
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func anAppThatRefusesAPieceAndDoesNotAnswerEither() async throws {
        let unanswered = Record<RPCIncoming>()
        let (connection, app) = try await connectedApp(["refusedBodyMilliseconds": .integer(10)]) { call in
            let stream = AppServer(call.loop) { inner in
                guard inner.interfaceID == Wire.ByteStream.interfaceID else { return unanswered.append(inner.incoming) }
                inner.incoming.fail(RPCError(.failed, "the disk is full"))
            }
            let results = MessageBuilder()
            results.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: 0)
            call.incoming.reply(results, capabilities: [call.loop.export(stream)])
        }
        let session = try await connection.openWebSession(.ann)
        let error = await hostError {
            _ = try await session.send(post(.bytes([UInt8](repeating: 1, count: 100_000))))
        }
        #expect(error?.message.contains("the disk is full") == true)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aBodyThatBreaksOffFailsTheRequest() async throws {
        let (connection, app) = try await connectedApp(handler: streaming(Record(), Record()))
        let body = ScriptedReader([[1, 2]], end: HostError(.disconnected, "the browser went away"))
        let session = try await connection.openWebSession(.ann)
        let error = await hostError { _ = try await session.send(post(.stream(body, length: nil))) }
        #expect(error?.code == .disconnected)
        withExtendedLifetime(app) {}
        await connection.close()
    }
}
