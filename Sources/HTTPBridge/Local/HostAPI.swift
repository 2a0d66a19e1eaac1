import CapnProto
import GrainSchemas

/// What the host offers to the app, as far as the bridge itself uses it.
final class HostAPI {
    let capability: Capability

    init(_ capability: Capability) { self.capability = capability }

    /// Makes a token that brings `object` back in another run.
    func save(_ object: Capability, label: String, _ completion: @escaping (Result<[UInt8], CallFailure>) -> Void) {
        var payload = Payload()
        let params = payload.message.initRoot(Wire.SandstormApi.SaveParams.self)
        params.setCap(capability: payload.index(of: object))
        params.initLabel().setDefaultText(label)
        OutgoingCall(capability, Wire.SandstormApi.Methods.save, payload) { result in
            completion(Self.read(result) { try $0.reader.root(Wire.SandstormApi.SaveResults.self).token.array })
        }
    }

    /// What a token stands for; usable at once.
    func restore(_ token: [UInt8], onFailure: @escaping (CallFailure) -> Void = { _ in }) -> Capability? {
        let payload = Payload()
        payload.message.initRoot(Wire.SandstormApi.RestoreParams.self).setToken(token)
        return OutgoingCall(capability, Wire.SandstormApi.Methods.restore, payload) { result in
            if case .failure(let failure) = result { onFailure(failure) }
        }.pipelined([0])
    }

    /// Gives a token up.
    func drop(_ token: [UInt8]) {
        let payload = Payload()
        payload.message.initRoot(Wire.SandstormApi.DropParams.self).setToken(token)
        OutgoingCall(capability, Wire.SandstormApi.Methods.drop, payload) { _ in }
    }

    /// The 32 bytes by which this grain knows a person.
    func identityID(of identity: Capability, _ completion: @escaping (Result<[UInt8], CallFailure>) -> Void) {
        var payload = Payload()
        payload.message.initRoot(Wire.SandstormApi.GetIdentityIdParams.self)
            .setIdentity(capability: payload.index(of: identity))
        OutgoingCall(capability, Wire.SandstormApi.Methods.getIdentityId, payload) { result in
            completion(Self.read(result) { try $0.reader.root(Wire.SandstormApi.GetIdentityIdResults.self).id.array })
        }
    }

    private static func read<Value>(
        _ result: Result<ReceivedMessage, CallFailure>, _ body: (ReceivedMessage) throws -> Value
    ) -> Result<Value, CallFailure> {
        switch result {
        case .failure(let failure): return .failure(failure)
        case .success(let message):
            do { return .success(try body(message)) } catch {
                return .failure(.failed("read the host's answer: \(error)"))
            }
        }
    }
}
