import Barchan

extension RPCError {
    /// This error at the boundary. `attempt` says what was tried, on what.
    func hostError(_ attempt: String) -> HostError {
        switch kind {
        case .disconnected: HostError(.disconnected, "\(attempt): the grain is gone: \(text)")
        case .unimplemented: HostError(.unsupported, "\(attempt): the app does not know this: \(text)")
        case .overloaded: HostError(.resourceExhausted, "\(attempt): the app takes no request now: \(text)")
        case .failed: HostError(.failed, "\(attempt): the app says: \(text)")
        }
    }

    /// Apps say "unknown method" with this kind, or, older ones, in these words.
    var meansNotImplemented: Bool {
        if kind == .unimplemented { return true }
        guard kind == .failed else { return false }
        let words = text.lowercased()
        return ["not implemented", "unimplemented"].contains { words.hasPart($0) }
    }
}

extension String {
    /// Whether `part` occurs in this text.
    func hasPart(_ part: String) -> Bool {
        let text = Array(utf8), wanted = Array(part.utf8)
        guard text.count >= wanted.count else { return false }
        return (0...(text.count - wanted.count)).contains { text[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
