import Barchan
import Synchronization

extension TransportConformance {
    /// What a transport promises about bodies and web sockets.
    static func streamChecks(_ start: @escaping StartApp) -> [Check] {
        [
            appCheck(
                start, "longAnswersArriveWhole", "a streamed answer arrives whole and in order", required: [.streaming]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let body = try await wholeBody(try await session.send(WebRequest(method: .get, path: "stream/3000000")))
                try require(body.count == 3_000_000, "\(body.count) of 3000000 bytes arrived")
                try require(body == pattern(3_000_000), "the bytes arrived in another order")
            },
            appCheck(start, "bodiesKeepTheirOrder", "a request body arrives in order") { connection in
                let session = try await connection.openWebSession(.somebody)
                for length in [Int64(300_000), nil] {
                    var request = WebRequest(method: .post, path: "echo")
                    request.body = .stream(Chunks(of: pattern(300_000)), length: length)
                    let body = try await wholeBody(try await session.send(request))
                    try require(body == pattern(300_000), "\(body.count) bytes came back, or in another order")
                }
            },
            appCheck(
                start, "bodiesThatGoWholeHaveALimit",
                "a body without end is refused where it would have to be held whole"
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let body = EndlessBody()
                var request = WebRequest(method: .patch, path: "length")
                request.body = .stream(body, length: nil)
                do {
                    let response = try await session.send(request)
                    throw ConformanceFailure("the answer is \(response.outcome)")
                } catch let error as HostError {
                    try require(error.code == .resourceExhausted, "the error is \(error)")
                }
                try await requireEcho("echo/after", session)
            },
            appCheck(
                start, "readersMayGiveUp", "a reader that gives up leaves the session usable", required: [.streaming]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                for _ in 0..<10 {
                    let reader = try await stream(try await session.send(WebRequest(method: .get, path: "endless")))
                    try require(try await reader.next()?.isEmpty == false, "a chunk is empty")
                    reader.cancel()
                    reader.cancel()
                    try require(try await reader.next() == nil, "a cancelled stream goes on")
                }
                try await requireEcho("echo/after", session)
            },
            appCheck(
                start, "slowReadersHoldOnlyTheirOwnStream", "a stream nobody reads does not stop other requests",
                required: [.streaming, .boundedMemory]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let unread = try await stream(try await session.send(WebRequest(method: .get, path: "endless")))
                for number in 0..<100 { try await requireEcho("echo/\(number)", session) }
                unread.cancel()
            },
            appCheck(
                start, "brokenStreamsAreNotEnds", "a stream that breaks off throws, also at every later call",
                required: [.streaming]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let reader = try await stream(try await session.send(WebRequest(method: .get, path: "endless")))
                await connection.close()
                try await requireError(.disconnected) { while try await reader.next() != nil {} }
                try await requireError(.disconnected) { _ = try await reader.next() }
            },
            appCheck(start, "longBodiesArriveWhole", "a request body of any length arrives whole") { connection in
                let session = try await connection.openWebSession(.somebody)
                for count in [0, 1, 65535, 65536, 1_000_000] {
                    try await requireLength(count, .bytes([UInt8](repeating: 1, count: count)), session)
                    let chunks = Chunks(count)
                    try await requireLength(count, .stream(chunks, length: Int64(count)), session)
                    try await requireLength(count, .stream(Chunks(count), length: nil), session)
                }
            },
            appCheck(
                start, "webSocketsPass", "a web socket carries bytes both ways to the end", required: [.webSockets]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let opened = try await session.openWebSocket(WebSocketRequest(path: "echo"), incoming: Chunks(100_000))
                let count = try await opened.outgoing.readAll(maximumBytes: 1 << 20).count
                try require(count == 100_000, "\(count) of 100000 bytes came back")
            },
        ]
    }

    private static func stream(_ response: WebResponse) async throws -> any ByteReader {
        guard case .content(_, let content) = response.outcome, case .stream(let reader, _) = content.body else {
            throw ConformanceFailure("the answer is not streamed: \(response.outcome)")
        }
        return reader
    }

    private static func requireLength(_ count: Int, _ body: RequestBody, _ session: any WebSession) async throws {
        var request = WebRequest(method: .post, path: "length")
        request.body = body
        let answer = String(decoding: try await wholeBody(try await session.send(request)), as: UTF8.self)
        try require(answer == "\(count)", "the app got \(answer) of \(count) bytes")
    }
}

extension TransportConformance {
    /// Bytes whose order shows: each is its position modulo 251, a prime.
    public static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }
}

/// Bytes in pieces of 10,000.
private final class Chunks: ByteReader, @unchecked Sendable {
    // One caller at a time.
    private var left: ArraySlice<UInt8>

    init(_ count: Int) { left = [UInt8](repeating: 2, count: count)[...] }
    init(of bytes: [UInt8]) { left = bytes[...] }

    func next() async throws(HostError) -> [UInt8]? {
        guard !left.isEmpty else { return nil }
        defer { left = left.dropFirst(10_000) }
        return Array(left.prefix(10_000))
    }

    func cancel() { left = [] }
}

/// A body that somebody has to refuse.
private final class EndlessBody: ByteReader, @unchecked Sendable {
    private let isCancelled = Atomic(false)

    func next() async throws(HostError) -> [UInt8]? {
        isCancelled.load(ordering: .relaxed) ? nil : [UInt8](repeating: 4, count: 1 << 20)
    }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }
}
