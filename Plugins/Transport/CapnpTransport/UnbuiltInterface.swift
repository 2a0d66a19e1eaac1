import Barchan

/// An interface that the host offers and does not fill yet: every method answers that it is unknown, which apps take as
/// "this host cannot do that".
final class UnbuiltInterface: RPCServer {
    private let name: String

    init(_ name: String) { self.name = name }

    func called(_ interfaceID: UInt64, _ method: UInt16, _ params: RPCMessage, _ incoming: RPCIncoming) {
        incoming.fail(RPCError(.unimplemented, "\(name) method \(method) is not implemented by this host"))
    }
}
