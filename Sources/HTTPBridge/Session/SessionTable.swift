import CapnProto

/// What is kept of an open session for the app's own questions about it.
final class SessionRecord {
    let context: Capability?
    /// What is asked for, in a session that chooses something to grant.
    var request: SavedPointer?
    /// What is offered, in a session that receives something.
    var offer: Capability?
    var offerDescriptor: SavedPointer?

    init(context: Capability?) { self.context = context }
}

/// The open sessions by the number that the app sees in X-Sandstorm-Session-Id.
final class SessionTable {
    private var records: [String: SessionRecord] = [:]
    private var next = 0

    subscript(number: String) -> SessionRecord? { records[number] }

    /// Numbers count from 0 and come once in a run.
    func nextNumber() -> String {
        defer { next += 1 }
        return String(next)
    }

    func insert(_ record: SessionRecord, _ number: String) { records[number] = record }
    func remove(_ number: String) { records[number] = nil }
}

/// A part of a message that outlives it, with its capabilities.
struct SavedPointer {
    /// The part by itself.
    let payload: Payload

    init(_ pointer: PointerReader, of message: ReceivedMessage) throws {
        var capabilities: [UInt32: UInt32] = [:]
        var payload = Payload()
        try payload.message.root.copy(pointer) { index in
            if let known = capabilities[index] { return known }
            guard let capability = message.capability(index) else { return nil }
            let place = payload.index(of: capability)
            capabilities[index] = place
            return place
        }
        self.payload = payload
    }

    /// Copies the part into a message to be sent.
    func copy(to target: PointerBuilder, in sent: inout Payload) throws {
        let source = try MessageReader(payload.message.flatBytes, framing: .flat)
        let places = payload.capabilities.map { sent.index(of: $0) }
        try target.copy(source.root) { places.indices.contains(Int($0)) ? places[Int($0)] : nil }
    }
}
