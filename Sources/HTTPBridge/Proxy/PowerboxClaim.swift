import CapnProto
import GrainSchemas
import HTTP1
import JSON

/// What a page was given by the powerbox, on its way to be kept by the app's server.
struct PowerboxClaim {
    struct Mistake: Error {
        let reason: String
    }

    let requestToken: String
    /// By position in the view info.
    let requiredPermissions: [Bool]
    let label: String

    /// Reads `{requestToken, requiredPermissions[], label}`; only the first must be there.
    init(_ body: [UInt8], permissionNames: [String]) throws(Mistake) {
        let value: JSONValue
        do { value = try JSONParser.parse(body) } catch {
            throw Mistake(reason: "The body is no JSON: \(error.reason).")
        }
        guard let token = value["requestToken"]?.text, !token.isEmpty else {
            throw Mistake(reason: "The body has no requestToken.")
        }
        requestToken = token
        label = value["label"]?["defaultText"]?.text ?? value["label"]?.text ?? ""
        requiredPermissions = try Self.bits(value["requiredPermissions"], permissionNames)
    }

    private static func bits(_ value: JSONValue?, _ names: [String]) throws(Mistake) -> [Bool] {
        guard let value, value != .null else { return [] }
        guard let elements = value.elements else { throw Mistake(reason: "requiredPermissions is no list.") }
        var bits = [Bool](repeating: false, count: names.count)
        for element in elements {
            guard let name = element.text, let index = names.firstIndex(of: name) else {
                throw Mistake(
                    reason: "requiredPermissions names '\(element.text ?? element.line)', which the app has not.")
            }
            bits[index] = true
        }
        return bits
    }

    /// Claims the capability and saves it, in one flight.
    /// - Parameter completion: Gets the answer's body.
    func perform(
        _ context: Capability, _ api: HostAPI, _ completion: @escaping (Result<String, CallFailure>) -> Void
    ) {
        let payload = Payload()
        let params = payload.message.initRoot(Wire.SessionContext.ClaimRequestParams.self)
        params.setRequestToken(requestToken)
        params.setRequiredPermissions(requiredPermissions)
        var hasFailed = false
        let call = OutgoingCall(context, Wire.SessionContext.Methods.claimRequest, payload) { result in
            // Saving the pipelined capability fails, too, and says less.
            guard case .failure(let failure) = result else { return }
            hasFailed = true
            completion(.failure(failure))
        }
        guard let capability = call.pipelined([0]) else {
            return completion(.failure(.disconnected("claim a capability: the host is gone")))
        }
        api.save(capability, label: label) { result in
            guard !hasFailed else { return }
            completion(result.map { Self.answer($0) })
        }
    }

    /// A token as a text that a header can carry.
    private static func answer(_ token: [UInt8]) -> String {
        let text = String(decoding: PercentEncoding.encode(bytes: token), as: UTF8.self)
        return JSONValue.members(["cap": .string(text)]).line
    }
}
