import Glibc

/// Finds and reads request heads as strictly as RFC 9112 allows: what two parsers could read differently is refused.
///
/// Lines end with CR LF, fields are not folded, nothing stands between a name and its colon, there is one Host, and a
/// body is delimited in exactly one way.
public struct HeadParser: Sendable {
    private let limits: RequestLimits
    private var scanned = 0
    private var lineStart = 0
    private var lines = 0

    public init(limits: RequestLimits = RequestLimits()) { self.limits = limits }

    /// Looks for a whole head at the start of `input`.
    ///
    /// Call again with the same bytes and more behind them; only the new ones are looked at.
    /// - Returns: The number of bytes that ``parse(_:)`` wants, or nil when more are needed.
    public mutating func endOfHead(in input: UnsafeRawBufferPointer) throws(RequestFault) -> Int? {
        while let lineFeed = HeadParser.lineFeed(in: input, from: scanned) {
            guard lineFeed > lineStart, input[lineFeed - 1] == 0x0d else {
                throw RequestFault(400, "A line of the request ends without a carriage return.")
            }
            let isEmpty = lineFeed == lineStart + 1
            scanned = lineFeed + 1
            lineStart = scanned
            // One empty line before the request is what careless clients leave behind a body.
            if isEmpty && lines > 0 { return try finish(at: scanned, in: input) }
            if isEmpty && lineFeed > 1 { throw RequestFault(400, "The request starts with empty lines.") }
            lines += isEmpty ? 0 : 1
            if lines > limits.fields + 1 {
                throw RequestFault(431, "The request has more than \(limits.fields) fields.")
            }
        }
        scanned = input.count
        try checkSize(input)
        return nil
    }

    private func checkSize(_ input: UnsafeRawBufferPointer) throws(RequestFault) {
        if lines == 0 && input.count > limits.targetBytes + 64 {
            throw RequestFault(414, "The address is longer than \(limits.targetBytes) bytes.")
        }
        if input.count > limits.headBytes { throw .overlong(input, limit: limits.headBytes) }
    }

    private mutating func finish(at end: Int, in input: UnsafeRawBufferPointer) throws(RequestFault) -> Int {
        if end > limits.headBytes {
            throw .overlong(UnsafeRawBufferPointer(rebasing: input[..<end]), limit: limits.headBytes)
        }
        scanned = 0
        lineStart = 0
        lines = 0
        return end
    }

    private static func lineFeed(in input: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < input.count, let base = input.baseAddress else { return nil }
        guard let found = memchr(base + start, 0x0a, input.count - start) else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }

    /// Reads a head that ``endOfHead(in:)`` found.
    public func parse(_ bytes: [UInt8]) throws(RequestFault) -> CheckedHead {
        let head = CheckedHead(bytes: bytes)
        var position = bytes.starts(with: [0x0d, 0x0a]) ? 2 : 0
        let requestLine = try line(at: position, of: bytes)
        try readRequestLine(requestLine, into: head)
        position = requestLine.upperBound + 2
        head.fields.reserveCapacity(16)
        while true {
            let range = try line(at: position, of: bytes)
            if range.isEmpty { break }
            head.fields.append(try readField(range, of: &head.bytes))
            position = range.upperBound + 2
        }
        try head.interpret()
        return head
    }

    /// The line that starts at `position`, without its end.
    private func line(at position: Int, of bytes: [UInt8]) throws(RequestFault) -> Range<Int> {
        var index = position
        while index < bytes.count, bytes[index] != 0x0d { index += 1 }
        guard index + 1 < bytes.count, bytes[index + 1] == 0x0a else {
            throw RequestFault(400, "The request holds a carriage return that ends no line.")
        }
        return position..<index
    }

    private func readRequestLine(_ line: Range<Int>, into head: CheckedHead) throws(RequestFault) {
        let bytes = head.bytes
        guard let first = bytes[line].firstIndex(of: 0x20), let last = bytes[line].lastIndex(of: 0x20), first < last
        else {
            throw RequestFault(400, "The request line is not a method, an address and a version.")
        }
        guard first > line.lowerBound, first - line.lowerBound <= 32,
            bytes[line.lowerBound..<first].allSatisfy(isTokenByte)
        else { throw RequestFault(400, "The method is not a word.") }
        guard last - first - 1 <= limits.targetBytes else {
            throw RequestFault(414, "The address is longer than \(limits.targetBytes) bytes.")
        }
        head.minorVersion = try readVersion(bytes[(last + 1)..<line.upperBound])
        head.method = head.text(line.lowerBound..<first)
        head.target = head.text((first + 1)..<last)
        guard bytes[(first + 1)..<last].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x23 }), first + 1 < last else {
            throw RequestFault(400, "The address holds a character that has to be percent-encoded.")
        }
    }

    private func readVersion(_ bytes: ArraySlice<UInt8>) throws(RequestFault) -> UInt8 {
        if bytes.elementsEqual("HTTP/1.1".utf8) { return 1 }
        if bytes.elementsEqual("HTTP/1.0".utf8) { return 0 }
        let isVersion = bytes.count == 8 && bytes.starts(with: "HTTP/".utf8) && bytes.last.map(isDigit) == true
        throw isVersion
            ? RequestFault(505, "This server speaks HTTP/1.1.")
            : RequestFault(400, "The request line has no HTTP version.")
    }

    private func readField(_ line: Range<Int>, of bytes: inout [UInt8]) throws(RequestFault) -> CheckedHead.Field {
        var colon = line.lowerBound
        while colon < line.upperBound, isTokenByte(bytes[colon]) {
            if bytes[colon] >= 0x41 && bytes[colon] <= 0x5a { bytes[colon] |= 0x20 }
            colon += 1
        }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == 0x3a else {
            throw RequestFault(400, "A field's name is not a word followed by a colon, or the field is folded.")
        }
        var start = colon + 1
        var end = line.upperBound
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        for index in start..<end where !isFieldByte(bytes[index]) {
            throw RequestFault(400, "A field's value holds a control character.")
        }
        return CheckedHead.Field(name: line.lowerBound..<colon, value: start..<end)
    }
}

func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e, 0x5f, 0x60, 0x7c, 0x7e: true
    default: false
    }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
func isFieldByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 0x09 }
