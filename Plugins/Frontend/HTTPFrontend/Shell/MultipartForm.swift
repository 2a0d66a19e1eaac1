import Barchan

/// A multipart/form-data body, read part by part as it arrives. What is held is bounded by one chunk, the delimiter and one
/// part's header.
final class MultipartForm: @unchecked Sendable {
    struct Part: Sendable {
        var name: String
        /// Nil for a field that is no file.
        var fileName: String?
        var body: any ByteReader
    }

    private enum Position { case preamble, inPart, betweenParts, over }

    private let source: any ByteReader
    private let delimiter: [UInt8]
    private var buffer: [UInt8]
    private var position = Position.preamble
    private static let headerBytes = 8192

    init(_ source: any ByteReader, contentType: String) throws(HostError) {
        guard let boundary = MultipartForm.boundary(of: contentType) else {
            throw HostError(.invalidArgument, "The form does not say where its parts begin (boundary).")
        }
        self.source = source
        delimiter = Array("\r\n--\(boundary)".utf8)
        // So that the first delimiter is found like the others.
        buffer = [0x0d, 0x0a]
    }

    private static func boundary(of contentType: String) -> String? {
        for parameter in contentType.split(separator: ";").dropFirst() {
            let pair = parameter.drop { $0 == " " }
            guard pair.lowercased().hasPrefix("boundary=") else { continue }
            var value = pair.dropFirst(9)
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count > 1 { value = value.dropFirst().dropLast() }
            return (1...70).contains(value.utf8.count) ? String(value) : nil
        }
        return nil
    }

    /// The next part; what is left of the one before is skipped. Nil behind the last.
    func nextPart() async throws(HostError) -> Part? {
        while position == .preamble || position == .inPart { _ = try await nextPiece() }
        guard position == .betweenParts else { return nil }
        let lines = try await header()
        guard let lines else {
            position = .over
            return nil
        }
        position = .inPart
        let disposition = lines.first { $0.lowercased().hasPrefix("content-disposition:") } ?? ""
        return Part(
            name: MultipartForm.parameter("name", of: disposition) ?? "",
            fileName: MultipartForm.parameter("filename", of: disposition), body: PartReader(self))
    }

    /// Bytes of the current part, or nil at its end.
    fileprivate func nextPiece() async throws(HostError) -> [UInt8]? {
        while position == .preamble || position == .inPart {
            if let start = find(delimiter) {
                let piece = Array(buffer[..<start])
                buffer.removeFirst(start + delimiter.count)
                position = .betweenParts
                return piece.isEmpty ? nil : piece
            }
            // The end may be the beginning of the delimiter.
            let safe = buffer.count - delimiter.count
            if safe > 0 {
                let piece = Array(buffer[..<safe])
                buffer.removeFirst(safe)
                return piece
            }
            try await fill()
        }
        return nil
    }

    fileprivate func cancel() { source.cancel() }

    private func fill() async throws(HostError) {
        guard let more = try await source.next() else {
            throw HostError(.invalidArgument, "The form ends in the middle of a part.")
        }
        buffer.append(contentsOf: more)
    }

    /// The lines between a delimiter and a part's body; nil behind the last part.
    private func header() async throws(HostError) -> [String]? {
        while buffer.count < 2 { try await fill() }
        if buffer.starts(with: [0x2d, 0x2d]) { return nil }
        while true {
            if let end = find([0x0d, 0x0a, 0x0d, 0x0a]) {
                let text = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 4)
                return text.unicodeScalars.split(separator: "\n").map { String($0).filter { $0 != "\r" } }
            }
            guard buffer.count <= MultipartForm.headerBytes else {
                throw HostError(
                    .invalidArgument, "A part of the form has a header of more than \(MultipartForm.headerBytes) bytes."
                )
            }
            try await fill()
        }
    }

    private func find(_ pattern: [UInt8]) -> Int? {
        guard buffer.count >= pattern.count, let first = pattern.first else { return nil }
        var index = 0
        let last = buffer.count - pattern.count
        while index <= last {
            if buffer[index] == first, buffer[index..<(index + pattern.count)].elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }

    private static func parameter(_ name: String, of disposition: String) -> String? {
        for part in disposition.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == name else { continue }
            return pair[1].filter { $0 != "\"" }
        }
        return nil
    }
}

private final class PartReader: ByteReader {
    private let form: MultipartForm
    init(_ form: MultipartForm) { self.form = form }
    func next() async throws(HostError) -> [UInt8]? { try await form.nextPiece() }
    func cancel() { form.cancel() }
}
