import Barchan

/// Ends a membrane as soon as one of an object's requirements does not hold (specification, section 11.3).
final class RequirementWatch: Sendable {
    private let tasks: [Task<Void, Never>]

    init(_ requirements: [Requirement], of objects: HostObjects, ending membrane: Membrane) {
        tasks = requirements.map { requirement in
            Task { [host = objects.host, loop = objects.loop] in
                for await held in host.permissions(of: requirement.identityID) where !requirement.isMet(by: held) {
                    loop.post {
                        membrane.end(
                            RPCError(.disconnected, "the person this depends on lost the permissions it needs"))
                    }
                    return
                }
            }
        }
    }

    deinit { cancel() }

    func cancel() {
        for task in tasks { task.cancel() }
    }
}
