import Barchan
import Synchronization
import Testing

/// Bodies flow at the pace of the slower side, and stop when either is gone.
@Suite struct StreamingTests {
    /// Makes pieces as long as it is asked to, and counts them.
    final class Fountain: ByteReader {
        let taken = Mutex(0)
        let limit: Int
        let piece = [UInt8](repeating: 0x61, count: 32_768)
        let (cancelled, cancel_) = AsyncStream.makeStream(of: Void.self)
        let isCancelled = Mutex(false)

        init(pieces: Int) { limit = pieces }

        func next() async throws(HostError) -> [UInt8]? {
            guard !isCancelled.withLock({ $0 }) else { return nil }
            let number = taken.withLock { taken in
                taken += 1; return taken
            }
            return number <= limit ? piece : nil
        }

        func cancel() {
            isCancelled.withLock { $0 = true }
            cancel_.yield()
        }
    }

    /// Never has anything until it is cancelled.
    final class Silence: ByteReader {
        let (cancelled, signal) = AsyncStream.makeStream(of: Void.self)
        func next() async throws(HostError) -> [UInt8]? {
            for await _ in cancelled { break }
            return nil
        }
        func cancel() { signal.yield(); signal.finish() }
    }

    private func serve(_ body: WebContent.Body) -> FakeHost.Handler {
        { (_, _) throws(HostError) in WebResponse(.content(status: 200, WebContent(body))) }
    }

    private func get(_ serving: Serving, _ session: FakeSession, _ fields: String = "") -> String {
        "GET / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n\(fields)\r\n"
    }

    @Test(arguments: [true, false]) func longAnswersArriveWhole(_ hasLength: Bool) async throws {
        try await Serving.run { serving async throws in
            let fountain = Fountain(pieces: 100)
            serving.host.answer(serve(.stream(fountain, length: hasLength ? 3_276_800 : nil)))
            let reply = try await serving.request("/", to: serving.host.openSession())
            #expect(reply.body.count == 3_276_800)
            #expect(
                reply.value(hasLength ? "Content-Length" : "Transfer-Encoding") == (hasLength ? "3276800" : "chunked"))
        }
    }

    @Test func aSlowBrowserHoldsTheAppBack() async throws {
        try await Serving.run { serving async throws in
            let fountain = Fountain(pieces: 100_000)
            serving.host.answer(serve(.stream(fountain, length: nil)))
            let client = try RawClient(port: serving.port, receiveBuffer: 4096)
            await client.send(get(serving, serving.host.openSession()))
            _ = await client.readHead()
            // It keeps flowing while it is read, and 3 GB never pile up anywhere.
            for _ in 0..<50 { #expect(await client.read(32_768).count == 32_768) }
            #expect(fountain.taken.withLock { $0 } < 600)
            client.reset()
            for await _ in fountain.cancelled { break }
        }
    }

    @Test func aBrowserThatLeavesStopsTheApp() async throws {
        try await Serving.run { serving async throws in
            let silence = Silence()
            serving.host.answer(serve(.stream(silence, length: nil)))
            let client = try RawClient(port: serving.port)
            await client.send(get(serving, serving.host.openSession()))
            #expect(await client.readHead()?.status == 200)
            client.shut()
            for await _ in silence.cancelled { break }
        }
    }

    @Test func aBrowserThatLeavesBeforeTheAnswerCancelsTheRequest() async throws {
        let (cancelled, signal) = AsyncStream.makeStream(of: Void.self)
        try await Serving.run { serving async throws in
            let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
            serving.host.answer { (_, _) throws(HostError) in
                arrive.yield()
                let (never, end) = AsyncStream.makeStream(of: Void.self)
                await withTaskCancellationHandler {
                    for await _ in never { break }
                } onCancel: {
                    signal.yield(); end.finish()
                }
                throw HostError(.cancelled, "answer: cancelled")
            }
            let client = try RawClient(port: serving.port)
            await client.send(get(serving, serving.host.openSession()))
            for await _ in arrived { break }
            client.shut()
            for await _ in cancelled { break }
        }
    }

    @Test func aSlowAppHoldsTheBrowserBack() async throws {
        try await Serving.run { serving async throws in
            let (go, start) = AsyncStream.makeStream(of: Void.self)
            serving.host.answer { (request, _) throws(HostError) in
                for await _ in go { break }
                guard case .stream(let reader, _) = request.body else { throw HostError(.failed, "no stream") }
                var count = 0
                while let piece = try await reader.next() { count += piece.count }
                return WebResponse(.content(status: 200, WebContent(.bytes(Array("\(count)".utf8)))))
            }
            let session = serving.host.openSession(), length = 256 << 20
            let client = try RawClient(port: serving.port)
            await client.send(
                "POST / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\nContent-Length: \(length)\r\n\r\n"
            )
            let sent = await client.sendUntilRefused([UInt8](repeating: 0, count: 65_536), atMost: length)
            // What the kernel's two socket buffers hold, and not the body.
            #expect(sent < 32 << 20)
            start.yield()
            let piece = [UInt8](repeating: 0, count: 1 << 20)
            var left = length - sent
            while left > 0 {
                await client.send(Array(piece.prefix(left)))
                left -= min(left, piece.count)
            }
            #expect(await client.reply()?.text == "\(length)")
        }
    }

    @Test func anAppThatBreaksOffEndsTheConnection() async throws {
        final class Breaking: ByteReader {
            let first = Mutex(true)
            func next() async throws(HostError) -> [UInt8]? {
                if first.withLock({ first in
                    defer { first = false }; return first
                }) {
                    return [0x61, 0x62]
                }
                throw HostError(.disconnected, "read: the app is gone")
            }
            func cancel() {}
        }
        try await Serving.run { serving async throws in
            serving.host.answer(serve(.stream(Breaking(), length: nil)))
            let client = try RawClient(port: serving.port)
            await client.send(get(serving, serving.host.openSession()))
            let text = await client.readToEnd()
            #expect(text.hasSuffix("2\r\nab\r\n"))
        }
    }

    @Test(arguments: [1, 5]) func aBodyOfTheWrongLengthIsNoWholeAnswer(_ length: Int64) async throws {
        try await Serving.run { serving async throws in
            serving.host.answer(serve(.stream(BufferedBytes([1, 2, 3]), length: length)))
            let client = try RawClient(port: serving.port)
            await client.send(get(serving, serving.host.openSession()))
            _ = await client.readHead()
            #expect(await client.read(100).count < length || length == 1)
        }
    }

    @Test func requestsFollowEachOther() async throws {
        try await Serving.run { serving async throws in
            let session = serving.host.openSession()
            let client = try RawClient(port: serving.port)
            let post = get(serving, session, "Content-Length: 3\r\n").replacing("GET /", with: "POST /b") + "abc"
            await client.send(get(serving, session) + post + get(serving, session, "Connection: close\r\n"))
            #expect(await client.reply()?.text == "get /")
            #expect(await client.reply()?.text == "post /b")
            let last = await client.reply()
            #expect(last?.value("Connection") == "close")
            #expect(await client.readToEnd() == "")
        }
    }

    @Test(arguments: [3, 100_000]) func aClientMayWaitForLeaveToSend(_ count: Int) async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (request, _) throws(HostError) in
                var count = 0
                switch request.body {
                case .bytes(let bytes): count = bytes.count
                case .stream(let reader, _): count = try await reader.readAll(maximumBytes: 1 << 20).count
                default: break
                }
                return WebResponse(.content(status: 200, WebContent(.bytes(Array("\(count)".utf8)))))
            }
            let client = try RawClient(port: serving.port)
            let head = get(serving, serving.host.openSession(), "Expect: 100-continue\r\nContent-Length: \(count)\r\n")
            await client.send(head.replacing("GET /", with: "PUT /"))
            #expect(await client.readHead()?.status == 100)
            await client.send([UInt8](repeating: 0x61, count: count))
            #expect(await client.reply()?.text == "\(count)")
        }
    }

    @Test func anAnswerBeforeTheBodysEndIsReadAndTheConnectionEnds() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in WebResponse(.clientError(status: 413, nil)) }
            let client = try RawClient(port: serving.port)
            let head = get(serving, serving.host.openSession(), "Content-Length: 4000000\r\n").replacing(
                "GET /", with: "PUT /")
            await client.send(head)
            await client.send([UInt8](repeating: 0, count: 4_000_000))
            let reply = await client.reply()
            #expect(reply?.status == 413)
            #expect(reply?.value("Connection") == "close")
        }
    }
}

/// Time and room are bounded, whatever a client does.
@Suite struct PatienceTests {
    @Test func aHeadThatDoesNotComeEnds() async throws {
        // Long enough for a busy machine to have sent the half of it.
        try await Serving.run(settings: ["head_timeout": .integer(5)]) { serving async throws in
            let client = try RawClient(port: serving.port)
            await client.send("GET / HTTP/1.1\r\nHost: ")
            #expect(await client.reply()?.status == 408)
            let silent = try RawClient(port: serving.port)
            #expect(await silent.readToEnd() == "")
        }
    }

    @Test(arguments: [10, 100_000]) func aBodyThatDoesNotComeEnds(_ length: Int) async throws {
        try await Serving.run(settings: ["stall_timeout": .integer(1)]) { serving async throws in
            serving.host.answer { (request, _) throws(HostError) in
                if case .stream(let reader, _) = request.body { _ = try await reader.readAll(maximumBytes: 1 << 20) }
                return WebResponse(.noContent(shouldResetForm: false, nil))
            }
            let session = serving.host.openSession()
            let client = try RawClient(port: serving.port)
            await client.send(
                "POST / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\nContent-Length: \(length)\r\n\r\nabc"
            )
            #expect(await client.reply()?.status == 408)
        }
    }

    @Test func anIdleConnectionEnds() async throws {
        try await Serving.run(settings: ["idle_timeout": .integer(1)]) { serving async throws in
            let client = try RawClient(port: serving.port)
            await client.send("GET / HTTP/1.1\r\nHost: \(serving.shellHost)\r\n\r\n")
            #expect(await client.reply()?.status == 403)
            #expect(await client.readToEnd() == "")
        }
    }

    @Test func whoOpensManyAndSaysNothingLosesTheirOwn() async throws {
        // They lose them for want of room, long before their time is over.
        let settings: [String: SettingValue] = ["max_connections": .integer(16), "head_timeout": .integer(300)]
        try await Serving.run(settings: settings) { serving async throws in
            var idle: [RawClient] = []
            for _ in 0..<40 { idle.append(try RawClient(port: serving.port)) }
            // The oldest go; that they are gone says that nearly all have been seen.
            for client in idle.prefix(8) { #expect(await client.readToEnd() == "") }
            let session = serving.host.openSession()
            for _ in 0..<5 { #expect(try await serving.request("/", to: session).status == 200) }
        }
    }

    /// Whoever says what they want and then sends no body, or takes no answer, makes room as whoever says nothing does.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: ["Content-Length: 10", "Content-Length: 100000", "Transfer-Encoding: chunked", ""])
    func whoOpensManyAndStopsLosesTheirOwn(_ body: String) async throws {
        let settings: [String: SettingValue] = ["max_connections": .integer(16), "stall_timeout": .integer(3_000)]
        try await Serving.run(settings: settings) { serving async throws in
            serving.host.answer { (request, _) throws(HostError) in
                if case .stream(let reader, _) = request.body { _ = try await reader.readAll(maximumBytes: 1 << 20) }
                let count = request.path == "large" ? 32 << 20 : 1
                return WebResponse(.content(status: 200, WebContent(.bytes([UInt8](repeating: 0x61, count: count)))))
            }
            let session = serving.host.openSession()
            let head = "Host: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n"
            var crowd: [RawClient] = []
            for _ in 0..<16 {
                let client = try RawClient(port: serving.port, receiveBuffer: 4_096)
                let request =
                    body.isEmpty
                    ? "GET /large HTTP/1.1\r\n\(head)\r\n"
                    : "POST / HTTP/1.1\r\n\(head)\(body)\r\nExpect: 100-continue\r\n\r\n"
                await client.send(request)
                // The body is waited for now, or the answer is on its way.
                #expect(await client.readHead()?.status == (body.isEmpty ? 200 : 100))
                crowd.append(client)
            }
            for _ in 0..<5 { #expect(try await serving.request("/", to: session).status == 200) }
            withExtendedLifetime(crowd) {}
        }
    }

    /// Bodies that are held whole have room for sixteen of the longest.
    @Test(.timeLimit(.minutes(5))) func thereIsRoomForSoManyWholeBodies() async throws {
        try await Serving.run(settings: ["max_buffered_body": .integer(65_536)]) { serving async throws in
            let session = serving.host.openSession()
            let head =
                "PATCH / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n"
                + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
            var clients: [RawClient] = []
            for _ in 0..<17 {
                let client = try RawClient(port: serving.port)
                await client.send(head)
                clients.append(client)
                // Its body is waited for.
                if clients.count < 17 { #expect(await client.readHead()?.status == 100) }
            }
            let refusal = await clients[16].reply()
            #expect(refusal?.status == 503)
            #expect(refusal?.value("Retry-After") != nil)
            #expect(try await serving.request("/", to: session, method: "PATCH", body: "short").status == 200)
            await clients[0].send("0\r\n\r\n")
            #expect(await clients[0].reply()?.status == 200)
            let next = try RawClient(port: serving.port)
            await next.send(head)
            #expect(await next.readHead()?.status == 100)
        }
    }

    /// Requests that come together are answered one by one, and only while somebody takes the answers: what a client makes us keep
    /// is a read of its requests and an answer.
    @Test(.timeLimit(.minutes(5))) func whoTakesNoAnswersIsNotReadOn() async throws {
        try await Serving.run { serving async throws in
            let client = try RawClient(port: serving.port, receiveBuffer: 4_096)
            let request = Array("GET /robots.txt HTTP/1.1\r\nHost: \(serving.shellHost)\r\n\r\n".utf8)
            let many = Array(repeatElement(request, count: 1_000).joined())
            // The kernel of either side holds a few megabytes.
            #expect(await client.sendUntilRefused(many, atMost: 64 << 20) < 32 << 20)
            for _ in 0..<200 { #expect(await client.reply()?.status == 200) }
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [false, true]) func manyLongAnswersComeWhole(_ endsSending: Bool)
        async throws
    {
        try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in
                WebResponse(.content(status: 200, WebContent(.bytes([UInt8](repeating: 0x61, count: 4 << 20)))))
            }
            let session = serving.host.openSession(), client = try RawClient(port: serving.port, receiveBuffer: 4_096)
            let request =
                "GET / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n\r\n"
            await client.send(String(repeating: request, count: 8))
            if endsSending { client.endSending() }
            for _ in 0..<8 { #expect(await client.reply()?.body.count == 4 << 20) }
        }
    }

    /// A client that is slower than the three seconds that one has to close behind the last answer.
    @Test(.timeLimit(.minutes(5))) func theLastAnswerIsTakenSlowly() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (_, _) throws(HostError) in
                WebResponse(.content(status: 200, WebContent(.bytes([UInt8](repeating: 0x61, count: 32 << 20)))))
            }
            let session = serving.host.openSession(), client = try RawClient(port: serving.port, receiveBuffer: 4_096)
            await client.send(
                "GET / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\nConnection: close\r\n\r\n"
            )
            #expect(await client.readHead()?.status == 200)
            try await Task.sleep(for: .seconds(5))
            #expect(await client.readToEnd().utf8.count == 32 << 20)
        }
    }

    /// Heads that never end, bodies that never come, answers that nobody reads, and noise: beside a hundred of them everybody else is
    /// answered. How long that takes is printed, for a machine with other work decides it, too.
    @Test func aHostileCrowdCostsOthersNothing() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer { (request, _) throws(HostError) in
                if case .stream(let reader, _) = request.body { _ = try await reader.readAll(maximumBytes: 1 << 20) }
                let count = request.path == "large" ? 8 << 20 : 1
                return WebResponse(.content(status: 200, WebContent(.bytes([UInt8](repeating: 0x61, count: count)))))
            }
            let session = serving.host.openSession()
            func time() async throws -> Duration {
                let clock = ContinuousClock(), begin = clock.now
                for _ in 0..<100 { #expect(try await serving.request("/small", to: session).status == 200) }
                return clock.now - begin
            }
            _ = try await time()
            let alone = try await time()
            let head = "Host: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n"
            var crowd: [RawClient] = []
            for number in 0..<100 {
                let client = try RawClient(port: serving.port, receiveBuffer: number % 4 == 2 ? 4_096 : nil)
                switch number % 4 {
                case 0: await client.send("GET / HTTP/1.1\r\nX: ")
                case 1: await client.send("POST / HTTP/1.1\r\n\(head)Content-Length: 1000000\r\n\r\nabc")
                case 2: await client.send("GET /large HTTP/1.1\r\n\(head)\r\n")
                default: await client.send([UInt8](repeating: 0x16, count: 100_000))
                }
                crowd.append(client)
            }
            // The large answers are being made meanwhile; that is the app's part.
            _ = try await time()
            let beside = try await time()
            print("a hundred small requests: \(alone) alone, \(beside) beside a hostile crowd of \(crowd.count)")
        }
    }

    @Test func stoppingLetsARequestFinish() async throws {
        let host = FakeHost()
        let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
        let (go, start) = AsyncStream.makeStream(of: Void.self)
        host.answer { (_, _) throws(HostError) in
            arrive.yield()
            for await _ in go { break }
            return WebResponse(.content(status: 200, WebContent(.bytes([0x61]))))
        }
        let client = try await Serving.run(host) { serving async throws in
            let session = host.openSession()
            let client = try RawClient(port: serving.port)
            await client.send(
                "GET / HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n\r\n")
            for await _ in arrived { break }
            start.yield()
            return client
        }
        let reply = await client.reply()
        #expect(reply?.status == 200)
        #expect(reply?.text == "a")
    }
}

/// Frames pass as they are.
@Suite struct WebSocketTests {
    private func handshake(_ serving: Serving, _ session: FakeSession, _ fields: [String] = []) -> String {
        ([
            "GET /chat?x HTTP/1.1", "Host: \(serving.grainHost(session))", "Cookie: a=b; \(serving.cookie(session))",
            "Connection: keep-alive, Upgrade", "Upgrade: WebSocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ] + fields + ["", ""]).joined(separator: "\r\n")
    }

    @Test func bytesPassBothWays() async throws {
        try await Serving.run { serving async throws in
            let asked = Mutex<WebSocketRequest?>(nil)
            serving.host.answerSockets { (request, incoming) throws(HostError) in
                asked.withLock { $0 = request }
                return WebSocketResponse(protocols: ["soap", "chat"], outgoing: incoming)
            }
            let session = serving.host.openSession()
            let client = try RawClient(port: serving.port)
            await client.send(
                handshake(
                    serving, session,
                    ["Sec-WebSocket-Protocol: chat, superchat", "Origin: http://\(serving.grainHost(session))"])
                    + "early")
            let reply = try #require(await client.readHead())
            #expect(reply.status == 101)
            #expect(reply.value("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(reply.value("Sec-WebSocket-Protocol") == "chat")
            #expect(reply.value("Upgrade") == "websocket")
            #expect(await client.read(5) == Array("early".utf8))
            for size in [1, 1000, 300_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                async let sending: Void = client.send(bytes)
                #expect(await client.read(size) == bytes)
                await sending
            }
            let request = asked.withLock { $0 }
            #expect(request?.path == "chat?x")
            #expect(request?.cookies == [KeyValue("a", "b")])
            #expect(request?.protocols == ["chat", "superchat"])
        }
    }

    /// Nobody keeps us waiting then, and whoever came with many makes room, not those who were there before with few.
    @Test(.timeLimit(.minutes(5))) func whoeverHasMostMakesRoom() async throws {
        try await Serving.run(settings: ["max_connections": .integer(16)]) { serving async throws in
            serving.host.answerSockets { (_, incoming) throws(HostError) in
                WebSocketResponse(protocols: [], outgoing: incoming)
            }
            let session = serving.host.openSession()
            func open(_ count: Int, from address: String) async throws -> [RawClient] {
                var clients: [RawClient] = []
                for _ in 0..<count {
                    let client = try RawClient(port: serving.port)
                    await client.send(handshake(serving, session, ["X-Real-IP: \(address)"]))
                    #expect(await client.readHead()?.status == 101)
                    clients.append(client)
                }
                return clients
            }
            let few = try await open(4, from: "192.0.2.2"), many = try await open(12, from: "192.0.2.1")
            #expect(try await serving.request("/", to: session).status == 200)
            #expect(await many[0].readToEnd() == "")
            for client in few + many.dropFirst() {
                await client.send("x")
                #expect(await client.read(1) == [0x78])
            }
        }
    }

    @Test func theAppsEndIsTheEnd() async throws {
        try await Serving.run { serving async throws in
            serving.host.answerSockets { (_, _) throws(HostError) in
                WebSocketResponse(protocols: [], outgoing: BufferedBytes([1, 2]))
            }
            let client = try RawClient(port: serving.port)
            await client.send(handshake(serving, serving.host.openSession()))
            #expect(await client.readHead()?.status == 101)
            #expect(await client.readToEnd() == "\u{1}\u{2}")
        }
    }

    @Test func aBrowserThatLeavesEndsBothWays() async throws {
        try await Serving.run { serving async throws in
            let silence = StreamingTests.Silence()
            let (ended, end) = AsyncStream.makeStream(of: Void.self)
            serving.host.answerSockets { (_, incoming) throws(HostError) in
                Task {
                    while (try? await incoming.next()) != nil {}
                    end.yield()
                }
                return WebSocketResponse(protocols: [], outgoing: silence)
            }
            let client = try RawClient(port: serving.port)
            await client.send(handshake(serving, serving.host.openSession()))
            #expect(await client.readHead()?.status == 101)
            client.shut()
            for await _ in silence.cancelled { break }
            for await _ in ended { break }
        }
    }

    @Test(arguments: [
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12", 426), ("dGhlIHNhbXBsZSBub25jZQ==", "short", 400),
        ("GET /", "POST /", 400),
        ("HTTP/1.1", "HTTP/1.0", 400), ("Cookie: ", "X: ", 403),
    ]) func badHandshakesAreRefused(_ good: String, _ bad: String, _ status: Int) async throws {
        try await Serving.run { serving async throws in
            let client = try RawClient(port: serving.port)
            await client.send(handshake(serving, serving.host.openSession()).replacing(good, with: bad))
            #expect(await client.reply()?.status == status)
        }
    }

    @Test func pagesOfOthersCannotOpenOne() async throws {
        try await Serving.run { serving async throws in
            for origin in ["null", "http://evil.test", serving.baseURL] {
                let client = try RawClient(port: serving.port)
                await client.send(handshake(serving, serving.host.openSession(), ["Origin: \(origin)"]))
                #expect(await client.reply()?.status == 403)
            }
        }
    }
}
