import Barchan
import HTTP1Server

extension Connection {
    /// Sends the answer; returns when the last byte is on its way or the client is gone.
    func send(_ answer: Answer, for exchange: Exchange) async {
        switch answer {
        case .response(let response):
            if !sendAtOnce(response, for: exchange) { await sendStream(response, for: exchange) }
        case .webSocket(let fields, let outgoing): await upgrade(exchange, fields, outgoing)
        }
    }

    /// Sends an answer whose body is at hand, or that nobody waits for any more.
    /// - Returns: False, having done nothing, when the body has to be pumped.
    func sendAtOnce(_ answer: Response, for exchange: Exchange) -> Bool {
        let response = exchange.fault.map { service.refusal($0, host: exchange.head.host, exchange.trace) } ?? answer
        guard phase == .exchange, current === exchange else {
            abandon(answer)
            return true
        }
        if case .stream = response.body, exchange.head.method != "HEAD" { return false }
        abandon(answer)
        if !exchange.head.keepsAlive || !exchange.taker.isOver { isLast = true }
        writeHead(of: response, head: exchange.head, length: nil)
        finish(exchange)
        return true
    }

    private func sendStream(_ response: Response, for exchange: Exchange) async {
        guard case .stream(let reader, let length) = response.body else { return }
        if !exchange.head.keepsAlive || !exchange.taker.isOver { isLast = true }
        // Without a length HTTP/1.0 knows the end of a body only by the end of the connection.
        let isChunked = length == nil && exchange.head.minorVersion == 1
        if length == nil && !isChunked { isLast = true }
        writeHead(of: response, head: exchange.head, length: length)
        let isComplete = await pump(reader, isChunked: isChunked, length: length)
        if isComplete { finish(exchange) } else { socket.close() }
    }

    /// Nobody will read the body.
    private func abandon(_ response: Response) {
        if case .stream(let reader, _) = response.body { reader.cancel() }
    }

    /// - Returns: Whether the client got all that it was promised.
    private func pump(_ reader: any ByteReader, isChunked: Bool, length: Int64?) async -> Bool {
        await withTaskCancellationHandler {
            var remaining = length
            do throws(HostError) {
                while let piece = try await reader.next() {
                    if let left = remaining {
                        guard Int64(piece.count) <= left else { break }
                        remaining = left - Int64(piece.count)
                    }
                    write(piece, isChunked: isChunked)
                    await untilWritable()
                    // Whoever still reads has another moment.
                    if socket.isInputOver, phase == .exchange { inputEnded() }
                    guard phase == .exchange else { break }
                }
            } catch { return false }
            guard phase == .exchange, remaining ?? 0 == 0 else {
                reader.cancel()
                return false
            }
            if isChunked { socket.send(Array("0\r\n\r\n".utf8)) }
            return true
        } onCancel: {
            reader.cancel()
        }
    }

    private func write(_ piece: [UInt8], isChunked: Bool) {
        guard isChunked, !piece.isEmpty else { return socket.send(piece) }
        var buffer: [UInt8] = []
        buffer.reserveCapacity(piece.count + 24)
        buffer.append(contentsOf: String(piece.count, radix: 16).utf8)
        buffer.append("\r\n")
        buffer.append(contentsOf: piece)
        buffer.append("\r\n")
        socket.send(buffer)
    }

    private func untilWritable() async {
        guard !socket.isWritable, phase == .exchange else { return }
        expect(.write, within: limits.stall)
        await withCheckedContinuation { writeWaiter = $0 }
        expectNothing()
    }

    func resumeWriter() {
        let waiter = writeWaiter
        writeWaiter = nil
        waiter?.resume()
    }

    private func upgrade(_ exchange: Exchange, _ fields: FieldBlock, _ outgoing: any ByteReader) async {
        guard phase == .exchange, current === exchange else { return outgoing.cancel() }
        var buffer: [UInt8] = []
        buffer.append("Upgrade: websocket\r\nConnection: Upgrade\r\n")
        buffer.append(contentsOf: fields.bytes)
        buffer.append("\r\n")
        socket.send(fields.common, between: StatusLine.protocols, and: buffer)
        exchange.isUpgraded = true
        isLast = true
        serveReader()
        _ = await pump(outgoing, isChunked: false, length: nil)
        abandonBody(of: exchange)
        finish(exchange)
    }

    /// Writes the head, and the body with it when it is at hand.
    func writeHead(of response: Response, head: CheckedHead?, length: Int64?) {
        current?.isAnswerBegun = true
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body { body = bytes }
        let isHead = head?.method == "HEAD"
        let attached = isHead || body.count > Self.attachedBodyBytes ? [] : body
        var buffer: [UInt8] = []
        buffer.reserveCapacity(response.fields.bytes.count + attached.count + 160)
        buffer.append(contentsOf: response.fields.bytes)
        loop.appendDateLine(to: &buffer)
        writeFraming(of: response, head: head, length: length, bodyBytes: body.count, to: &buffer)
        if isLast { buffer.append("Connection: close\r\n") }
        buffer.append("\r\n")
        buffer.append(contentsOf: attached)
        socket.send(response.fields.common, between: StatusLine.line(response.status), and: buffer)
        if !isHead, attached.isEmpty { socket.send(body) }
    }

    /// A body up to this long goes out with its head; a longer one is not copied for that.
    private static let attachedBodyBytes = 16_384

    private func writeFraming(
        of response: Response, head: CheckedHead?, length: Int64?, bodyBytes: Int, to buffer: inout [UInt8]
    ) {
        if response.status == 204 || response.status == 304 { return }
        switch response.body {
        case .none:
            // What a GET would carry is not known here (RFC 9110, section 8.6), and 0 could be a lie.
            if head?.method != "HEAD" { buffer.append("Content-Length: 0\r\n") }
        case .bytes:
            buffer.append("Content-Length: ")
            buffer.append(contentsOf: String(bodyBytes).utf8)
            buffer.append("\r\n")
        case .stream(_, let known):
            if let length = length ?? known {
                buffer.append(contentsOf: "Content-Length: \(length)\r\n".utf8)
            } else if head?.minorVersion == 1 {
                buffer.append("Transfer-Encoding: chunked\r\n")
            }
        }
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

/// Status codes with their names.
enum StatusLine {
    /// `HTTP/1.1 …` with its line end.
    static func line(_ status: Int) -> [UInt8] {
        status == 200 ? ok : Array("HTTP/1.1 \(status) \(name(status))\r\n".utf8)
    }

    private static let ok = Array("HTTP/1.1 200 OK\r\n".utf8)
    static let protocols = Array("HTTP/1.1 101 Switching Protocols\r\n".utf8)

    static func name(_ status: Int) -> String { names[status] ?? "Status" }

    private static let names: [Int: String] = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 205: "Reset Content", 206: "Partial Content",
        207: "Multi-Status", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
        410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request",
        422: "Unprocessable Content", 426: "Upgrade Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        502: "Bad Gateway",
        503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
        507: "Insufficient Storage",
    ]
}
