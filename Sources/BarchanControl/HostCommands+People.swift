import Barchan
import BarchanKernel
import JSON

/// Commands about people.
extension HostCommands {
    /// Nil for a command that is not about people.
    func answerAboutPeople(_ request: JSONValue) async throws(HostError) -> JSONValue? {
        let name = request["name"]?.text ?? ""
        switch request["command"]?.text {
        case "users":
            return .members([
                "ok": .boolean(true), "users": .array(try await host.operatorPeople().map(HostCommands.json)),
            ])
        case "user-login-link":
            let link = address.loginLink(token: try await host.operatorLoginToken(for: name))
            return .members(["ok": .boolean(true), "link": .string(link)])
        case "user-invite":
            let secret = try await host.operatorInvite(
                InvitationOffer(
                    role: try role(in: request), note: try request.optionalText("note") ?? "",
                    emailAddress: try request.optionalText("address")))
            return .members(["ok": .boolean(true), "link": .string(address.invitationLink(secret))])
        case "user-role": try await host.operatorSetRole(try role(in: request), of: name)
        case "user-suspend": try await host.operatorSetSuspended(true, name)
        case "user-readmit": try await host.operatorSetSuspended(false, name)
        case "user-log-out": try await host.operatorLogOut(name)
        case "user-address": try await host.operatorSetEmailAddress(request["address"]?.text ?? "", of: name)
        default: return nil
        }
        return .members(["ok": .boolean(true)])
    }

    private func role(in request: JSONValue) throws(HostError) -> Account.Role {
        let text = request["role"]?.text ?? ""
        guard let role = Account.Role(rawValue: text) else {
            throw HostError(
                .invalidArgument,
                "use role '\(text)': known are \(Account.Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return role
    }

    private static func json(_ account: Account) -> JSONValue {
        .members([
            "user": .string(account.identifier.text), "handle": .string(account.handle),
            "name": .string(account.displayName), "role": .string(account.role.rawValue),
            "address": account.emailAddress.map { .string($0) } ?? .null, "suspended": .boolean(account.isSuspended),
            "created": .integer(account.created),
        ])
    }
}
