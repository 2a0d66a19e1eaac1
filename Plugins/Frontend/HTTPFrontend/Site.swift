import Barchan

/// Which host names there are, and how they are reached.
final class Site: Sendable {
    /// `http://localhost:6080`.
    let baseURL: String
    /// The Host of the base URL, port included when it is not the scheme's own.
    let baseHost: String
    let isHTTPS: Bool
    /// What stands before and behind the random part of a grain's host.
    private let grainPrefix: String
    private let grainSuffix: String
    private let namePrefix: String
    /// Where pictures of people are, for pages of grains and our own (specification, section 8.6).
    let staticHost: String
    /// Whether browsers keep Secure cookies for grain hosts: over HTTPS, and on localhost, which they trust as it is.
    let hasSecureGrains: Bool

    init(baseURL configured: String, wildcardHost: String, port: Int) throws(HostError) {
        let url = (configured.isEmpty ? "http://localhost:\(port)" : configured).lowercased()
        guard let separator = Site.schemeEnd(of: url), Site.isHost(url[separator...]) else {
            throw HostError(
                .invalidArgument,
                "setting 'base_url' is '\(configured)'; it has to look like 'https://example.org', without a path")
        }
        isHTTPS = url.hasPrefix("https:")
        baseHost = Site.withoutDefaultPort(String(url[separator...]), isHTTPS: isHTTPS)
        // As browsers write an origin.
        baseURL = url[..<separator] + baseHost
        guard !wildcardHost.isEmpty || !Site.isAddress(baseHost) else {
            throw HostError(
                .invalidArgument,
                "setting 'base_url' is '\(configured)', an address, and grains need host names of their own: give the machine a name, or set 'wildcard_host' to names that lead to it, as '*.grains.example.org'"
            )
        }
        let wildcard = (wildcardHost.isEmpty ? "*." + baseHost : wildcardHost).lowercased()
        let parts = Site.withoutDefaultPort(wildcard, isHTTPS: isHTTPS).split(
            separator: "*", omittingEmptySubsequences: false)
        guard parts.count == 2, Site.isHost(parts[1]), parts[0].isEmpty || Site.isHost(parts[0]) else {
            throw HostError(
                .invalidArgument,
                "setting 'wildcard_host' is '\(wildcardHost)'; it has to hold one '*', as in '*.grains.example.org'")
        }
        grainPrefix = String(parts[0]) + "ui-"
        grainSuffix = String(parts[1])
        namePrefix = String(parts[0])
        staticHost = namePrefix + "static" + grainSuffix
        let name = grainSuffix.split(separator: ":").first ?? ""
        hasSecureGrains = isHTTPS || name.hasSuffix(".localhost")
    }

    /// Whether a page of a grain may set cookies that the browser sends to our own pages, too: where the last two names of both are the same.
    var sharesDomain: Bool {
        let ours = Site.lastNames(of: baseHost)
        return ours.count == 2 && ours == Site.lastNames(of: grainSuffix)
    }

    private static func lastNames(of host: String) -> [Substring] {
        host.prefix { $0 != ":" }.split(separator: ".").suffix(2)
    }

    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x61...0x7a, 0x2d, 0x2e, 0x3a, 0x5b, 0x5d: true
                default: false
                }
            }
    }

    /// Whether it is no name: there are no names below an address.
    private static func isAddress(_ host: String) -> Bool {
        host.hasPrefix("[") || ClientAddress.bytes(of: String(host.prefix { $0 != ":" })) != nil
    }

    private static func schemeEnd(of url: String) -> String.Index? {
        for scheme in ["http://", "https://"] where url.hasPrefix(scheme) {
            return url.index(url.startIndex, offsetBy: scheme.count)
        }
        return nil
    }

    private static func withoutDefaultPort(_ host: String, isHTTPS: Bool) -> String {
        let port = isHTTPS ? ":443" : ":80"
        return host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
    }

    /// Where a request's Host leads.
    enum Place: Equatable {
        case shell
        case pictures
        /// The host of one token by its random part, or nil for the one that all share.
        case api(String?)
        case grain(SessionID)
        case nowhere
    }

    func place(ofHost host: String) -> Place {
        let host = Site.withoutDefaultPort(host, isHTTPS: isHTTPS)
        if host == baseHost { return .shell }
        if host == staticHost { return .pictures }
        if host == apiHost(nil) { return .api(nil) }
        let apiPrefix = namePrefix + "api-"
        if host.hasPrefix(apiPrefix), host.hasSuffix(grainSuffix),
            let name = SessionID(String(host.dropFirst(apiPrefix.count).dropLast(grainSuffix.count)))?.text
        {
            return .api(name)
        }
        guard host.hasPrefix(grainPrefix), host.hasSuffix(grainSuffix),
            host.utf8.count == grainPrefix.utf8.count + 32 + grainSuffix.utf8.count,
            let session = SessionID(String(host.dropFirst(grainPrefix.count).dropLast(grainSuffix.count)))
        else { return .nowhere }
        return .grain(session)
    }

    func apiHost(_ name: String?) -> String { namePrefix + "api" + (name.map { "-" + $0 } ?? "") + grainSuffix }
    func apiOrigin(_ name: String?) -> String { (isHTTPS ? "https://" : "http://") + apiHost(name) }
    var staticOrigin: String { (isHTTPS ? "https://" : "http://") + staticHost }
    func grainHost(_ session: SessionID) -> String { grainPrefix + session.text + grainSuffix }
    func grainOrigin(_ session: SessionID) -> String { (isHTTPS ? "https://" : "http://") + grainHost(session) }
}
