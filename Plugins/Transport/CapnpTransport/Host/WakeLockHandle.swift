import Barchan
import CapnProto
import GrainSchemas

/// What keeps a grain awake for as long as its app holds it (specification, section 18.1).
final class WakeLockHandle: HostObject {
    let membrane = Membrane()
    private let lock: any WakeLock

    /// - Parameter notification: Told when somebody ended the lock.
    init(_ lock: any WakeLock, _ notification: RPCCapability?, of objects: HostObjects) {
        self.lock = lock
        let ended = { [weak self] in
            // When the app has let go of it itself, nobody needs to be told.
            guard let self, membrane.ending == nil else { return }
            membrane.end(RPCError(.disconnected, "a person ended this"))
            guard let notification else { return }
            let params = MessageBuilder(capacityWords: 1)
            _ = params.initRoot(Wire.OngoingNotification.CancelParams.self)
            RPCCall.start(Wire.OngoingNotification.Methods.cancel, on: notification, params) { _ in }
        }
        let told = UncheckedSendable(ended)
        Task { [loop = objects.loop] in
            await lock.waitForEnd()
            loop.post { told.value() }
        }
    }

    func receive(_ call: HostCall) throws {
        guard call.isCall(of: Wire.Handle.Methods.ping) else { throw call.unimplemented("Handle") }
        call.incoming.reply()
    }

    func dropped() {
        membrane.end(RPCError(.disconnected, "the app let go of this"))
        lock.release()
    }
}
