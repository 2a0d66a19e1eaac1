import Barchan
import EventLoops
import Synchronization
import Testing

/// A grain on a loop of the host's; it may be on another one after its next start.
final class MovingSession: DirectGrainSession {
    let still: FakeSession
    let loops: [LoopThread]
    let home = Mutex(0)
    /// On which loop each request began, and on which it should have.
    let began = Mutex<[(on: Int?, home: Int)]>([])
    /// Where the grain goes when a request has begun.
    let next = Mutex<(@Sendable (Int) -> Int)?>(nil)

    init(_ still: FakeSession, on loops: [LoopThread]) {
        self.still = still
        self.loops = loops
    }

    private final class Pending: PendingRequest {
        func cancel() {}
    }

    var identifier: SessionID { still.identifier }
    var secret: Secret { still.secret }
    var grain: GrainID { still.grain }
    var base: String { still.base }
    var state: GrainState { get async { .running } }
    var loop: (any HostLoop)? { loops[home.withLock { $0 }] }

    func begin(
        _ request: WebRequest, from client: @escaping @Sendable () -> WebClient,
        _ completion: @escaping @Sendable (Result<WebResponse, HostError>) -> Void
    ) -> (any PendingRequest)? {
        if case .stream = request.body { return nil }
        let place = home.withLock { $0 }
        began.withLock { $0.append((loops.firstIndex(where: \.isCurrent), place)) }
        if let next = next.withLock({ $0 }) { home.withLock { $0 = next($0) } }
        var content = WebContent(.bytes(Array("/\(request.path)".utf8)))
        content.mimeType = "text/plain"
        let answer = WebResponse(.content(status: 200, content))
        loops[place].post { completion(.success(answer)) }
        return Pending()
    }

    func send(_ request: WebRequest, from client: WebClient) async throws(HostError) -> WebResponse {
        try await still.send(request, from: client)
    }

    func openWebSocket(
        _ request: WebSocketRequest, from client: WebClient, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse {
        try await still.openWebSocket(request, from: client, incoming: incoming)
    }

    func keepAlive() async throws(HostError) {}
    func note(_ line: String) async {}
    func close() async {}
}

/// A connection is on the loop of the grain that it talks to, and goes with it.
@Suite struct MovingTests {
    private func run(_ body: @escaping @Sendable (Serving, MovingSession, String) async throws -> Void) async throws {
        let loops = try (0..<3).map { _ in try #require(LoopThread()) }
        try await Serving.run(lending: loops) { serving async throws in
            let session = MovingSession(serving.host.openSession(), on: loops)
            serving.host.moving.withLock { $0 = session }
            let fields = "Host: \(serving.grainHost(session.still))\r\nCookie: \(serving.cookie(session.still))\r\n"
            try await body(serving, session, fields)
        }
    }

    @Test func aConnectionGoesToTheLoopOfItsGrain() async throws {
        try await run { serving, session, fields in
            let client = try RawClient(port: serving.port)
            for turn in 0..<12 {
                session.home.withLock { $0 = turn % 3 }
                await client.send("GET /\(turn) HTTP/1.1\r\n\(fields)\r\n")
                let reply = try #require(await client.reply())
                #expect(reply.status == 200)
                // The first one is let in by the long way; all others begin where the grain is.
                if turn > 0 { #expect(reply.text == "/\(turn)") }
            }
            let began = session.began.withLock { $0 }
            #expect(began.count == 11)
            #expect(began.allSatisfy { $0.on == $0.home })
        }
    }

    /// All requests are in the socket, and each finds the grain somewhere else.
    @Test func requestsInARowAreAnsweredInOrderAcrossMoves() async throws {
        try await run { serving, session, fields in
            session.next.withLock { $0 = { ($0 + 1) % 3 } }
            let client = try RawClient(port: serving.port)
            let count = 200
            await client.send((0..<count).map { "GET /\($0) HTTP/1.1\r\n\(fields)\r\n" }.joined())
            for number in 0..<count {
                let reply = try #require(await client.reply())
                #expect(reply.status == 200)
                if number > 0 { #expect(reply.text == "/\(number)") }
            }
            let began = session.began.withLock { $0 }
            #expect(began.count == count - 1)
            #expect(began.allSatisfy { $0.on == $0.home })
        }
    }

    @Test func aLongBodyArrivesWholeAfterAMove() async throws {
        try await run { serving, session, fields in
            serving.host.answer { (request, _) throws(HostError) in
                var count = 0
                if case .stream(let reader, _) = request.body {
                    while let piece = try await reader.next() { count += piece.count }
                }
                return WebResponse(.content(status: 200, WebContent(.bytes(Array("\(count)".utf8)))))
            }
            let client = try RawClient(port: serving.port)
            await client.send("GET / HTTP/1.1\r\n\(fields)\r\n")
            #expect(await client.reply()?.text == "0")
            for place in [1, 2, 0] {
                session.home.withLock { $0 = place }
                let size = 1_000_000
                await client.send(
                    "POST / HTTP/1.1\r\n\(fields)Origin: http://\(serving.grainHost(session.still))\r\n"
                        + "Content-Length: \(size)\r\n\r\n")
                await client.send([UInt8](repeating: 0x61, count: size))
                #expect(await client.reply()?.text == "\(size)")
            }
        }
    }

    /// Clients that reset their connections in the middle of a move take nothing along.
    @Test func clientsThatGoWhileTheyMoveLeaveTheOthersAlone() async throws {
        try await run { serving, session, fields in
            session.next.withLock { $0 = { ($0 + 1) % 3 } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        let client = try RawClient(port: serving.port)
                        await client.send((0..<20).map { "GET /\($0) HTTP/1.1\r\n\(fields)\r\n" }.joined())
                        _ = await client.readHead()
                        client.reset()
                    }
                }
                try await group.waitForAll()
            }
            let client = try RawClient(port: serving.port)
            for _ in 0..<5 {
                await client.send("GET /after HTTP/1.1\r\n\(fields)\r\n")
                #expect(await client.reply()?.status == 200)
            }
        }
    }
}
