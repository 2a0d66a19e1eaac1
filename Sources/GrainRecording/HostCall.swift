import CapnProto

/// A call that the host made in a recording.
public struct HostCall: Sendable {
    /// The call among these whose results held the object that is called; nil for the app's first object.
    public let target: Int?
    public let interfaceID: UInt64
    public let ordinal: UInt16
    /// Calls among these that had no answer yet when this one was made.
    public let unanswered: Set<Int>
    /// What it carried, as a message in one segment.
    public let params: [UInt8]
}

extension Recording {
    /// Every call of the host, in order.
    /// - Throws: ``Mistake`` when a side says what is no message.
    public func hostCalls() throws(Mistake) -> [HostCall] {
        var collector = HostCallCollector()
        for piece in try messages() {
            do { try collector.take(ProtocolMessage(piece.bytes), isFromHost: piece.from == .host) } catch {
                throw Mistake(description: "a message cannot be read")
            }
        }
        return collector.calls
    }
}

/// Follows which call returned which object.
private struct HostCallCollector {
    var calls: [HostCall] = []
    /// By number of the host's question, and of the app's export: the call that returned the object.
    private var questions: [UInt32: Int] = [:]
    private var exports: [UInt32: Int] = [:]
    private var unanswered: Set<Int> = []

    mutating func take(_ message: ProtocolMessage, isFromHost: Bool) throws(MessageError) {
        switch message.kind {
        case .call where isFromHost:
            let target =
                message.importedTarget.flatMap { exports[$0] } ?? message.promisedTarget.flatMap { questions[$0] }
            let index = calls.count
            calls.append(
                HostCall(
                    target: target, interfaceID: message.interfaceID, ordinal: message.methodID,
                    unanswered: unanswered, params: try message.contentBytes()))
            questions[message.number] = index
            unanswered.insert(index)
        case .finish where isFromHost: questions[message.number] = nil
        case .return where !isFromHost:
            let call = questions[message.number]
            for export in message.exports { exports[export] = call }
            if let call { unanswered.remove(call) }
        case .resolve where !isFromHost:
            for export in message.exports { exports[export] = exports[message.number] }
        default: break
        }
    }
}

extension ProtocolMessage {
    /// What a Call carries, as a message of its own.
    fileprivate func contentBytes() throws(MessageError) -> [UInt8] {
        let builder = MessageBuilder()
        let reader = try MessageReader(flat.bytes, framing: .flat)
        let payload = try reader.root.structure().pointer(0).structure().pointer(1).structure()
        try builder.root.copy(payload.pointer(0))
        return builder.flatBytes
    }
}
