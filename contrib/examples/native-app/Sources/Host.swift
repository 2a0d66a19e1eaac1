import CapnProto
import GrainRPC
import GrainSchemas

/// What this app asks of its host.
final class Host {
    private let api: Capability
    private let loop: EventLoop

    init(_ api: Capability, on loop: EventLoop) {
        self.api = api
        self.loop = loop
    }

    /// A token that brings `object` back in another run.
    func save(_ object: Capability, label: String, _ completion: @escaping (Result<[UInt8], CallFailure>) -> Void) {
        var payload = Payload()
        let params = payload.message.initRoot(Wire.SandstormApi.SaveParams.self)
        params.setCap(capability: payload.index(of: object))
        params.initLabel().setDefaultText(label)
        OutgoingCall(api, Wire.SandstormApi.Methods.save, payload) { result in
            completion(
                result.flatMap { message in
                    do {
                        return .success(try message.reader.root(Wire.SandstormApi.SaveResults.self).token.array)
                    } catch { return .failure(.failed("read a token: \(error)")) }
                })
        }
    }

    /// What a token stands for; calls on it may be made at once.
    func restore(_ token: [UInt8]) -> Capability? {
        let payload = Payload()
        payload.message.initRoot(Wire.SandstormApi.RestoreParams.self).setToken(token)
        return OutgoingCall(api, Wire.SandstormApi.Methods.restore, payload) { _ in }.pipelined([0])
    }

    /// Keeps the grain running until the handle that `completion` gets is let go of.
    func stayAwake(_ caption: String, _ completion: @escaping (Capability?) -> Void) {
        var payload = Payload()
        let params = payload.message.initRoot(Wire.SandstormApi.StayAwakeParams.self)
        params.initDisplayInfo().initCaption().setDefaultText(caption)
        params.setNotification(capability: payload.index(of: Capability(to: Notification(), on: loop)))
        OutgoingCall(api, Wire.SandstormApi.Methods.stayAwake, payload) { result in
            let answer = try? result.get()
            let handle = try? answer?.reader.root(Wire.SandstormApi.StayAwakeResults.self).handle
            completion(handle.flatMap { answer?.capability($0) })
        }
    }
}

/// Hears that somebody wants the grain to sleep. There is nothing to stop here: the handle is void by itself.
private final class Notification: RPCObject {
    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.isCall(of: Wire.OngoingNotification.Methods.cancel) else { throw .unimplemented(call) }
        call.reply()
    }
}
