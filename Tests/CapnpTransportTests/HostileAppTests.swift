import Barchan
import BarchanConformance
import CapnProto
import CLinux
import Glibc
import GrainSchemas
import SplitMix
import Testing

@testable import CapnpTransport

/// A grain may send anything. Its own connection ends; nothing else happens.
@Suite(.timeLimit(.minutes(10))) struct HostileAppTests {
    private static let garbage: [(name: String, bytes: [UInt8])] = [
        ("text", Array("HTTP/1.1 200 OK\r\n\r\n".utf8)),
        ("zeros", [UInt8](repeating: 0, count: 4096)),
        ("ones", [UInt8](repeating: 0xff, count: 4096)),
        ("513 segments", [0, 2, 0, 0] + [UInt8](repeating: 0, count: 4096)),
        ("4 billion segments", [0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 1, count: 4096)),
        ("a message larger than the limit", [0, 0, 0, 0, 1, 0, 0x80, 0]),
        ("a wild pointer", hexBytes("00000000010000000000ff7f01000100")),
        (
            "an unknown question",
            hexBytes("0000000004000000000000000100010003000000000000000000000001000100ffffff7f00000000")
        ),
        (
            "an unknown export",
            hexBytes("00000000040000000000000001000100060000000000000000000000010000000700000005000000")
        ),
        ("half a message", hexBytes("000000000500000000000000")),
    ]

    @Test(arguments: garbage.indices) func garbageEndsOnlyItsOwnConnection(_ index: Int) async throws {
        let pair = try SocketPair()
        let provider = try await transport()
        let connection = try await provider.connect(over: pair.host, offering: MemoryGrainHost())
        let other = try SocketPair()
        let neighbour = try await provider.connect(over: other.host, offering: MemoryGrainHost())
        let app = try FakeApp(other.grain) { $0.answer([1]) }

        let bytes = Self.garbage[index].bytes
        let grain = pair.grain.release()
        let lent = OwnedDescriptor(takingOwnershipOf: grain)
        writeBytes(lent, bytes)
        shutdown(grain, Int32(SHUT_WR))
        await connection.waitForClose()
        #expect(await hostError { _ = try await connection.viewInfo() }?.code == .disconnected)
        #expect(await hostError { _ = try await connection.openWebSession(.ann).send(.home) }?.code == .disconnected)

        #expect(try await neighbour.openWebSession(.ann).send(.home).wholeBody() == [1])
        withExtendedLifetime(app) {}
        await connection.close()
        await neighbour.close()
    }

    /// What libcapnp says of its failed checks has expressions of its source in it, and values: addresses, too.
    @Test(arguments: [
        RawRPC.bootstrap(question: 9) + RawRPC.disembargo(export: 0),
        RawRPC.bootstrap(question: 9) + RawRPC.bootstrap(question: 9),
        hexBytes("00000000010000000000ff7f01000100"),
    ])
    func noErrorTellsOfTheInsideOfTheHost(_ broken: [UInt8]) async throws {
        let pair = try SocketPair()
        let connection = try await transport().connect(over: pair.host, offering: MemoryGrainHost())
        writeBytes(pair.grain, broken)
        await connection.waitForClose()
        let error = try #require(await hostError { _ = try await connection.viewInfo() }).message
        await connection.close()
        let told = String(decoding: readBytes(pair.grain, 65_536), as: UTF8.self)
        for text in [error, told] {
            #expect(!text.contains("expected ") && !text.contains("==") && !text.contains("->"), "\(text)")
        }
    }

    @Test func randomBytesNeverDoMoreThanEndTheConnection() async throws {
        var generator = SplitMix64(state: 42)
        let provider = try await transport()
        for _ in 0..<200 {
            let pair = try SocketPair()
            let connection = try await provider.connect(over: pair.host, offering: MemoryGrainHost())
            // The beginning of a plausible message makes the random rest matter more.
            var bytes: [UInt8] = [0, 0, 0, 0, UInt8.random(in: 0...40, using: &generator), 0, 0, 0]
            bytes += [0, 0, 0, 0, 1, 0, 1, 0, UInt8.random(in: 0...14, using: &generator), 0, 0, 0, 0, 0, 0, 0]
            bytes += (0..<300).map { _ in
                UInt8.random(in: 0...255, using: &generator) & UInt8.random(in: 0...255, using: &generator)
            }
            let grain = pair.grain.release()
            let lent = OwnedDescriptor(takingOwnershipOf: grain)
            writeBytes(lent, bytes)
            shutdown(grain, Int32(SHUT_WR))
            await connection.waitForClose()
            _ = consume lent
        }
    }

    @Test func aGrainThatDiesBeforeItAnswersIsDisconnected() async throws {
        let received = Signal()
        let (connection, app) = try await connectedApp { call in
            waiting.append(call.incoming)
            received.fire()
        }
        let session = try await connection.openWebSession(.ann)
        let sending = Task { try await session.send(.home) }
        await received.wait()
        app.close()
        #expect(await hostError { _ = try await sending.value }?.code == .disconnected)
        await connection.waitForClose()
    }

    @Test func closingFailsWhatIsUnderWay() async throws {
        let received = Signal()
        let (connection, app) = try await connectedApp { call in
            waiting.append(call.incoming)
            received.fire()
        }
        let session = try await connection.openWebSession(.ann)
        let sending = Task { try await session.send(.home) }
        await received.wait()
        await connection.close()
        await connection.close()
        await connection.waitForClose()
        #expect(await hostError { _ = try await sending.value }?.code == .disconnected)
        #expect(await hostError { _ = try await session.send(.home) }?.code == .disconnected)
        withExtendedLifetime(app) {}
    }

    @Test func cancellingARequestCancelsTheCall() async throws {
        let received = Signal()
        let (connection, app) = try await connectedApp { call in
            waiting.append(call.incoming)
            received.fire()
        }
        let session = try await connection.openWebSession(.ann)
        let sending = Task { try await session.send(.home) }
        await received.wait()
        sending.cancel()
        #expect(await hostError { _ = try await sending.value }?.code == .cancelled)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// A session that is a promise which resolves to the promise it was answered with, and so on in a circle.
    @Test func promisesThatResolveInACircleHarmNobody() async throws {
        let pair = try SocketPair()
        let provider = try await transport()
        let connection = try await provider.connect(over: pair.host, offering: MemoryGrainHost())
        let other = try SocketPair()
        let neighbour = try await provider.connect(over: other.host, offering: MemoryGrainHost())
        let app = try FakeApp(other.grain) { $0.answer([1]) }
        // Bootstrap's answer: senderPromise 1; then promise 1 resolves to promise 2, and that to promise 1.
        let lent = pair.grain
        writeBytes(lent, RawRPC.return(answer: 0, senderPromise: 1))
        for round in UInt32(0)..<1000 {
            writeBytes(lent, RawRPC.resolve(promise: 1 + round, senderPromise: 2 + round))
        }
        writeBytes(lent, RawRPC.resolve(promise: 1001, senderPromise: 1))
        writeBytes(lent, RawRPC.resolve(promise: 1001, senderPromise: 1001))
        let session = try await connection.openWebSession(.ann)
        let sending = Task { try await session.send(.home) }
        #expect(try await neighbour.openWebSession(.ann).send(.home).wholeBody() == [1])
        await connection.close()
        #expect(await hostError { _ = try await sending.value }?.code == .disconnected)
        withExtendedLifetime(app) {}
        await neighbour.close()
    }

    @Test func aGrainThatNeverFinishesItsCallsIsCutOff() async throws {
        let pair = try SocketPair()
        let connection = try await transport(["unfinishedCalls": .integer(64)]).connect(
            over: pair.host, offering: MemoryGrainHost())
        for question in UInt32(0)..<65 { writeBytes(pair.grain, RawRPC.bootstrap(question: question)) }
        await connection.waitForClose()
    }

    @Test func aGrainThatOffersTooMuchIsCutOff() async throws {
        let pair = try SocketPair()
        let connection = try await transport(["capabilities": .integer(256)]).connect(
            over: pair.host, offering: MemoryGrainHost())
        writeBytes(pair.grain, RawRPC.return(answer: 0, senderPromise: 1, count: 257))
        await connection.waitForClose()
        #expect(await hostError { _ = try await connection.openWebSession(.ann).send(.home) }?.code == .disconnected)
    }

    @Test func aGrainThatKeepsEverythingItIsGivenIsCutOff() async throws {
        let kept = Record<RPCCapability>()
        let (connection, app) = try await connectedApp(["capabilities": .integer(256)]) { call in
            if let stream = call.responseStream { kept.append(stream) }
            call.answer([1])
        }
        let session = try await connection.openWebSession(.ann)
        var answers = 0
        let error = await hostError {
            while answers < 1000 {
                _ = try await session.send(.home)
                answers += 1
            }
        }
        #expect(error?.code == .disconnected)
        #expect(answers > 200 && answers <= 256)
        await connection.waitForClose()
        withExtendedLifetime(app) {}
    }

    @Test func aGrainThatLetsGoMayBeAskedForEver() async throws {
        let (connection, app) = try await connectedApp(["capabilities": .integer(256)]) { $0.answer([1]) }
        for _ in 0..<20 {
            let session = try await connection.openWebSession(.ann)
            for _ in 0..<50 { #expect(try await session.send(.home).wholeBody() == [1]) }
            await session.close()
        }
        withExtendedLifetime(app) {}
        await connection.close()
    }

    /// The objects of an answer that crosses its cancellation are given back unseen.
    @Test func answersThatComeTooLateDoNotCount() async throws {
        let (connection, app) = try await connectedApp(["capabilities": .integer(256)]) { call in
            if call.path == "last" { call.answer([1]) } else { call.answerStream() }
        }
        let session = try await connection.openWebSession(.ann)
        for index in 0..<600 {
            let sending = Task { try await session.send(.home) }
            // Some are cancelled before they are sent, some while the answer is on its way, some after it.
            for _ in 0..<(index % 8) { await Task.yield() }
            sending.cancel()
            _ = try? await sending.value
        }
        #expect(try await session.send(WebRequest(method: .get, path: "last")).wholeBody() == [1])
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func anAppThatNeverAnswersIsAskedNoMore() async throws {
        let asked = Counter(), all = Signal()
        let (connection, app) = try await connectedApp(["openRequests": .integer(8)]) { call in
            guard call.path == "" else { return call.answer([1]) }
            waiting.append(call.incoming)
            if asked.add() == 8 { all.fire() }
        }
        let session = try await connection.openWebSession(.ann)
        let requests = (0..<8).map { _ in Task { try await session.send(.home) } }
        await all.wait()
        let error = await hostError { _ = try await session.send(WebRequest(method: .get, path: "other")) }
        #expect(error?.code == .resourceExhausted)
        #expect(await hostError { _ = try await session.send(.home) }?.code == .resourceExhausted)
        for request in requests {
            request.cancel()
            #expect(await hostError { _ = try await request.value }?.code == .cancelled)
        }
        // What was given up makes room as soon as the app has heard of it.
        var answer: [UInt8] = []
        while answer.isEmpty {
            do { answer = try await session.send(WebRequest(method: .get, path: "other")).wholeBody() } catch {
                try #require((error as? HostError)?.code == .resourceExhausted)
                await Task.yield()
            }
        }
        #expect(answer == [1])
        await connection.close()
        withExtendedLifetime(app) {}
    }

    /// Many answers that nobody reads: together they hold what one grain may have, not a window each.
    @Test func theAnswersOfAGrainShareABudget() async throws {
        let answered = Counter()
        let (connection, app) = try await connectedApp([
            "streamWindowBytes": .integer(1 << 20), "queuedBytes": .integer(256 << 10),
        ]) { call in
            guard call.path == "flood", let stream = call.responseStream else { return call.answer([1]) }
            call.answerStream()
            let chunk = [UInt8](repeating: 1, count: 32 << 10)
            for _ in 0..<8 { stream.write(chunk) { error in if error == nil { answered.add() } } }
        }
        let session = try await connection.openWebSession(.ann)
        var readers: [any ByteReader] = []
        for _ in 0..<10 {
            let response = try await session.send(WebRequest(method: .get, path: "flood"))
            readers.append(try #require(response.bodyStream).reader)
        }
        // What the host has to say to the floods is said before the second of these is answered.
        for _ in 0..<2 { _ = try await session.send(.home) }
        #expect(answered.value == 8)
        for reader in readers {
            var taken = 0
            while taken < 256 << 10, let chunk = try await reader.next() { taken += chunk.count }
            #expect(taken == 256 << 10)
        }
        await connection.close()
        withExtendedLifetime(app) {}
    }

    /// A second's calls at once at most, the rest at their pace: the flood waits at its full socket.
    @Test func aGrainThatAsksTooMuchIsHeardLater() async throws {
        let pair = try SocketPair(), other = try SocketPair()
        let provider = try await transport(["callsPerSecond": .integer(1000)])
        let connection = try await provider.connect(over: pair.host, offering: MemoryGrainHost())
        let neighbour = try await provider.connect(over: other.host, offering: MemoryGrainHost())
        let app = try FakeApp(other.grain) { $0.answer([1]) }
        let session = try await neighbour.openWebSession(.ann)
        let begun = ContinuousClock.now
        for question in UInt32(0)..<2000 {
            writeBytes(pair.grain, RawRPC.bootstrap(question: question) + RawRPC.finish(question: question))
            if question % 500 == 0 { #expect(try await session.send(.home).wholeBody() == [1]) }
        }
        // The end is noticed when all that came before it was handled.
        shutdown(pair.grain.rawValue, Int32(SHUT_WR))
        await connection.waitForClose()
        // 2,000 questions, of which at most 1,000 are free.
        #expect(ContinuousClock.now - begun > .milliseconds(900))
        await neighbour.close()
        withExtendedLifetime(app) {}
    }

    /// At 10 calls a second, 160 KiB, calls of 16 MiB that nobody asked for would take more than a minute; what somebody reads is
    /// wanted.
    @Test func whatAReaderTakesIsNoFlood() async throws {
        let (connection, app) = try await connectedApp(["callsPerSecond": .integer(10)]) { call in
            guard let stream = call.responseStream else { return }
            call.answerStream()
            writeChunks(16, of: [UInt8](repeating: 1, count: 1 << 20), to: stream)
        }
        let response = try await connection.openWebSession(.ann).send(.home)
        let reader = try #require(response.bodyStream).reader
        var taken = 0
        while let chunk = try await reader.next() { taken += chunk.count }
        #expect(taken == 16 << 20)
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func aGrainThatDoesNotReadIsCutOff() async throws {
        let pair = try SocketPair()
        let connection = try await transport(["unsentBytes": .integer(65536)]).connect(
            over: pair.host, offering: MemoryGrainHost())
        // Each of these is echoed as unimplemented; nobody reads the echoes.
        let message = hexBytes("00000000030000000000000001000100" + "6300000000000000" + "0000000000000000")
        while writeBytes(pair.grain, message) {}
        await connection.waitForClose()
    }

    /// The app writes as fast as it can and never waits: 64 MiB, of which the host acknowledges what fits the window.
    @Test func floodsOfWritesStopAtTheWindow() async throws {
        let flooded = Signal(), closed = Signal(), answered = Counter()
        let pair = try SocketPair()
        let connection = try await transport(["callBytes": .integer(1 << 20), "streamWindowBytes": .integer(65536)])
            .connect(over: pair.host, offering: MemoryGrainHost())
        let app = try FakeApp(pair.grain) { call in
            guard let stream = call.responseStream else { return }
            call.answerStream()
            // After the answer is out: an app whose answer stands behind a flood has stopped itself.
            stream.write([0]) { _ in
                let chunk = [UInt8](repeating: 1, count: 65536)
                for _ in 0..<1000 {
                    stream.write(chunk) { error in
                        if error == nil { answered.add() } else { closed.fire() }
                    }
                }
                flooded.fire()
            }
        }
        let response = try await connection.openWebSession(.ann).send(.home)
        await flooded.wait()
        let reader = try #require(response.bodyStream).reader
        var taken = 0
        while taken < 5 << 16, let chunk = try await reader.next() { taken += chunk.count }
        // What was taken, one window, and nothing of the rest.
        #expect(answered.value <= taken >> 16 + 2)
        await connection.close()
        await closed.wait()
        withExtendedLifetime(app) {}
    }
}

private let waiting = Record<RPCIncoming>()

/// Each when the one before it was taken.
private func writeChunks(_ count: Int, of chunk: [UInt8], to stream: RPCCapability) {
    guard count > 0 else { return stream.done() }
    stream.write(chunk) { _ in writeChunks(count - 1, of: chunk, to: stream) }
}

extension WebRequest {
    static var home: WebRequest { WebRequest(method: .get, path: "") }
}

func residentBytes() -> Int {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    let text = String(decoding: readBytes(OwnedDescriptor(takingOwnershipOf: descriptor), 200), as: UTF8.self)
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
}
