import CCapnpRPC
import Glibc
import HTTP1

/// The proxy that the app's HTTP clients are told to use (specification, section 7.9).
///
/// A grain reaches nothing by itself. A request that carries a capability the app was granted goes there; one to
/// `http-bridge` claims such a capability; everything else is not found.
final class OutboundProxy {
    static let port: UInt16 = 15_239
    private static let largestCount = 64

    private let listener: Listener
    private let loop: EventLoop
    private let api: HostAPI?
    private let sessions: SessionTable
    private let permissionNames: [String]
    private var connections: [ObjectIdentifier: ProxyConnection] = [:]

    /// - Parameter permissionNames: By position, as the package's view info has them.
    init(
        _ listener: Listener, api: HostAPI?, sessions: SessionTable, permissionNames: [String], on loop: EventLoop
    ) {
        self.listener = listener
        self.api = api
        self.sessions = sessions
        self.permissionNames = permissionNames
        self.loop = loop
        listener.accept(on: loop) { [unowned self] in connected($0) }
    }

    private func connected(_ descriptor: Int32) {
        guard connections.count < Self.largestCount else {
            close(descriptor)
            return
        }
        let connection = ProxyConnection(
            descriptor, on: loop,
            onRequest: { [unowned self] in respond(to: $1, body: $2, on: $0) },
            onEnd: { [unowned self] in connections[ObjectIdentifier($0)] = nil })
        if connection.start() { connections[ObjectIdentifier(connection)] = connection }
    }

    private func respond(to head: RequestHead, body: [UInt8], on connection: ProxyConnection) {
        switch ProxyTarget(of: head) {
        case .claim(let session): claim(session, head, body, connection)
        case .granted(let token, let path): call(token, path, head, body, connection)
        case .nothing:
            connection.answer(
                404, "A grain reaches only what it was granted: send the capability as 'Authorization: Bearer'.")
        }
    }

    // MARK: Granted capabilities

    private func call(
        _ token: [UInt8], _ path: String, _ head: RequestHead, _ body: [UInt8], _ connection: ProxyConnection
    ) {
        guard let api else { return connection.answer(503, "The host offers nothing.") }
        do throws(HTTPError) {
            guard let call = try ProxyCall(head, path: path, body: body, on: connection, loop) else {
                return connection.answer(501, "This proxy does not know the method.")
            }
            // Used before it is there: what restoring it comes to answers first.
            guard let target = api.restore(token, onFailure: { connection.answer(401, $0.text) }) else {
                return connection.answer(503, "The host is gone.")
            }
            call.start(target)
        } catch { connection.answer(400, "This cannot be passed on: \(error.reason).") }
    }

    // MARK: Claiming

    private func claim(
        _ session: String, _ head: RequestHead, _ body: [UInt8], _ connection: ProxyConnection
    ) {
        guard head.method.elementsEqual("POST".utf8) else {
            return connection.answer(405, "A capability is claimed with POST.")
        }
        guard let api, let context = sessions[session]?.context else {
            return connection.answer(404, "There is no open session '\(session)'.")
        }
        do throws(PowerboxClaim.Mistake) {
            let claim = try PowerboxClaim(body, permissionNames: permissionNames)
            claim.perform(context, api) { result in
                switch result {
                case .success(let answer): connection.answer(200, answer, type: "application/json")
                case .failure(let failure): connection.answer(failure.httpStatus, failure.text)
                }
            }
        } catch { connection.answer(400, error.reason) }
    }
}

/// What a request to the proxy is for.
enum ProxyTarget: Equatable {
    /// A capability that a page got for its session.
    case claim(session: String)
    /// What a token stands for; the path is without the leading slash.
    case granted(token: [UInt8], path: String)
    case nothing

    init(of head: RequestHead) {
        self = .nothing
        guard let (host, path) = Self.parts(of: head) else { return }
        if host.equals("http-bridge") {
            let steps = path.prefix { $0 != 0x3f }.split(separator: 0x2f, omittingEmptySubsequences: false)
            guard steps.count == 3, steps[0].equals("session"), steps[2].equals("claim"),
                let session = PercentEncoding.decode(steps[1])
            else { return }
            self = .claim(session: String(decoding: session, as: UTF8.self))
        } else if let token = Self.bearer(head) {
            self = .granted(token: token, path: String(decoding: path, as: UTF8.self))
        }
    }

    /// The host without its port and the path without its first slash: of an absolute form, or from Host.
    private static func parts(of head: RequestHead) -> (host: ArraySlice<UInt8>, path: ArraySlice<UInt8>)? {
        var target = head.target
        var host = head.fields.first("Host") ?? []
        if target.starts(with: "http://".utf8) {
            target = target.dropFirst(7)
            host = target.prefix { $0 != 0x2f && $0 != 0x3f }
            target = target.dropFirst(host.count)
            if target.first == 0x3f || target.isEmpty { return (host.prefix { $0 != 0x3a }, target) }
        }
        guard target.first == 0x2f else { return nil }
        return (host.prefix { $0 != 0x3a }, target.dropFirst())
    }

    private static func bearer(_ head: RequestHead) -> [UInt8]? {
        guard let field = head.fields.first("Authorization") else { return nil }
        let parts = field.split(separator: 0x20)
        guard parts.count == 2, parts[0].equals("bearer") else { return nil }
        return PercentEncoding.decode(parts[1])
    }
}

extension ArraySlice<UInt8> {
    /// Letters of ASCII compare without case.
    fileprivate func equals(_ lowercase: StaticString) -> Bool {
        count == lowercase.utf8CodeUnitCount
            && enumerated().allSatisfy { offset, byte in
                (0x41...0x5a ~= byte ? byte | 0x20 : byte) == lowercase.utf8Start[offset]
            }
    }
}

extension CallFailure {
    /// As the gateway answers a failed call (specification, section 8.2), but that a proxy says what is behind it.
    var httpStatus: Int {
        switch kind {
        case bcr_unimplemented: 501
        case bcr_overloaded: 503
        case bcr_disconnected: 502
        default: 500
        }
    }
}
