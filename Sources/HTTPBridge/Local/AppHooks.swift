import CCapnpRPC
import CapnProto
import GrainSchemas

/// What the app answers itself instead of the bridge, when its package says so.
final class AppHooks {
    private let promise: CapabilityPromise

    init(on loop: EventLoop) { promise = CapabilityPromise(on: loop) }

    /// The app has connected. Calls made before waited for this.
    func connected(_ hooks: Capability) { promise.resolve(hooks) }

    /// The app's view info; the configured one when it has none of its own.
    func getViewInfo(_ call: IncomingCall, otherwise configured: Payload) {
        OutgoingCall(promise.capability, Wire.AppHooks.Methods.getViewInfo, Payload()) { result in
            switch result {
            case .success(let message): Self.forward(message, to: call)
            case .failure(let failure) where failure.kind == bcr_unimplemented: call.reply(configured)
            case .failure(let failure): call.fail(failure)
            }
        }
    }

    /// Brings back an object that the app saved earlier.
    /// - Parameter id: A part of `params`.
    func restore(_ id: PointerReader, _ call: IncomingCall, _ params: ReceivedMessage) throws {
        var payload = Payload()
        let request = payload.message.initRoot(Wire.AppHooks.RestoreParams.self)
        try SavedPointer(id, of: params).copy(to: request.initObjectId(), in: &payload)
        OutgoingCall(promise.capability, Wire.AppHooks.Methods.restore, payload) { Self.answer(call, $0) }
    }

    /// Tells the app that an object is not wanted any more.
    func drop(_ id: PointerReader, _ call: IncomingCall, _ params: ReceivedMessage) throws {
        var payload = Payload()
        let request = payload.message.initRoot(Wire.AppHooks.DropParams.self)
        try SavedPointer(id, of: params).copy(to: request.initObjectId(), in: &payload)
        OutgoingCall(promise.capability, Wire.AppHooks.Methods.drop, payload) { Self.answer(call, $0) }
    }

    private static func answer(_ call: IncomingCall, _ result: Result<ReceivedMessage, CallFailure>) {
        switch result {
        case .success(let message): forward(message, to: call)
        case .failure(let failure): call.fail(failure)
        }
    }

    private static func forward(_ message: ReceivedMessage, to call: IncomingCall) {
        do {
            call.reply(try SavedPointer(message.reader.root, of: message).payload)
        } catch {
            call.fail(.failed("read the app's answer: \(error)"))
        }
    }
}
