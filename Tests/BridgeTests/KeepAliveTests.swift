import CCapnpRPC
import CapnProto
import Glibc
import GrainSchemas
import Synchronization
import Testing

@testable import HTTPBridge

/// Connections to the app are kept where it allows that, and nothing is ever asked twice that may not be.
@Suite struct KeepAliveTests {
    @Test func requestsShareAConnection() async throws {
        try await run({ peer in while peer.nextRequest() != nil { peer.answer() } }) { host, session, app in
            for index in 0..<10 { try expectOK(host, session, "a\(index)") }
            #expect(app.connections == Array(repeating: 1, count: 10))
            #expect(app.requests.allSatisfy { $0.head.contains("\r\nConnection: keep-alive\r\n") })
        }
    }

    @Test func whatChangesSomethingGetsAFreshConnection() async throws {
        try await run({ peer in while peer.nextRequest() != nil { peer.answer() } }) { host, session, app in
            try expectOK(host, session, "a")
            try host.call(session, Wire.WebSession.Methods.post, { $1.setPath("b") }) { _, _ in }
            try host.call(session, Wire.WebSession.Methods.delete, { $1.setPath("c") }) { _, _ in }
            try expectOK(host, session, "d")
            // The one that served the last change is as good as any.
            #expect(app.connections == [1, 2, 3, 3])
        }
    }

    @Test func aKeptConnectionThatIsClosedUnderARequestIsReplacedOnce() async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            guard peer.nextRequest() != nil else { return }
            peer.answer()
            guard peer.nextRequest() != nil else { return }
            peer.answer()
            _ = peer.nextRequest()
        }
        try await run(serve) { host, session, app in
            for path in ["a", "b", "c", "d"] { try expectOK(host, session, path) }
            #expect(app.connections == [1, 1, 1, 2, 2])
            let paths = app.requests.map { $0.head.split(separator: " ")[1] }
            #expect(paths == ["/a", "/b", "/c", "/c", "/d"])
        }
    }

    @Test func aFreshConnectionThatIsClosedIsAFailure() async throws {
        try await run({ peer in _ = peer.nextRequest() }) { host, session, app in
            #expect(throws: CallFailure.self) { try host.get(session, "a") }
            #expect(throws: CallFailure.self) {
                try host.call(session, Wire.WebSession.Methods.post, { $1.setPath("b") }) { _, _ in }
            }
            #expect(app.connections == [1, 2])
        }
    }

    @Test(arguments: ["Connection: close\r\n", "connection: Upgrade, CLOSE\r\n"])
    func anAppThatSaysItClosesIsBelieved(_ field: String) async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            // Keeps it open nevertheless: a second request would be answered.
            while peer.nextRequest() != nil { peer.answer(fields: field) }
        }
        try await run(serve) { host, session, app in
            for path in ["a", "b"] { try expectOK(host, session, path) }
            #expect(app.connections == [1, 2])
            #expect(app.requests.allSatisfy { $0.head.contains("\r\nConnection: keep-alive\r\n") })
        }
    }

    @Test func oldAnswersAreTheLastOfTheirConnection() async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            while peer.nextRequest() != nil { peer.answer(fields: "Connection: keep-alive\r\n", version: "1.0") }
        }
        try await run(serve) { host, session, app in
            for path in ["a", "b"] { try expectOK(host, session, path) }
            #expect(app.connections == [1, 2])
        }
    }

    /// It gets what the original bridge gave every app.
    @Test func anAppThatClosesWithoutAWordGetsAConnectionPerRequest() async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            if peer.nextRequest() != nil { peer.answer() }
        }
        try await run(serve) { host, session, app in
            for index in 0..<20 { try expectOK(host, session, "a\(index)") }
            #expect(app.connections == Array(1...20))
            #expect(try #require(app.requests.last).head.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func whatComesBehindAnAnswerIsNoAnswer() async throws {
        let stage = Atomic(0)
        let serve: @Sendable (AppPeer) -> Void = { peer in
            while peer.nextRequest() != nil {
                peer.answer()
                guard stage.load(ordering: .acquiring) < 2 else { continue }
                while stage.load(ordering: .acquiring) == 0 { sched_yield() }
                peer.answer("forged")
                stage.store(2, ordering: .releasing)
            }
        }
        try await run(serve) { host, session, app in
            try expectOK(host, session, "a")
            stage.store(1, ordering: .releasing)
            while stage.load(ordering: .acquiring) == 1 { sched_yield() }
            for path in ["b", "c"] { try expectOK(host, session, path) }
            #expect(app.connections == [1, 2, 3])
            #expect(try #require(app.requests.last).head.contains("\r\nConnection: close\r\n"))
        }
    }

    /// A 204 or 304 has no content whatever the app sends, so its answer is understood.
    @Test(arguments: ["204 No Content", "304 Not Modified"])
    func contentThatMayNotBeIsNoAnswerEither(_ status: String) async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            while let path = peer.nextRequest() {
                let answer = "Content-Length: 2\r\n\r\nok"
                peer.send("HTTP/1.1 \(path == "/bad" ? status : "200 OK")\r\n" + answer)
            }
        }
        try await run(serve) { host, session, app in
            #expect(try host.get(session, "bad").count == 1)
            for path in ["b", "c"] { try expectOK(host, session, path) }
            #expect(app.connections == [1, 2, 3])
            #expect(try #require(app.requests.last).head.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func anAppWhoseAnswersAreMalformedGetsAConnectionPerRequest() async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            while let path = peer.nextRequest() {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + (path == "/bad" ? "more" : ""))
            }
        }
        try await run(serve) { host, session, app in
            #expect(throws: CallFailure.self) { try host.get(session, "bad") }
            for path in ["b", "c"] { try expectOK(host, session, path) }
            #expect(app.connections == [1, 2, 3])
            #expect(try #require(app.requests.last).head.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func anAppThatEndsBodiesWithTheConnectionIsAskedToCloseIt() async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in
            if peer.nextRequest() != nil { peer.send("HTTP/1.1 200 OK\r\n\r\nok") }
        }
        try await run(serve) { host, session, app in
            for path in ["a", "b"] { _ = try host.get(session, path) }
            #expect(app.requests.map { $0.head.contains("\r\nConnection: close\r\n") } == [false, true])
        }
    }

    @Test func anAppThatHandlesOneConnectionAtATimeIsNotBlocked() async throws {
        let serve: @Sendable (AppPeer) -> Void = { peer in while peer.nextRequest() != nil { peer.answer() } }
        try await run(handlesOneAtATime: true, serve) { host, session, app in
            for _ in 0..<3 {
                try getAtOnce(5, host, session)
                try host.call(session, Wire.WebSession.Methods.post, { $1.setPath("b") }) { _, _ in }
            }
            #expect(app.requests.count == 18)
        }
    }

    @Test func fewConnectionsAreKeptAndNoneForLong() async throws {
        let count = 80
        let arrived = Atomic(0)
        let serve: @Sendable (AppPeer) -> Void = { peer in
            while peer.nextRequest() != nil {
                arrived.add(1, ordering: .relaxed)
                while arrived.load(ordering: .relaxed) < count { sched_yield() }
                peer.answer()
            }
        }
        try await run(serve) { host, session, app in
            try getAtOnce(count, host, session)
            #expect(Set(app.connections).count == count)
            try waitUntil(host) { app.ended >= count - ConnectionPool.maximumIdle }
            // The others go when nothing happens any more.
            try waitUntil(host) { app.ended == count }
        }
    }

    @Test func anUploadThatIsAnsweredEarlyIsTheLastOfItsConnection() async throws {
        try await run({ peer in while peer.nextRequest() != nil { peer.answer() } }) { host, session, app in
            let stream = try host.call(session, Wire.WebSession.Methods.postStreaming) { _, params in
                params.setPath("up")
            } _: { results, message in
                try #require(message.capability(try results.stream))
            }
            try host.call(stream, Wire.ByteStream.Methods.expectSize, { $1.setSize(5) }) { _, _ in }
            try host.call(stream, Wire.WebSession.RequestStream.Methods.getResponse, { _, _ in }) { _, _ in }
            try expectOK(host, session, "a")
            #expect(app.connections == [1, 2])
        }
    }

    @Test func moreRequestsThanTheAppMayHaveAtOnceFailAsOverloaded() async throws {
        let (listener, port) = try Place.boundSocket()
        defer { close(listener) }
        try #require(listen(listener, 50) == 0)
        try await onOwnThread {
            // The kernel takes a few connections, nobody takes any of them from it.
            let host = try GrainHost(port: port, command: ["sleep", "1000"])
            defer { host.close() }
            let session = try host.openSession()
            var failure: CallFailure?
            host.wait { done in
                for _ in 0...AppServer.maximumConnections {
                    let payload = Payload()
                    payload.message.initRoot(Wire.WebSession.GetParams.self).setPath("a")
                    OutgoingCall(session, Wire.WebSession.Methods.get, payload) { result in
                        guard failure == nil, case .failure(let first) = result else { return }
                        failure = first
                        done()
                    }
                }
            }
            #expect(failure?.kind == bcr_overloaded)
            #expect(failure?.text.contains("try again") == true)
        }
    }

    // MARK: Helpers

    private func run(
        handlesOneAtATime: Bool = false, _ serve: @escaping @Sendable (AppPeer) -> Void,
        _ body: @escaping (GrainHost, Capability, AppInProcess) throws -> Void
    ) async throws {
        try await onOwnThread {
            let app = try AppInProcess(handlesOneAtATime: handlesOneAtATime, serve)
            let host = try GrainHost(port: app.port, command: ["sleep", "1000"])
            defer {
                host.close()
                app.close()
            }
            try body(host, try host.openSession(), app)
        }
    }

    private func expectOK(_ host: GrainHost, _ session: Capability, _ path: String) throws {
        #expect(try host.get(session, path).first?.contains("bytes=\"ok\"") == true)
    }

    private func getAtOnce(_ count: Int, _ host: GrainHost, _ session: Capability) throws {
        var open = count
        var failures: [CallFailure] = []
        host.wait { done in
            for index in 0..<count {
                let payload = Payload()
                payload.message.initRoot(Wire.WebSession.GetParams.self).setPath("at-once-\(index)")
                OutgoingCall(session, Wire.WebSession.Methods.get, payload) { result in
                    if case .failure(let failure) = result { failures.append(failure) }
                    open -= 1
                    if open == 0 { done() }
                }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Looks again every millisecond.
    private func waitUntil(_ host: GrainHost, _ condition: @escaping () -> Bool) throws {
        var timer: Timer?
        host.wait { done in
            func look() {
                if condition() { return done() }
                timer = Timer(on: host.loop, afterMicroseconds: 1_000, look)
            }
            look()
        }
        withExtendedLifetime(timer) {}
        #expect(condition())
    }
}
