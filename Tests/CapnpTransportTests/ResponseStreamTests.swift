import Barchan
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

@Suite(.timeLimit(.minutes(10))) struct ResponseStreamTests {
    private let get = WebRequest(method: .get, path: "stream")

    @Test func aStreamThatStartsBeforeTheAnswerIsKept() async throws {
        let (connection, app) = try await connectedApp { call in
            guard let stream = call.responseStream else { return }
            stream.expect(6)
            stream.write(Array("abc".utf8))
            stream.write(Array("def".utf8)) { _ in
                stream.done()
                call.answerStream()
            }
        }
        let response = try await connection.openWebSession(.ann).send(get)
        let (reader, length) = try #require(response.bodyStream)
        #expect(length == 6)
        #expect(try await reader.readAll(maximumBytes: 100) == Array("abcdef".utf8))
        #expect(try await reader.next() == nil)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aStreamThatStartsAfterTheAnswerFlows() async throws {
        let (connection, app) = try await connectedApp { call in
            guard let stream = call.responseStream else { return }
            call.answerStream()
            stream.write([1, 2, 3]) { _ in stream.write([4]) { _ in stream.done() } }
        }
        let response = try await connection.openWebSession(.ann).send(get)
        #expect(try #require(response.bodyStream).length == nil)
        #expect(try await response.wholeBody() == [1, 2, 3, 4])
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// A size that comes later is that of the rest.
    @Test func aSizeIsOfWhatIsStillToCome() async throws {
        let (connection, app) = try await connectedApp { call in
            guard let stream = call.responseStream else { return }
            stream.write([1, 2, 3])
            stream.expect(2)
            stream.write([4, 5])
            stream.done()
            call.answerStream()
        }
        let response = try await connection.openWebSession(.ann).send(get)
        #expect(try #require(response.bodyStream).length == 5)
        #expect(try await response.wholeBody() == [1, 2, 3, 4, 5])
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func anEventStreamThatSaysNothingYetIsAnsweredNevertheless() async throws {
        let (connection, app) = try await connectedApp(["streamStartMilliseconds": .integer(1)]) { call in
            kept.append(call.responseStream)
            call.answerStream()
        }
        let response = try await connection.openWebSession(.ann).send(get)
        #expect(response.bodyStream != nil)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// The app writes without end; as long as nobody reads, no more than the window and one write is taken.
    @Test func writesAreAnsweredWhileTheWindowHasRoom() async throws {
        let answered = Counter(), stalled = Signal()
        let chunk = [UInt8](repeating: 7, count: 10_000)
        let (connection, app) = try await connectedApp(["streamWindowBytes": .integer(40_000)]) { call in
            guard call.path == "stream", let stream = call.responseStream else { return call.answer([]) }
            call.answerStream()
            @Sendable func next(_ count: Int) {
                if count == 4 { stalled.fire() }
                guard count < 20 else { return stream.done() }
                stream.write(chunk) { _ in
                    answered.add()
                    next(count + 1)
                }
            }
            next(0)
        }
        let session = try await connection.openWebSession(.ann)
        let response = try await session.send(get)
        let reader = try #require(response.bodyStream).reader
        await stalled.wait()
        // Four writes fit, the fifth waits: its answer would have come before this one's.
        _ = try await session.send(WebRequest(method: .get, path: "other"))
        #expect(answered.value == 4)
        #expect(try await reader.readAll(maximumBytes: 1 << 20).count == 200_000)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func cancellingTheReaderDropsTheHandleAndRefusesWrites() async throws {
        let dropped = Signal(), refused = Signal()
        let (connection, app) = try await connectedApp { call in
            guard let stream = call.responseStream else { return }
            stream.write([1])
            call.answerStream {
                dropped.fire()
                stream.write([2]) { if $0?.kind == .failed { refused.fire() } }
            }
        }
        let response = try await connection.openWebSession(.ann).send(get)
        let reader = try #require(response.bodyStream).reader
        #expect(try await reader.next() == [1])
        reader.cancel()
        await dropped.wait()
        await refused.wait()
        #expect(try await reader.next() == nil)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func lettingGoOfTheAnswerDropsTheHandle() async throws {
        let dropped = Signal()
        let (connection, app) = try await connectedApp { call in
            kept.append(call.responseStream)
            call.responseStream?.write([1])
            call.answerStream { dropped.fire() }
        }
        _ = try await connection.openWebSession(.ann).send(get)
        await dropped.wait()
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aStreamThatTheAppLetsGoOfIsBrokenOff() async throws {
        let (connection, app) = try await connectedApp { call in
            call.responseStream?.write([1])
            call.answerStream()
        }
        let response = try await connection.openWebSession(.ann).send(get)
        let reader = try #require(response.bodyStream).reader
        #expect(try await reader.next() == [1])
        for _ in 0..<2 {
            #expect(await hostError { _ = try await reader.next() }?.code == .disconnected)
        }
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aReaderWaitingWhenTheGrainDiesFailsAsDisconnected() async throws {
        let (connection, app) = try await connectedApp { call in
            kept.append(call.responseStream)
            call.responseStream?.write([1])
            call.answerStream()
        }
        let response = try await connection.openWebSession(.ann).send(get)
        let reader = try #require(response.bodyStream).reader
        #expect(try await reader.next() == [1])
        app.close()
        #expect(await hostError { _ = try await reader.next() }?.code == .disconnected)
        await connection.waitForClose()
    }
}

/// Streams that an app neither uses nor lets go of.
private let kept = Record<RPCCapability?>()
