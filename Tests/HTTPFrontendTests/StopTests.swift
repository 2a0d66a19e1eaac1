import Barchan
import Glibc
import HTTPFrontend
import Synchronization
import Testing

/// How a frontend ends while people use it.
@Suite(.timeLimit(.minutes(10))) struct StopTests {
    /// Begins requests, stops the frontend while they are under way, and gives what came of them.
    private func stopped(
        _ host: FakeHost, settings: [String: SettingValue] = [:], after underWay: Int,
        _ begin: @escaping @Sendable (Serving) async throws -> [Task<Reply?, Never>]
    ) async throws -> [Reply?] {
        let tasks = try await Serving.run(host, settings: settings) { serving in
            let tasks = try await begin(serving)
            while host.calls.count(where: { $0 == "asked" }) < underWay { try await Task.sleep(for: .milliseconds(5)) }
            return tasks
        }
        var replies: [Reply?] = []
        for task in tasks { replies.append(await task.value) }
        return replies
    }

    private static func get(_ serving: Serving, _ session: FakeSession, _ target: String) throws -> RawClient {
        let client = try RawClient(port: serving.port)
        let text =
            "GET \(target) HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n\r\n"
        Task { await client.send(text) }
        return client
    }

    @Test func requestsUnderWayAreAnswered() async throws {
        let host = FakeHost()
        // The app begins to answer once the frontend has closed a connection that waited for nothing.
        let isStopping = Gate()
        host.answer { (request, _) throws(HostError) in
            host.note("asked")
            await isStopping.wait()
            var content = WebContent(.bytes(Array("done \(request.path)".utf8)))
            content.mimeType = "text/plain"
            return WebResponse(.content(status: 200, content))
        }
        let replies = try await stopped(host, settings: ["stop_timeout": .integer(300)], after: 20) { serving in
            let session = host.openSession()
            let tasks = try (0..<20).map { number in
                let client = try Self.get(serving, session, "/\(number)")
                return Task { () -> Reply? in await client.reply() }
            }
            let idle = try RawClient(port: serving.port)
            await idle.send("GET / HTTP/1.1\r\nHost: \(serving.shellHost)\r\n\r\n")
            #expect(await idle.reply()?.status == 403)
            Task.detached {
                #expect(await idle.readToEnd() == "")
                isStopping.open()
            }
            return tasks
        }
        for (number, reply) in replies.enumerated() {
            #expect(reply?.status == 200 && reply?.text == "done \(number)")
            #expect(reply?.value("Connection") == "close", "the client must not ask here again")
        }
    }

    @Test func whatTakesTooLongIsToldToComeAgain() async throws {
        let host = FakeHost()
        host.answer { (_, _) throws(HostError) in
            host.note("asked")
            await Gate().wait()
            throw HostError(.cancelled, "answer: nobody waits any more")
        }
        let settings: [String: SettingValue] = ["stop_timeout": .integer(1), "head_timeout": .integer(600)]
        let replies = try await stopped(host, settings: settings, after: 2) { serving in
            let session = host.openSession()
            let (first, second) = (try Self.get(serving, session, "/a"), try Self.get(serving, session, "/b"))
            // Half of a request is under way, too.
            let third = try RawClient(port: serving.port)
            await third.send("GET / HTTP/1.1\r\nHost: \(serving.shellHost)\r\nX: ")
            return [first, second, third].map { client in Task { () -> Reply? in await client.reply() } }
        }
        for reply in replies {
            #expect(reply?.status == 503)
            #expect(reply?.value("Retry-After") == "2" && reply?.value("Connection") == "close")
            #expect(reply?.value("X-Trace-Id") != nil)
        }
    }

    @Test func aRequestThatComesInTheLastMomentIsAnswered() async throws {
        let host = FakeHost()
        let session = host.openSession()
        let client = try await Serving.run(host) { serving in
            let client = try RawClient(port: serving.port)
            let text =
                "GET /x HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n\r\n"
            // A connection that waits for its second request.
            await client.send(text)
            #expect(await client.reply()?.status == 200)
            // On its way when the frontend begins to stop.
            await client.send(text)
            return client
        }
        let reply = await client.reply()
        #expect(reply?.status == 200)
        #expect(await client.readToEnd() == "")
    }

    @Test func whoConnectsToASocketOfTheServiceManagerWaitsForTheNextHost() async throws {
        let (socket, port) = try RawClient.listening()
        defer { close(socket) }
        let host = FakeHost()
        let session = host.openSession()
        try await Serving.run(host, listeners: [socket]) { serving async throws in
            #expect(serving.port == port)
            #expect(try await serving.request("/", to: session).status == 200)
        }
        // Nobody serves now.
        let client = try RawClient(port: port)
        await client.send(
            "GET /x HTTP/1.1\r\nHost: ui-\(session.identifier).localhost:\(port)\r\nCookie: __Host-sandstorm-sid=\(session.secret.text)\r\n\r\n"
        )
        try await Serving.run(host, listeners: [socket]) { serving async throws in
            #expect(await client.reply()?.text == "get /x")
        }
    }
}

/// Lets everybody through once it is open, or when one who waits is cancelled.
private final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiters.append(waiter) }
                    return state.isOpen
                }
                if isOpen { waiter.resume() }
            }
        } onCancel: {
            open()
        }
    }
}
