import Barchan
import HTTP1Server

/// A path with a token in front, for clients that have no other place for one: `/.sandstorm-token/TOKEN/path` (specification, section 8.3).
struct TokenPath: Equatable {
    private static let name = ".sandstorm-token"

    let token: Secret
    /// What follows, with a slash in front.
    let rest: String

    /// Nil for a path without a token.
    init?(_ path: String) {
        let parts = path.prefix { $0 != "?" && $0 != "#" }.split(
            separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].isEmpty, TokenPath.text(parts[1]) == TokenPath.name else { return nil }
        token = Secret(TokenPath.text(parts[2]))
        let rest = path[parts[2].endIndex...]
        self.rest = rest.hasPrefix("/") ? String(rest) : "/" + rest
    }

    /// Where a client gets to what an app's Location leads to, if it has no other place for its token.
    /// - Parameter location: As ``RedirectRules`` let it pass: a reference, or an address that begins with `origin`.
    func location(_ location: String, origin: String) -> String {
        guard let first = location.first, first != "?", first != "#" else { return location }
        let own = location.hasPrefix(origin) ? origin : ""
        let place = location.dropFirst(own.utf8.count)
        let path = place.prefix { $0 != "?" && $0 != "#" }
        return own + "/\(TokenPath.name)/\(PercentText.encode(token.text))"
            + TokenPath.withoutDots(own.isEmpty && first != "/" ? folder + path : String(path))
            + place[path.endIndex...]
    }

    /// Of what was asked for, as the app knows it; ends with a slash.
    private var folder: String {
        let path = rest.prefix { $0 != "?" && $0 != "#" }
        return String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// As a client would follow them (WHATWG URL, section 4.4), but with the app's own root as the highest place.
    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in zip(parts.indices, parts) {
            let name = text(part)
            if name == ".." { _ = kept.popLast() }
            if name != "." && name != ".." { kept.append(part) } else if index == parts.indices.last { kept.append("") }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// The Destination of a request, as the app knows it: without the token, which is not to become the name of a file.
    /// - Parameter token: What stood in the request's target; nil when nothing did.
    static func destination(_ path: String, token: Secret?) throws(RequestFault) -> String {
        let own = TokenPath(path).flatMap { $0.token == token ? $0 : nil }
        let rest = own?.rest ?? path
        guard !mayName(rest) else {
            throw RequestFault(
                403, "The Destination begins with a token that the request's own address does not begin with.")
        }
        return rest
    }

    /// Whether an app could take it for a path with a token, after it decoded it and followed its dots.
    static func mayName(_ path: String) -> Bool {
        let path = path.prefix { $0 != "?" && $0 != "#" }
        var segments: [String] = []
        // Split as bytes: a slash may be one character with a letter beside it.
        for segment in (PercentText.decode(path) ?? Array(path.utf8)).split(separator: 0x2f) {
            switch String(decoding: segment, as: UTF8.self) {
            case ".": break
            case "..": _ = segments.popLast()
            case let segment: segments.append(segment)
            }
        }
        return segments.first?.lowercased() == name
    }

    private static func text(_ part: Substring) -> String {
        PercentText.decode(part).map { String(decoding: $0, as: UTF8.self) } ?? String(part)
    }
}
