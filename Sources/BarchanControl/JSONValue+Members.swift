import Barchan
import JSON

/// Members of a request that may be left out. One that cannot be read is refused: what it would have limited happens otherwise.
extension JSONValue {
    /// - Throws: ``HostError`` `.invalidArgument` for anything but an integer that is not negative.
    func optionalNumber(_ name: String) throws(HostError) -> Int64? {
        guard let value = self[name], value != .null else { return nil }
        guard let number = value.number, number >= 0 else { throw .unreadable(name, "an integer, 0 or more") }
        return number
    }

    /// - Throws: ``HostError`` `.invalidArgument` for anything but a text.
    func optionalText(_ name: String) throws(HostError) -> String? {
        guard let value = self[name], value != .null else { return nil }
        guard let text = value.text else { throw .unreadable(name, "a text") }
        return text
    }

    /// False when it is left out.
    /// - Throws: ``HostError`` `.invalidArgument` for anything but true or false.
    func flag(_ name: String) throws(HostError) -> Bool {
        guard let value = self[name], value != .null else { return false }
        guard case .boolean(let flag) = value else { throw .unreadable(name, "true or false") }
        return flag
    }
}

extension HostError {
    static func unreadable(_ member: String, _ wanted: String) -> HostError {
        HostError(.invalidArgument, "ask the host: '\(member)' of the request has to be \(wanted)")
    }
}
