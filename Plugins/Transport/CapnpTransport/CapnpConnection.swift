import Barchan
import CCapnpRPC
import CapnProto
import GrainSchemas
import Synchronization

/// A conversation with one grain.
final class CapnpConnection: GrainConnection, @unchecked Sendable {
    // What is not under the mutex is used on the loop's thread only.
    private let loop: RPCLoop
    private let settings: CapnpTransportSettings
    private let log: HostLog
    private let descriptor: CInt
    private var connection: RPCConnection?
    private var view: RPCCapability?
    private let objects: HostObjects
    /// Nil for any patience.
    private let answers: AnswerWatch?
    private let viewInfoResult = Shared<Result<ViewInfo, HostError>>()
    private let end = Shared<Void>()

    init(
        _ descriptor: CInt, _ host: any GrainHost, settings: CapnpTransportSettings, log: HostLog, on loop: RPCLoop
    ) {
        self.loop = loop
        self.settings = settings
        self.log = log
        self.descriptor = descriptor
        objects = HostObjects(
            host, maximumCount: settings.heldObjects, maximumWaitingBytes: settings.callBytes, on: loop)
        answers =
            settings.answerMilliseconds > 0 ? AnswerWatch(milliseconds: settings.answerMilliseconds, on: loop) : nil
    }

    deinit {
        guard let connection else { return }
        let ended = UncheckedSendable((connection, answers))
        loop.post {
            ended.value.0.close()
            ended.value.1?.end()
        }
    }

    /// Returns when the host's first words are in the socket: its bootstrap question, and that for the view's info.
    func open() async {
        await loop.run { [self] in start() }
    }

    private func start() {
        let api = objects.export(SandstormAPIObject(objects), in: Membrane())
        let connection = RPCConnection(
            descriptor, bcr_server, bootstrap: api, limits: settings.limits, on: loop,
            takenBytes: { [queue = settings.queue] in queue.takenBytes }
        ) { [weak self] reason in self?.ended(reason) }
        self.connection = connection
        view = connection.bootstrap()
        objects.begin(view)
        askForViewInfo()
        connection.flush()
    }

    private func ended(_ reason: RPCError) {
        log(.debug, "a grain's connection is over: \(reason.text)")
        finish()
    }

    private func finish() {
        connection?.close()
        connection = nil
        view = nil
        objects.end()
        answers?.end()
        viewInfoResult.set(.failure(HostError(.disconnected, "ask a grain for its view info: the grain is gone")))
        end.set(())
    }

    func waitForClose() async { await end.value() }

    func close() async {
        await loop.run { [self] in finish() }
    }
}

// MARK: View info

extension CapnpConnection {
    func viewInfo() async throws(HostError) -> ViewInfo { try await viewInfoResult.value().get() }

    private func askForViewInfo() {
        guard let view else { return }
        let params = MessageBuilder(capacityWords: 1)
        _ = params.initRoot(Wire.UiView.GetViewInfoParams.self)
        RPCCall.start(Wire.UiView.Methods.getViewInfo, on: view, params) { [viewInfoResult, log] answer in
            switch answer {
            case .failure(let error) where error.kind == .disconnected:
                viewInfoResult.set(.failure(error.hostError("ask a grain for its view info")))
            case .failure:
                viewInfoResult.set(.success(ViewInfo()))
            case .success(let message):
                do {
                    viewInfoResult.set(.success(try ViewInfo(message)))
                } catch {
                    let reason = RPCError(answering: error).text
                    log(.warning, "what a grain's app says of itself counts as nothing: \(reason)")
                    viewInfoResult.set(.success(ViewInfo()))
                }
            }
        }
    }
}

// MARK: Sessions

extension CapnpConnection {
    func openWebSession(_ parameters: WebSessionParameters) async throws(HostError) -> any WebSession {
        let openings = try parameters.openings()
        let session = Shared<Result<CapnpWebSession, HostError>>()
        loop.post { [self] in session.set(open(openings[...], of: parameters.user)) }
        return try await session.value().get()
    }

    private func open(_ openings: ArraySlice<SessionOpening>, of user: UserInfo) -> Result<CapnpWebSession, HostError> {
        let gone = HostError(.disconnected, "open a session: the grain is gone")
        guard let view else { return .failure(gone) }
        let membrane = Membrane()
        var given = [objects.export(SessionContextObject(user, in: membrane, of: objects), in: membrane)]
        if !user.identityID.isEmpty {
            given.append(objects.export(IdentityObject(user.identityID, of: objects, in: membrane), in: membrane))
        }
        guard let session = open(openings, on: view, given) else { return .failure(gone) }
        return .success(CapnpWebSession(session, in: membrane, answers, settings: settings))
    }

    /// A session that is used before the app has answered: its first request travels with the opening. With more than one
    /// way to open it, requests wait here until one of them is taken.
    private func open(
        _ openings: ArraySlice<SessionOpening>, on view: RPCCapability, _ given: [RPCCapability]
    ) -> RPCCapability? {
        guard let opening = openings.first else { return nil }
        let others = openings.dropFirst()
        guard !others.isEmpty else {
            // A failure comes out of every call on the pipelined session.
            return opening.start(view, given) { _ in }.pipeline([0])
        }
        let promise = RPCPromise(on: loop)
        var session: RPCCapability?
        let call = opening.start(view, given) { [self] answer in
            if case .failure(let error) = answer, error.kind != .disconnected {
                session = open(others, on: view, given)
            }
            if let session { promise.resolve(session) }
        }
        session = call.pipeline([0])
        return promise.capability
    }
}
