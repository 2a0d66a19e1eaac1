import Barchan
import HTTP1Server

extension RequestMapping {
    /// The body as the method takes it.
    /// - Parameter maximumBytes: For methods whose body crosses the wire whole.
    func body(_ body: RequestBody, for method: WebRequest.Method, maximumBytes: Int) async throws(RequestFault)
        -> RequestBody
    {
        switch method {
        case .get, .head, .delete, .options, .copy, .move, .unlock: return .none
        case .post, .put:
            if case .none = body { return .bytes([]) }
            return body
        case .patch, .mkcol: return .bytes(try await whole(body, maximumBytes))
        case .propfind, .proppatch, .lock, .acl, .report:
            return .bytes(try xml(try await whole(body, maximumBytes), maximumBytes))
        @unknown default: return body
        }
    }

    /// How much room the body may need, beyond what every request has.
    func heldBytes(_ body: RequestBody, for method: WebRequest.Method, maximumBytes: Int) -> Int {
        guard method.takesBodyWhole else { return 0 }
        let expanded = method.takesXML && head.contains("content-encoding") ? maximumBytes : 0
        guard case .stream(_, let length) = body else { return expanded }
        return expanded + Int(min(length ?? .max, Int64(maximumBytes)))
    }

    /// The same for a body that is at hand and needs no check; nil for others.
    func shortBody(_ body: RequestBody, for method: WebRequest.Method) -> RequestBody? {
        switch (method, body) {
        case (.get, .none), (.head, .none), (.delete, .none), (.options, .none): RequestBody.none
        case (.post, .none), (.put, .none): .bytes([])
        case (.post, .bytes), (.put, .bytes), (.patch, .bytes): body
        default: nil
        }
    }

    private func whole(_ body: RequestBody, _ maximumBytes: Int) async throws(RequestFault) -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .stream(let reader, let length):
            let tooLong = RequestFault(
                413, "The body is longer than the \(maximumBytes) bytes allowed for \(head.method).")
            if let length, length > maximumBytes { throw tooLong }
            do throws(HostError) {
                return try await reader.readAll(maximumBytes: maximumBytes)
            } catch {
                throw error.code == .resourceExhausted ? tooLong : RequestFault(400, "The body did not arrive whole.")
            }
        @unknown default: return []
        }
    }

    /// An app gets XML as the text it is, whatever it was packed in.
    private func xml(_ bytes: [UInt8], _ maximumBytes: Int) throws(RequestFault) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        let type = (head.value(of: "content-type") ?? "").lowercased().split(separator: ";").first ?? ""
        let name = type.filter { $0 != " " }
        guard name == "application/xml" || name == "text/xml" else {
            throw RequestFault(415, "The body of \(head.method) has to be XML.")
        }
        switch head.value(of: "content-encoding")?.lowercased() {
        case nil, "identity": return bytes
        case "gzip", "x-gzip":
            do throws(GzipBody.Mistake) { return try GzipBody.expand(bytes, maximumBytes: maximumBytes) } catch {
                throw error == .tooLong
                    ? RequestFault(413, "The expanded body is longer than the \(maximumBytes) bytes allowed.")
                    : RequestFault(400, "The body is not what gzip makes.")
            }
        default: throw RequestFault(415, "The body of \(head.method) is compressed in another way than with gzip.")
        }
    }
}

extension WebRequest.Method {
    /// Whether its body crosses the wire in one piece, however long it is.
    var takesBodyWhole: Bool {
        switch self {
        case .patch, .mkcol: true
        default: takesXML
        }
    }

    /// Whether its body is XML, which crosses the wire as it is, never compressed.
    var takesXML: Bool {
        switch self {
        case .propfind, .proppatch, .lock, .acl, .report: true
        default: false
        }
    }
}
