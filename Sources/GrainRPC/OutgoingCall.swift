import CCapnpRPC
import CapnProto

/// A call to somebody else. Stays alive by itself until it has returned or is cancelled.
public final class OutgoingCall {
    public typealias Completion = (Result<ReceivedMessage, CallFailure>) -> Void

    private var handle: OpaquePointer?
    private var completion: Completion?

    /// - Parameter completion: Comes once, on a later turn of the loop, unless the call is cancelled.
    @discardableResult
    public init<Params, Results>(
        _ target: Capability, _ method: Method<Params, Results>, _ payload: Payload, _ completion: @escaping Completion
    ) {
        self.completion = completion
        let context = Unmanaged.passRetained(self).toOpaque()
        handle = payload.withWire {
            bcr_call_start(
                target.handle, method.interfaceID, method.ordinal, $0,
                { context, results, error in
                    guard let context else { return }
                    let call = Unmanaged<OutgoingCall>.fromOpaque(context).takeRetainedValue()
                    call.returned(results, error)
                }, context)
        }
    }

    /// The capability at a path of pointer fields in the results, usable before they are there.
    public func pipelined(_ path: [UInt16]) -> Capability? {
        guard let handle else { return nil }
        return Capability(owning: bcr_call_pipeline(handle, path, path.count))
    }

    /// Nothing is told of it any more. Harmless when it has returned.
    public func cancel() {
        guard let handle else { return }
        self.handle = nil
        completion = nil
        bcr_call_free(handle)
        Unmanaged.passUnretained(self).release()
    }

    private func returned(_ results: UnsafePointer<bcr_message>?, _ error: UnsafePointer<bcr_error>?) {
        defer {
            if let handle { bcr_call_free(handle) }
            handle = nil
        }
        guard let completion else { return }
        self.completion = nil
        completion(Self.outcome(results, error))
    }

    private static func outcome(
        _ results: UnsafePointer<bcr_message>?, _ error: UnsafePointer<bcr_error>?
    ) -> Result<ReceivedMessage, CallFailure> {
        if let error { return .failure(CallFailure(error)) }
        guard let results else { return .failure(CallFailure(bcr_failed, "the call returned nothing")) }
        do { return .success(try ReceivedMessage(results)) } catch { return .failure(error) }
    }
}
