import Barchan
import CapnProto
import GrainSchemas

/// What a person may do, for an app that wants to know when it changes.
final class PermissionsObject: HostObject {
    enum Source {
        case of([UInt8])
        /// Of somebody anonymous: as the session was opened with.
        case fixed([Bool])
    }

    private let source: Source
    private let objects: HostObjects

    init(_ source: Source, of objects: HostObjects) {
        self.source = source
        self.objects = objects
    }

    func receive(_ call: HostCall) throws {
        if call.isCall(of: Wire.Assignable.Getter.Methods.get) { return get(call) }
        guard call.isCall(of: Wire.Assignable.Getter.Methods.subscribe) else { throw call.unimplemented("Getter") }
        try subscribe(call)
    }

    private func get(_ call: HostCall) {
        objects.ask(call.incoming) { [source] host throws(HostError) in
            for await value in source.values(host) { return value }
            return []
        } then: { permissions in
            let results = MessageBuilder()
            results.initRoot(Wire.Assignable.Getter.GetResults.self).initValue().setList(permissions)
            call.incoming.reply(results)
        }
    }

    private func subscribe(_ call: HostCall) throws {
        let params = try call.params.reader.root(Wire.Assignable.Getter.SubscribeParams.self)
        guard let setter = try params.setter.flatMap(call.params.capability) else {
            throw RPCError(.failed, "subscribe: there is no setter")
        }
        let start = { [source, objects] in
            let subscription = Subscription(setter, source.values(objects.host))
            let handle = try objects.exportCounted(subscription, in: Membrane())
            let results = MessageBuilder()
            results.initRoot(Wire.Assignable.Getter.SubscribeResults.self).setHandle(capability: 0)
            call.incoming.reply(results, capabilities: [handle])
        }
        guard case .of(let identityID) = source else { return try start() }
        objects.askPermissions(of: identityID, call.incoming, then: start)
    }

    func save(_ completion: @escaping (Result<SavedObject, RPCError>) -> Void) {
        guard case .of(let identityID) = source else {
            return completion(.failure(RPCError(.failed, "save: the permissions of somebody anonymous do not last")))
        }
        completion(.success(SavedObject(.permissions(identityID: identityID))))
    }
}

extension PermissionsObject.Source: Sendable {
    /// First as it is, then after each change; empty for somebody who may not use the grain.
    fileprivate func values(_ host: any GrainHost) -> AsyncStream<[Bool]> {
        switch self {
        case .fixed(let permissions):
            AsyncStream { continuation in
                // Does not end: a value that never changes again has no last one.
                continuation.yield(permissions)
            }
        case .of(let identityID):
            AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
                let watching = Task {
                    for await held in host.permissions(of: identityID) { continuation.yield(held ?? []) }
                    continuation.finish()
                }
                continuation.onTermination = { _ in watching.cancel() }
            }
        }
    }
}

/// Calls a setter with each value, the next when it has taken the one before, for as long as the handle is held.
private final class Subscription: HostObject {
    private let task: Task<Void, Never>

    init(_ setter: RPCCapability, _ values: AsyncStream<[Bool]>) {
        task = Task {
            for await value in values {
                let isTaken = await withUnsafeContinuation { continuation in
                    setter.loop.post {
                        let params = MessageBuilder()
                        params.initRoot(Wire.Assignable.Setter.SetParams.self).initValue().setList(value)
                        RPCCall.start(Wire.Assignable.Setter.Methods.set, on: setter, params) { answer in
                            if case .success = answer {
                                continuation.resume(returning: true)
                            } else {
                                continuation.resume(returning: false)
                            }
                        }
                    }
                }
                guard isTaken else { return }
            }
        }
    }

    func receive(_ call: HostCall) throws {
        guard call.isCall(of: Wire.Handle.Methods.ping) else { throw call.unimplemented("Handle") }
        call.incoming.reply()
    }

    func dropped() { task.cancel() }
}
