import CapnProto
import GrainSchemas
import HTTP1

/// The app's APIs: offers them to whoever asks, and brings back what was granted (specification, section 7.7).
final class PowerboxAPIs {
    let all: [PowerboxAPI]
    private let app: AppServer
    private let readiness: AppReadiness
    private let permissionNames: [String]
    private let sessions: SessionTable
    private let log: Log
    /// Without the people who granted something nothing can be brought back.
    private let identities: SavedIdentities

    init(
        _ configuration: BridgeConfiguration, of app: AppServer, _ readiness: AppReadiness, sessions: SessionTable,
        identities: SavedIdentities,
        log: Log
    ) {
        all = configuration.powerboxAPIs
        permissionNames = configuration.permissionNames
        self.app = app
        self.readiness = readiness
        self.sessions = sessions
        self.identities = identities
        self.log = log
    }

    /// Whether a request wants nothing but such APIs.
    func answer(_ request: StructList<Wire.PowerboxDescriptor>) throws -> Bool {
        guard !all.isEmpty, !request.isEmpty else { return false }
        return try request.allSatisfy { descriptor in
            let tags = try descriptor.tags
            return !tags.isEmpty && tags.allSatisfy { $0.id == Wire.ApiSession.interfaceID }
        }
    }

    /// Grants an API in a person's name.
    func grant(
        _ api: PowerboxAPI, by user: SessionUser, _ identity: Capability, to request: Capability,
        _ completion: @escaping (CallFailure?) -> Void
    ) {
        // Nobody is to hold what cannot be brought back.
        identities.save(identity, user.userID) { [self] failure in
            if let failure { return completion(failure) }
            let identifier = GrantedAPI.Identifier(
                name: api.name, path: api.path, permissions: api.permissions, identityID: user.identityID)
            whenReady(identifier, of: user) { result in
                switch result {
                case .success(let object): api.fulfill(request, with: object, completion)
                case .failure(let failure): completion(failure)
                }
            }
        }
    }

    /// Brings back what was granted, for as long as the person who did so may use the grain.
    func restore(_ identifier: GrantedAPI.Identifier, _ call: IncomingCall) {
        guard let identity = identities.identity(hexadecimal(identifier.identityID.prefix(16))) else {
            return call.fail(.failed("restore: the person who granted '\(identifier.name)' was not saved"))
        }
        OutgoingCall(identity, Wire.Identity.Methods.getProfile, Payload()) { [self] result in
            do {
                let profile = try result.get().reader.root(Wire.Identity.GetProfileResults.self).profile
                let user = try SessionUser(profile, identityID: identifier.identityID)
                whenReady(identifier, of: user) { Self.answer(call, $0) }
            } catch let failure as CallFailure {
                call.fail(failure)
            } catch { call.fail(.failed("restore: \(error)")) }
        }
    }

    private static func answer(_ call: IncomingCall, _ result: Result<Capability, CallFailure>) {
        switch result {
        case .failure(let failure): call.fail(failure)
        case .success(let object):
            var payload = Payload()
            payload.message.initRoot(Wire.MainView.RestoreResults.self).setCap(capability: payload.index(of: object))
            call.reply(payload)
        }
    }

    /// An object is used at once: there is none before the app can be asked.
    private func whenReady(
        _ identifier: GrantedAPI.Identifier, of user: SessionUser,
        _ completion: @escaping (Result<Capability, CallFailure>) -> Void
    ) {
        readiness.whenDecided { [self] in
            do { completion(.success(try object(identifier, of: user))) } catch {
                completion(.failure(.failed("grant an API: \(error)")))
            }
        }
    }

    private func object(_ identifier: GrantedAPI.Identifier, of user: SessionUser) throws -> Capability {
        let user = user.granting(zip(permissionNames, identifier.permissions).filter(\.1).map(\.0))
        let headers = try SessionHeaders(
            api: nil, path: identifier.path + "/", user: user, number: sessions.nextNumber(),
            apiName: identifier.name)
        let label = all.first { $0.name == identifier.name }?.title ?? identifier.name
        let session = WebSessionObject(app: app, log: log, headers: headers) {}
        return Capability(to: GrantedAPI(identifier, label: label, session: session), on: app.loop)
    }
}
