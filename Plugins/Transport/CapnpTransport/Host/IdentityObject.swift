import Barchan
import CapnProto
import GrainSchemas

/// A person, as one grain may know them.
final class IdentityObject: HostObject {
    let identityID: [UInt8]
    private let requirements: [Requirement]
    private let objects: HostObjects
    private let watch: RequirementWatch

    /// - Parameter requirements: What it lives by beyond its membrane; watched when there are some.
    init(_ identityID: [UInt8], requirements: [Requirement] = [], of objects: HostObjects, in membrane: Membrane) {
        self.identityID = identityID
        self.requirements = requirements
        self.objects = objects
        watch = RequirementWatch(requirements, of: objects, ending: membrane)
    }

    func receive(_ call: HostCall) throws {
        guard call.isCall(of: Wire.Identity.Methods.getProfile) else { throw call.unimplemented("Identity") }
        objects.ask(call.incoming) { [identityID] host throws(HostError) in
            try await host.person(identityID)
        } then: { person in
            guard let person else { throw RPCError(.disconnected, "the person may not use this grain any more") }
            let results = MessageBuilder()
            let profile = results.initRoot(Wire.Identity.GetProfileResults.self).initProfile()
            profile.initDisplayName().setDefaultText(person.displayName)
            profile.setPreferredHandle(person.preferredHandle)
            profile.setPronouns(Wire.Profile.Pronouns(rawValue: person.pronouns.rawValue) ?? .neutral)
            call.incoming.reply(results)
        }
    }

    /// A saved identity lives as long as the person may use the grain (specification, section 6.6).
    func save(_ completion: @escaping (Result<SavedObject, RPCError>) -> Void) {
        let access = requirements.isEmpty ? [Requirement(identityID: identityID)] : requirements
        completion(.success(SavedObject(.identity(identityID), requirements: access)))
    }

    func dropped() { watch.cancel() }
}
