import CCapnpRPC

/// Something that others can call through a capability.
public protocol RPCObject: AnyObject {
    /// `params` is good only until this returns. Answer now or later.
    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure)

    /// No reference is left.
    func dropped()
}

extension RPCObject {
    public func dropped() {}
}

extension Capability {
    /// A capability to an object of ours. The object lives at least as long as somebody refers to it.
    public convenience init(to object: any RPCObject, on loop: EventLoop) {
        let context = Unmanaged.passRetained(ObjectBox(object)).toOpaque()
        self.init(owning: bcr_server_create(loop.handle, false, ObjectBox.onCall, ObjectBox.onDrop, context))
    }
}

/// What the C side refers to.
private final class ObjectBox {
    let object: any RPCObject

    init(_ object: any RPCObject) { self.object = object }

    static let onCall: bcr_on_call = { context, incoming, interfaceID, ordinal, message in
        guard let context else { return }
        let object = Unmanaged<ObjectBox>.fromOpaque(context).takeUnretainedValue().object
        let call = IncomingCall(incoming, interfaceID: interfaceID, ordinal: ordinal)
        do throws(CallFailure) {
            try object.receive(call, try ReceivedMessage(message))
        } catch {
            call.fail(error)
        }
    }

    static let onDrop: bcr_task = { context in
        guard let context else { return }
        Unmanaged<ObjectBox>.fromOpaque(context).takeRetainedValue().object.dropped()
    }
}

/// A capability that is not known yet: calls on it wait.
public final class CapabilityPromise {
    public let capability: Capability
    private var fulfiller: OpaquePointer?

    public init(on loop: EventLoop) {
        capability = Capability(owning: bcr_promise_create(loop.handle, &fulfiller))
    }

    deinit { reject(CallFailure(bcr_failed, "the object never came to be")) }

    public func resolve(_ capability: Capability) {
        guard let fulfiller else { return }
        self.fulfiller = nil
        bcr_fulfiller_resolve(fulfiller, capability.handle)
    }

    public func reject(_ failure: CallFailure) {
        guard let fulfiller else { return }
        self.fulfiller = nil
        bcr_fulfiller_reject(fulfiller, failure.kind, failure.text)
    }
}

extension CallFailure {
    /// The caller may fall back on this.
    public static func unimplemented(_ call: IncomingCall) -> CallFailure {
        CallFailure(
            bcr_unimplemented,
            "method \(call.ordinal) of interface 0x\(String(call.interfaceID, radix: 16)) is not implemented")
    }

    public static func failed(_ text: String) -> CallFailure { CallFailure(bcr_failed, text) }
    public static func disconnected(_ text: String) -> CallFailure { CallFailure(bcr_disconnected, text) }
}
