import Barchan
import HTTP1Server

/// Answers programs on API hosts (specification, section 8.3): a token instead of a cookie, and any site may ask.
struct APIService: Sendable {
    let host: any FrontendHost
    let site: Site
    let grains: GrainService
    /// Counts who presents a token that is none.
    let wrongTokens: AttemptLimiter

    /// - Parameter name: The random part of a token's own host, nil for the host that all tokens share.
    func answer(_ request: Request, _ name: String?) async -> Answer {
        let policy = APIService.policy
        // Whose log, and which path without the token that may stand in it.
        var admitted: (session: any GrainSession, target: String)?
        do throws(RequestFault) {
            guard let access = try APICredentials(request.head, isShared: name == nil) else {
                return .response(grains.finished(try await withoutToken(request.head, name, policy), request, nil))
            }
            if let text = request.head.value(of: "x-sandstorm-token-keepalive") {
                return .response(grains.finished(try await keepAlive(access.token, name, text, request), request, nil))
            }
            let session = try await session(access.token, name, request)
            admitted = (session, access.target)
            let call = APICall(
                request: request, credentials: access, origin: site.apiOrigin(name), host: site.apiHost(name))
            let answer = try await grains.pass(call, session, policy)
            guard case .response(let response) = answer else { return answer }
            return .response(grains.finished(response, request, session, target: access.target))
        } catch {
            let response = Response.sentence(error.status, error.reason, policy)
            return .response(
                grains.finished(response, request, admitted?.session, target: admitted?.target, fault: error))
        }
    }

    private func session(
        _ token: Secret, _ name: String?, _ request: Request
    ) async throws(RequestFault) -> any GrainSession {
        let wantsAddress = request.head.value(of: "x-sandstorm-passthrough")?.lowercased() == "address"
        do throws(HostError) {
            return try await host.api.open(
                token, host: name, remoteAddress: wantsAddress ? ClientAddress.bytes(of: request) : nil)
        } catch { throw fault(error, request) }
    }

    private func fault(_ error: HostError, _ request: Request) -> RequestFault {
        if error.code == .permissionDenied { _ = wrongTokens.refuse(ClientAddress.key(of: request)) }
        return RequestFault(
            ShellService.status(error), error.message, retryAfterSeconds: error.retryAfter?.components.seconds)
    }

    private func keepAlive(
        _ token: Secret, _ name: String?, _ text: String, _ request: Request
    ) async throws(RequestFault) -> Response {
        guard let milliseconds = Int64(text), milliseconds > 0 else {
            throw RequestFault(400, "X-Sandstorm-Token-Keepalive is no number of milliseconds.")
        }
        do throws(HostError) {
            try await host.api.keepAlive(token, host: name, for: .milliseconds(milliseconds))
        } catch { throw fault(error, request) }
        return Response(200, fields: APIService.policy, body: .bytes([]))
    }

    // MARK: Without a token

    private func withoutToken(
        _ head: CheckedHead, _ name: String?, _ policy: FieldBlock
    ) async throws(RequestFault) -> Response {
        var resources = PublicResources()
        if let name { resources = (try? await host.api.publicResources(ofHost: name)) ?? resources }
        if head.method == "OPTIONS" { return APIService.preflight(head, resources, policy) }
        guard name != nil || APICredentials.mayUseBasic(head) else {
            return .sentence(403, "This host wants a token: Authorization: Bearer TOKEN.", policy)
        }
        let path = String(head.target.prefix { $0 != "?" })
        if head.method == "GET" || head.method == "HEAD",
            let resource = resources.resources.first(where: { $0.path == path })
        {
            return APIService.response(resource, policy)
        }
        var fields = policy
        fields.add("WWW-Authenticate", "Basic realm=\"Sandstorm API\"")
        return .sentence(401, "A token is needed: as the password, or as Authorization: Bearer TOKEN.", fields)
    }

    private static func preflight(_ head: CheckedHead, _ resources: PublicResources, _ policy: FieldBlock) -> Response {
        var fields = policy
        var methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        if let asked = head.value(of: "access-control-request-method"), !methods.contains(asked),
            asked.utf8.allSatisfy({ (0x41...0x5a).contains($0) }), asked.utf8.count <= 32
        {
            methods.append(asked)
        }
        fields.add("Access-Control-Allow-Methods", methods.joined(separator: ", "))
        if let asked = head.value(of: "access-control-request-headers") {
            _ = fields.addForeign("Access-Control-Allow-Headers", asked)
        }
        fields.add("Access-Control-Max-Age", "3600")
        if !resources.dav.isEmpty { _ = fields.addForeign("DAV", resources.dav.joined(separator: ", ")) }
        return Response(200, fields: fields, body: .bytes([]))
    }

    private static func response(_ resource: PublicResources.Resource, _ policy: FieldBlock) -> Response {
        var fields = policy
        for (name, value): (StaticString, String) in [
            ("Content-Type", resource.type), ("Content-Language", resource.language),
            ("Content-Encoding", resource.encoding),
        ] where !value.isEmpty {
            _ = fields.addForeign(name, value)
        }
        return Response(200, fields: fields, body: .bytes(Array(resource.body.utf8)))
    }

    // MARK: What every answer carries

    /// A page of an API host is never shown as one; any site may read what a token opens.
    static let policy: FieldBlock = {
        var fields = HeaderPolicy.noPage("default-src 'none'; frame-ancestors 'none'; sandbox")
        fields.add("Access-Control-Allow-Origin", "*")
        fields.add("Access-Control-Expose-Headers", "ETag, X-OC-Mtime, DAV, Location")
        fields.add("Vary", "Authorization")
        return fields
    }()
}

/// A program's request.
struct APICall {
    let request: Request
    let credentials: APICredentials
    let origin: String
    let host: String
}
