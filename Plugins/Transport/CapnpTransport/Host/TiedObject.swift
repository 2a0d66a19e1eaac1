import Barchan
import CapnProto
import GrainSchemas

/// Another object, for as long as requirements hold: calls pass, and what they carry is tied the same way.
final class TiedObject: HostObject {
    private let target: RPCCapability
    private let requirements: [Requirement]
    private let membrane: Membrane
    private let objects: HostObjects
    /// Only what was tied first watches; what came through it ends with it.
    private let watch: RequirementWatch?

    init(_ target: RPCCapability, requirements: [Requirement], in membrane: Membrane, of objects: HostObjects) {
        self.target = target
        self.requirements = requirements
        self.membrane = membrane
        self.objects = objects
        watch = RequirementWatch(requirements, of: objects, ending: membrane)
    }

    private init(_ target: RPCCapability, cameThrough other: TiedObject) {
        self.target = target
        requirements = other.requirements
        membrane = other.membrane
        objects = other.objects
        watch = nil
    }

    func receive(_ call: HostCall) throws {
        let incoming = call.incoming
        let carried = try tied(call.params)
        let pending = PendingCall()
        let key = membrane.onEnd { error in
            pending.call?.cancel()
            incoming.fail(error)
        }
        incoming.onCancel { [membrane] in
            membrane.forget(key)
            pending.call?.cancel()
            incoming.fail(RPCError(.failed, "the call was cancelled"))
        }
        pending.call = call.params.withPayload(carrying: carried) { payload in
            RPCCall.send(call.interfaceID, call.ordinal, on: target, payload) { [self] answer in
                membrane.forget(key)
                pending.call = nil
                switch answer {
                case .failure(let error): incoming.fail(error)
                case .success(let message):
                    do { incoming.reply(message, carrying: try tied(message)) } catch {
                        incoming.fail(RPCError(answering: error))
                    }
                }
            }
        }
    }

    private func tied(_ message: RPCMessage) throws(RPCError) -> [RPCCapability?] {
        var list: [RPCCapability?] = []
        for index in 0..<message.capabilityCount {
            guard let capability = message.capability(UInt32(index)) else {
                list.append(nil)
                continue
            }
            list.append(try objects.exportCounted(TiedObject(capability, cameThrough: self), in: membrane))
        }
        return list
    }

    /// The other object, under the same requirements.
    func save(_ completion: @escaping (Result<SavedObject, RPCError>) -> Void) {
        objects.save(target) { [requirements] result in
            completion(
                result.map { saved in
                    var saved = saved
                    saved.requirements += requirements
                    return saved
                })
        }
    }

    func dropped() { watch?.cancel() }
}

/// A call that may end before it is known.
private final class PendingCall {
    var call: RPCCall?
}
