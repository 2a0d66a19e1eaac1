/// How the body of a request is delimited.
public enum RequestFraming: Sendable, Equatable {
    case none
    case length(Int64)
    case chunked
}

/// The head of one request, checked.
///
/// Fields stay bytes until somebody asks: most requests carry a dozen that nobody reads.
public final class CheckedHead: @unchecked Sendable {
    // Changed only before its parser hands it out.

    public internal(set) var method = ""
    /// `/path?query` as it was sent, or `*`.
    public internal(set) var target = ""
    /// 0 or 1: the digit behind `HTTP/1.`.
    public internal(set) var minorVersion: UInt8 = 1
    /// Lower case, with the port if there is one.
    public internal(set) var host = ""
    public internal(set) var framing = RequestFraming.none
    public internal(set) var expectsContinue = false
    public internal(set) var keepsAlive = true
    /// `Upgrade: websocket` with `Connection: upgrade`; the other fields of a handshake are not checked.
    public internal(set) var asksForWebSocket = false

    /// The request's own bytes, with field names in lower case.
    var bytes: [UInt8]
    var fields: [Field] = []

    struct Field {
        var name: Range<Int>
        var value: Range<Int>
    }

    init(bytes: [UInt8]) { self.bytes = bytes }
}

extension CheckedHead {
    /// The values of a field in order.
    /// - Parameter name: Lower case.
    public func values(of name: StaticString) -> [String] {
        var found: [String] = []
        for field in fields where isNamed(field, name) { found.append(text(field.value)) }
        return found
    }

    /// The value of a field; several are joined with `separator`. Nil when it is absent.
    /// - Parameter name: Lower case.
    public func value(of name: StaticString, joinedBy separator: String = ", ") -> String? {
        var result: String?
        for field in fields where isNamed(field, name) {
            result = result.map { $0 + separator + text(field.value) } ?? text(field.value)
        }
        return result
    }

    /// - Parameter name: Lower case.
    public func contains(_ name: StaticString) -> Bool { fields.contains { isNamed($0, name) } }

    /// Fields whose lower-case name satisfies `isWanted`; the name is given as bytes so that no text is made in vain.
    public func fields(where isWanted: (ArraySlice<UInt8>) -> Bool) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        for field in fields where isWanted(bytes[field.name]) { found.append((text(field.name), text(field.value))) }
        return found
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func isNamed(_ field: Field, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard field.name.count == count else { return false }
        for offset in 0..<count where bytes[field.name.lowerBound + offset] != name.utf8Start[offset] { return false }
        return true
    }
}

extension CheckedHead {
    /// The values of a field as bytes, in order.
    /// - Parameter name: Lower case.
    public func bytes(of name: StaticString) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        for field in fields where isNamed(field, name) { found.append(bytes[field.value]) }
        return found
    }
}
