import CCapnpRPC
import CapnProto

/// A call from somebody else. It is answered once; one that is forgotten fails.
public final class IncomingCall {
    public let interfaceID: UInt64
    public let ordinal: UInt16
    private var handle: OpaquePointer?
    private var onCancel: (() -> Void)?

    public init(_ handle: OpaquePointer, interfaceID: UInt64, ordinal: UInt16) {
        self.handle = handle
        self.interfaceID = interfaceID
        self.ordinal = ordinal
    }

    deinit { if let handle { bcr_incoming_fail(handle, bcr_failed, "the call was not answered") } }

    public func isCall<Params, Results>(of method: Method<Params, Results>) -> Bool {
        interfaceID == method.interfaceID && ordinal == method.ordinal
    }

    public func reply(_ payload: Payload) {
        guard let handle else { return }
        finish()
        payload.withWire { bcr_incoming_reply(handle, $0) }
    }

    /// Answers with an empty struct.
    public func reply() {
        guard let handle else { return }
        finish()
        bcr_incoming_reply(handle, nil)
    }

    public func fail(_ failure: CallFailure) {
        guard let handle else { return }
        finish()
        bcr_incoming_fail(handle, failure.kind, failure.text)
    }

    /// `action` comes at most once, when the caller wants no answer any more; it is to be answered nevertheless.
    public func whenCancelled(_ action: @escaping () -> Void) {
        guard let handle else { return }
        onCancel = action
        let context = Unmanaged.passUnretained(self).toOpaque()
        bcr_incoming_on_cancel(
            handle,
            { context in
                guard let context else { return }
                let call = Unmanaged<IncomingCall>.fromOpaque(context).takeUnretainedValue()
                let action = call.onCancel
                call.onCancel = nil
                action?()
            }, context)
    }

    private func finish() {
        handle = nil
        onCancel = nil
    }
}
