import CCapnpRPC
import CapnProto

/// A call under way. To be used on the loop's thread only.
///
/// It lives by itself until it returns or is cancelled.
final class RPCCall {
    private var handle: OpaquePointer?
    private var completion: ((Result<RPCMessage, RPCError>) -> Void)?
    private let loop: RPCLoop

    private init(on loop: RPCLoop, _ completion: @escaping (Result<RPCMessage, RPCError>) -> Void) {
        self.loop = loop
        self.completion = completion
    }

    /// Sends a call. `completion` comes once, on the loop's thread, unless the call is cancelled before.
    @discardableResult
    static func start<Params: StructSchema, Results: StructSchema>(
        _ method: Method<Params, Results>, on target: RPCCapability, _ params: MessageBuilder,
        capabilities: [RPCCapability] = [], _ completion: @escaping (Result<RPCMessage, RPCError>) -> Void
    ) -> RPCCall {
        withPayload(params, capabilities) { send(method.interfaceID, method.ordinal, on: target, $0, completion) }
    }

    /// The same for a message that is there already.
    static func send(
        _ interfaceID: UInt64, _ ordinal: UInt16, on target: RPCCapability, _ payload: UnsafePointer<bcr_payload>,
        _ completion: @escaping (Result<RPCMessage, RPCError>) -> Void
    ) -> RPCCall {
        let call = RPCCall(on: target.loop, completion)
        let context = Unmanaged.passRetained(call).toOpaque()
        call.handle = bcr_call_start(target.handle, interfaceID, ordinal, payload, RPCCall.returned, context)
        return call
    }

    private static let returned: bcr_on_return = { context, results, error in
        Unmanaged<RPCCall>.fromOpaque(unwrapped(context)).takeRetainedValue().finish(results, error)
    }

    private func finish(_ results: UnsafePointer<bcr_message>?, _ error: UnsafePointer<bcr_error>?) {
        let completion = completion
        self.completion = nil
        if let handle { bcr_call_free(handle) }
        handle = nil
        if let results {
            do { completion?(.success(try RPCMessage(results, on: loop))) } catch {
                completion?(.failure(RPCError(error)))
            }
        } else if let error {
            completion?(.failure(RPCError(error)))
        }
    }

    /// The capability in the results' first pointer fields along `path`, usable before they are there.
    func pipeline(_ path: [UInt16]) -> RPCCapability? {
        guard let handle else { return nil }
        return RPCCapability(owning: bcr_call_pipeline(handle, path, path.count), on: loop)
    }

    /// Nobody wants the answer any more; `completion` does not come. Harmless after it.
    func cancel() {
        guard let handle else { return }
        self.handle = nil
        completion = nil
        bcr_call_free(handle)
        // What the facade was given when the call started.
        Unmanaged.passUnretained(self).release()
    }
}
