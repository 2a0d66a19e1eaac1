import Barchan
import CapnProto

/// An object of the host that a grain may call. On the loop's thread only.
protocol HostObject: AnyObject {
    /// Answers the call, now or later. What it throws is the answer.
    func receive(_ call: HostCall) throws

    /// Says what a token for it would stand for.
    func save(_ completion: @escaping (Result<SavedObject, RPCError>) -> Void)

    /// No reference is left.
    func dropped()
}

extension HostObject {
    func save(_ completion: @escaping (Result<SavedObject, RPCError>) -> Void) {
        completion(.failure(RPCError(.failed, "this object of the host cannot be saved")))
    }

    func dropped() {}
}

/// A call on a host's object.
struct HostCall {
    let interfaceID: UInt64
    let ordinal: UInt16
    let params: RPCMessage
    let incoming: RPCIncoming

    func isCall<Params, Results>(of method: Method<Params, Results>) -> Bool {
        interfaceID == method.interfaceID && ordinal == method.ordinal
    }

    /// The answer to a method that this host does not have.
    func unimplemented(_ name: String) -> RPCError {
        RPCError(.unimplemented, "\(name) method \(ordinal) is not implemented by this host")
    }
}

extension RPCError {
    /// Any error as a grain is told of it.
    init(answering error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as HostError: self.init(Kind(error.code), error.message)
        case let error as MessageError: self.init(error)
        default: self.init(.failed, "\(error)")
        }
    }
}

extension RPCError.Kind {
    fileprivate init(_ code: HostError.Code) {
        switch code {
        case .disconnected: self = .disconnected
        case .unsupported: self = .unimplemented
        case .resourceExhausted: self = .overloaded
        default: self = .failed
        }
    }
}
