import Barchan
import Synchronization
import Testing

/// A client may close its direction and still read (RFC 9293, section 3.6): what it asked for as a whole is answered.
@Suite(.timeLimit(.minutes(10))) struct HalfClosedTests {
    /// Waits to be cancelled.
    private final class Never: Sendable {
        private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

        func wait() async {
            await withTaskCancellationHandler {
                for await _ in stream {}
            } onCancel: {
                continuation.finish()
            }
        }
    }

    private func request(
        _ serving: Serving, _ session: FakeSession, _ line: String, _ fields: String = "", _ body: String = ""
    ) -> String {
        "\(line) HTTP/1.1\r\nHost: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))\r\n\(fields)\r\n\(body)"
    }

    /// Says what it was sent.
    private static let echo: FakeHost.Handler = { (request, _) throws(HostError) in
        var body: [UInt8] = []
        if case .bytes(let bytes) = request.body { body = bytes }
        return WebResponse(.content(status: 200, WebContent(.bytes(Array("<\(request.path)>".utf8) + body))))
    }

    @Test func everyWholeRequestIsAnswered() async throws {
        try await Serving.run { serving async throws in
            serving.host.answer(Self.echo)
            let session = serving.host.openSession(), client = try RawClient(port: serving.port)
            let requests = [
                request(serving, session, "GET /one"),
                request(serving, session, "POST /two", "Content-Length: 5\r\n", "hello"),
                request(serving, session, "GET /three"),
            ]
            await client.send(requests.joined())
            client.endSending()
            let answers = await client.readToEnd()
            #expect(answers.split(separator: "HTTP/1.1 200 ").count == 3)
            #expect(["<one>", "<two>hello", "<three>"].allSatisfy { answers.contains($0) })
        }
    }

    @Test func ourOwnPagesAreSentToo() async throws {
        try await Serving.run { serving async throws in
            let client = try RawClient(port: serving.port)
            await client.send("GET /robots.txt HTTP/1.1\r\nHost: \(serving.shellHost)\r\n\r\n")
            client.endSending()
            #expect(await client.readToEnd().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func aLongAnswerComesWhole() async throws {
        try await Serving.run { serving async throws in
            let fountain = StreamingTests.Fountain(pieces: 300)
            serving.host.answer { (_, _) throws(HostError) in
                WebResponse(.content(status: 200, WebContent(.stream(fountain, length: 9_830_400))))
            }
            let client = try RawClient(port: serving.port)
            await client.send(request(serving, serving.host.openSession(), "GET /"))
            client.endSending()
            #expect(await client.readHead()?.status == 200)
            #expect(await client.readToEnd().utf8.count == 9_830_400)
        }
    }

    @Test(arguments: [
        "GET /half HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHOST\r\nContent-Length: 10\r\n\r\nfour",
        "POST / HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n",
    ]) func whatIsNotWholeIsNotPassedOn(_ text: String) async throws {
        try await Serving.run { serving async throws in
            let asked = Atomic(0)
            serving.host.answer { (request, client) throws(HostError) in
                if case .stream(let reader, _) = request.body { _ = try await reader.readAll(maximumBytes: 100) }
                asked.add(1, ordering: .relaxed)
                return try await Self.echo(request, client)
            }
            let session = serving.host.openSession(), client = try RawClient(port: serving.port)
            let fields = "Host: \(serving.grainHost(session))\r\nCookie: \(serving.cookie(session))"
            await client.send(text.replacing("HOST", with: fields))
            client.endSending()
            let answer = await client.readToEnd()
            #expect(!answer.contains("200 OK"))
            #expect(asked.load(ordering: .relaxed) == 0)
        }
    }

    /// A browser whose tab was closed looks the same.
    @Test func anAppIsNotKeptBusyForWhoWentAway() async throws {
        try await Serving.run { serving async throws in
            let (ended, signal) = AsyncStream.makeStream(of: Void.self)
            serving.host.answer { (_, _) throws(HostError) in
                await Never().wait()
                signal.yield()
                throw HostError(.cancelled, "answer: cancelled")
            }
            let client = try RawClient(port: serving.port)
            await client.send(request(serving, serving.host.openSession(), "GET /"))
            client.endSending()
            for await _ in ended { break }
            #expect(await client.readToEnd() == "")
        }
    }
}
