import Barchan
import CapnProto
import GrainSchemas

/// The objects of the host that one grain may hold, and how they are told from the app's own.
final class HostObjects: @unchecked Sendable {
    // On the loop's thread only, but for what is constant.
    let loop: RPCLoop
    let host: any GrainHost
    private let maximumCount: Int
    private let maximumWaitingBytes: Int64
    /// What the app gave as its view; nil at the end of the conversation.
    private var view: RPCCapability?
    private var count = 0
    /// Calls that wait for their answer, also those whose caller has given up.
    private var waitingCount = 0
    private var waitingBytes: Int64 = 0
    /// Which object answers, by the number it was asked with.
    private var questions: [UInt64: (any HostObject)?] = [:]
    /// What lives by a token, until that is dropped.
    private var restored: [Secret: [Membrane]] = [:]

    private static let questionsAtOnce = 4
    private var questionsUnderWay = 0
    /// In the order they came, from `firstToAsk` on; no more than the calls that a grain may have under way.
    private var questionsToAsk: [() -> Void] = []
    private var firstToAsk = 0

    init(_ host: any GrainHost, maximumCount: Int, maximumWaitingBytes: Int64, on loop: RPCLoop) {
        self.host = host
        self.maximumCount = maximumCount
        self.maximumWaitingBytes = maximumWaitingBytes
        self.loop = loop
    }

    func begin(_ view: RPCCapability?) { self.view = view }

    /// The conversation is over.
    func end() {
        view = nil
        restored = [:]
        questionsToAsk = []
        firstToAsk = 0
    }

    // MARK: Giving out

    /// Makes an object callable until `membrane` ends.
    func export(_ object: any HostObject, in membrane: Membrane) -> RPCCapability {
        loop.export(HostObjectServer(object, in: membrane, of: self) {})
    }

    /// The same for an object that the app has asked for: of those it may hold so many.
    func exportCounted(
        _ object: any HostObject, in membrane: Membrane, onDrop: @escaping () -> Void = {}
    ) throws(RPCError) -> RPCCapability {
        guard count < maximumCount else {
            throw RPCError(.overloaded, "the grain holds \(maximumCount) objects of the host; let go of some")
        }
        count += 1
        return loop.export(
            HostObjectServer(object, in: membrane, of: self) { [weak self] in
                self?.count -= 1
                onDrop()
            })
    }

    /// Passes a call to an object. So many may wait for their answer and say so much together, each once for every tied object that
    /// it passes, and also those that the grain has given up: libcapnp forgets these, while the host may wait for the app.
    fileprivate func pass(_ call: HostCall, to object: any HostObject) throws {
        guard waitingCount < maximumCount, waitingBytes <= maximumWaitingBytes else {
            throw RPCError(
                .overloaded,
                "\(waitingCount) calls of the grain with \(waitingBytes) bytes wait for their answers; wait for some first"
            )
        }
        try object.receive(call)
        guard call.incoming.isWaiting else { return }
        let count = Int64(call.params.byteCount)
        waitingCount += 1
        waitingBytes += count
        call.incoming.onAnswer { [weak self] in
            self?.waitingCount -= 1
            self?.waitingBytes -= count
        }
    }

    // MARK: Recognizing

    /// Finds out which object of the host a capability is; nil for one of the app's own.
    ///
    /// The capability is called with a number that nobody knows, and the host's object that gets the call says so here:
    /// an app can do no more than pass the call on to an object that it holds anyway.
    func find(_ capability: RPCCapability, _ completion: @escaping ((any HostObject)?) -> Void) {
        var generator = SystemRandomNumberGenerator()
        let number = generator.next()
        questions[number] = .some(nil)
        let params = MessageBuilder(capacityWords: 2)
        params.initRoot(Recognition.Params.self).structure.store(number, 0)
        RPCCall.start(Recognition.recognize, on: capability, params) { [self] _ in
            completion(questions.removeValue(forKey: number) ?? nil)
        }
    }

    /// Handles the call that ``find(_:_:)`` makes.
    fileprivate func recognize(_ object: any HostObject, _ call: HostCall) {
        let number = (try? call.params.reader.root.structure().load(0, default: UInt64(0))) ?? 0
        guard questions[number] != nil else {
            return call.incoming.fail(RPCError(.unimplemented, "there is no such method"))
        }
        questions[number] = .some(object)
        call.incoming.reply()
    }

    // MARK: Saving and restoring

    /// Says what a token for a capability would stand for.
    func save(_ capability: RPCCapability, _ completion: @escaping (Result<SavedObject, RPCError>) -> Void) {
        let params = MessageBuilder(capacityWords: 1)
        _ = params.initRoot(Wire.AppPersistent.SaveParams.self)
        RPCCall.start(Wire.AppPersistent.Methods.save, on: capability, params) { [self] answer in
            switch answer {
            case .success(let message):
                completion(Result { try SavedObject(message) }.mapError { RPCError(answering: $0) })
            case .failure(let error) where error.kind == .unimplemented:
                find(capability) { object in
                    guard let object else {
                        return completion(
                            .failure(RPCError(.failed, "save: the object is not persistent: \(error.text)")))
                    }
                    object.save(completion)
                }
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    /// Makes the object again that a token stands for.
    func restore(
        _ object: SavedObject, _ token: Secret, _ completion: @escaping (Result<RPCCapability, RPCError>) -> Void
    ) {
        guard case .app(let objectID) = object.kind else {
            return completion(Result { try restoreOwn(object, token) }.mapError { RPCError(answering: $0) })
        }
        restoreApps(objectID) { [self] result in
            guard !object.requirements.isEmpty else { return completion(result) }
            completion(
                result.flatMap { target in
                    let membrane = Membrane()
                    let tied = TiedObject(target, requirements: object.requirements, in: membrane, of: self)
                    return Result { try keep(tied, in: membrane, by: token) }.mapError { RPCError(answering: $0) }
                })
        }
    }

    private func restoreOwn(_ object: SavedObject, _ token: Secret) throws -> RPCCapability {
        let membrane = Membrane()
        switch object.kind {
        case .identity(let identityID):
            let identity = IdentityObject(
                identityID, requirements: object.requirements, of: self, in: membrane)
            return try keep(identity, in: membrane, by: token)
        case .permissions(let identityID):
            return try keep(PermissionsObject(.of(identityID), of: self), in: membrane, by: token)
        default: throw RPCError(.unimplemented, "restore: this transport does not know that kind of object")
        }
    }

    private func restoreApps(_ objectID: [UInt8], _ completion: @escaping (Result<RPCCapability, RPCError>) -> Void) {
        do {
            guard let view else { throw RPCError(.disconnected, "restore: the conversation is over") }
            let params = MessageBuilder(capacityWords: 8 + objectID.count / 8)
            let source = try MessageReader(objectID, framing: .flat)
            try params.initRoot(Wire.MainView.RestoreParams.self).initObjectId().copy(source.root)
            RPCCall.start(Wire.MainView.Methods.restore, on: view, params) { answer in
                completion(
                    answer.flatMap { message in
                        Result {
                            let results = try message.reader.root(Wire.MainView.RestoreResults.self)
                            guard let object = try results.cap.flatMap(message.capability) else {
                                throw RPCError(.failed, "restore: the app returned no object")
                            }
                            return object
                        }.mapError { RPCError(answering: $0) }
                    })
            }
        } catch { completion(.failure(RPCError(answering: error))) }
    }

    private func keep(
        _ object: any HostObject, in membrane: Membrane, by token: Secret
    ) throws(RPCError) -> RPCCapability {
        let capability = try exportCounted(object, in: membrane) { [weak self] in self?.forget(membrane, token) }
        restored[token, default: []].append(membrane)
        return capability
    }

    private func forget(_ membrane: Membrane, _ token: Secret) {
        restored[token]?.removeAll { $0 === membrane }
        if restored[token]?.isEmpty == true { restored[token] = nil }
    }

    /// Ends what lives by a token.
    func revoke(_ token: Secret) {
        for membrane in restored.removeValue(forKey: token) ?? [] {
            membrane.end(RPCError(.disconnected, "the token of this object was dropped"))
        }
    }

    // MARK: The kernel

    /// Asks the kernel and goes on on the loop's thread; an error answers `incoming`. A few questions of a grain are asked at
    /// once, the others wait: most of them write to the disk that all grains share.
    func ask<Value: Sendable>(
        _ incoming: RPCIncoming, _ question: @escaping @Sendable (any GrainHost) async throws(HostError) -> Value,
        then next: @escaping (Value) throws -> Void
    ) {
        let next = UncheckedSendable(next)
        questionsToAsk.append { [host, loop] in
            Task { [weak self] in
                let answer: Result<Value, HostError>
                do throws(HostError) { answer = .success(try await question(host)) } catch { answer = .failure(error) }
                loop.post {
                    do { try next.value(try answer.get()) } catch { incoming.fail(RPCError(answering: error)) }
                    self?.questionsUnderWay -= 1
                    self?.askNext()
                }
            }
        }
        askNext()
    }

    /// Whoever is to watch what a person may do asks for it first, as one question among the others: watches that are opened as fast as an
    /// app can call would keep all of the host's threads.
    func askPermissions(of identityID: [UInt8], _ incoming: RPCIncoming, then next: @escaping () throws -> Void) {
        ask(incoming) { host throws(HostError) in
            for await _ in host.permissions(of: identityID) { return }
        } then: {
            try next()
        }
    }

    private func askNext() {
        while questionsUnderWay < HostObjects.questionsAtOnce, firstToAsk < questionsToAsk.count {
            questionsUnderWay += 1
            let ask = questionsToAsk[firstToAsk]
            questionsToAsk[firstToAsk] = {}
            firstToAsk += 1
            ask()
        }
        if firstToAsk == questionsToAsk.count {
            questionsToAsk = []
            firstToAsk = 0
        }
    }
}

/// The host's own call on its own objects; apps do not know the interface.
private enum Recognition {
    static let interfaceID: UInt64 = 0xa41c_7d03_95e2_6b8f
    static var recognize: Method<Params, Params> { .init(interfaceID: interfaceID, ordinal: 0, name: "recognize") }

    enum Params: StructSchema {
        static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
        struct Reader: TypedReader {
            let structure: StructReader
            init(_ structure: StructReader) { self.structure = structure }
        }
        struct Builder: TypedBuilder {
            let structure: StructBuilder
            init(_ structure: StructBuilder) { self.structure = structure }
        }
    }
}

/// What the facade calls: an object behind its membrane.
private final class HostObjectServer: RPCServer {
    private let object: any HostObject
    private let membrane: Membrane
    private let objects: HostObjects
    private let onDrop: () -> Void

    init(_ object: any HostObject, in membrane: Membrane, of objects: HostObjects, onDrop: @escaping () -> Void) {
        self.object = object
        self.membrane = membrane
        self.objects = objects
        self.onDrop = onDrop
    }

    func called(_ interfaceID: UInt64, _ method: UInt16, _ params: RPCMessage, _ incoming: RPCIncoming) {
        if let ending = membrane.ending { return incoming.fail(ending) }
        let call = HostCall(interfaceID: interfaceID, ordinal: method, params: params, incoming: incoming)
        switch interfaceID {
        case Recognition.interfaceID: objects.recognize(object, call)
        // An app saves the host's objects by asking the host.
        case Wire.AppPersistent.interfaceID: incoming.fail(call.unimplemented("AppPersistent"))
        default:
            do { try objects.pass(call, to: object) } catch { incoming.fail(RPCError(answering: error)) }
        }
    }

    func dropped() {
        object.dropped()
        onDrop()
    }
}

extension SavedObject {
    /// What an app calls an object of its own.
    fileprivate init(_ message: RPCMessage) throws {
        let results = try message.reader.root(Wire.AppPersistent.SaveResults.self)
        self.init(.app(objectID: try SavedObject.identifier(results.objectId)))
    }

    /// The identifier as bytes; equal ones give equal bytes.
    static func identifier(_ pointer: PointerReader) throws -> [UInt8] {
        var hasCapability = false
        let message = MessageBuilder()
        try message.root.copy(pointer) { _ in
            hasCapability = true
            return nil
        }
        if hasCapability { throw RPCError(.failed, "save: an object's identifier may not hold capabilities") }
        return message.flatBytes
    }
}
