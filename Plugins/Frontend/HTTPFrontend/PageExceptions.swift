import Barchan
import Synchronization

/// What the pages of one app may do beyond the walls, because the configuration says so.
///
/// There is none by default. Each is a line of the setting `page_exceptions`, is written to the log, and is shown to
/// whoever opens a grain of the app.
struct PageExceptions: Sendable, Equatable {
    /// Origins that a directive of the content security policy names besides the grain's own.
    private(set) var sources: [String: [String]] = [:]
    /// Features that are on for the grain's page.
    private(set) var features: [String] = []

    static let none = PageExceptions()

    var isEmpty: Bool { sources.isEmpty && features.isEmpty }

    /// Every origin that is named, once.
    var origins: [String] { Set(sources.values.joined()).sorted() }

    /// For people, one sentence each.
    var descriptions: [String] {
        sources.sorted { $0.key < $1.key }.flatMap { directive, origins in
            origins.map { "\(PageExceptions.directives[directive] ?? directive) \($0)" }
        } + features.map { "use \($0)" }
    }

    private static let directives = [
        "connect-src": "exchange data with", "font-src": "load fonts from", "frame-src": "show pages of",
        "img-src": "load pictures from", "media-src": "play sound and film from", "script-src": "run scripts from",
        "style-src": "use style sheets from",
    ]

    /// The exceptions of each app.
    /// - Parameter lines: `APP-ID DIRECTIVE ORIGIN` or `APP-ID feature NAME` each.
    /// - Throws: ``HostError`` `.invalidArgument` that says what is wrong with which line.
    static func parse(_ lines: [String]) throws(HostError) -> [AppID: PageExceptions] {
        var found: [AppID: PageExceptions] = [:]
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let app = AppID(words[0]) else {
                throw mistake(
                    line, "it has to be an app id, a directive and an origin, or an app id, 'feature' and a name")
            }
            if words[1] == "feature" {
                try found[app, default: .none].add(feature: words[2], line)
            } else {
                try found[app, default: .none].add(origin: words[2], to: words[1], line)
            }
        }
        return found
    }

    private mutating func add(feature: String, _ line: String) throws(HostError) {
        guard HeaderPolicy.features.contains(feature) else {
            throw PageExceptions.mistake(line, "browsers know no feature '\(feature)'")
        }
        if !features.contains(feature) { features.append(feature) }
    }

    private mutating func add(origin: String, to directive: String, _ line: String) throws(HostError) {
        guard PageExceptions.directives[directive] != nil else {
            let known = PageExceptions.directives.keys.sorted().joined(separator: ", ")
            throw PageExceptions.mistake(
                line, "'\(directive)' is no directive that may be widened; those are: \(known)")
        }
        guard PageExceptions.isOrigin(origin) else {
            throw PageExceptions.mistake(line, "'\(origin)' is no origin, such as https://tiles.example.org")
        }
        if sources[directive]?.contains(origin) != true { sources[directive, default: []].append(origin) }
    }

    /// A scheme, one whole host name and perhaps a port. No `*`: what it stands for nobody can see.
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "wss://", "http://", "ws://"].first(where: text.hasPrefix) else { return false }
        let parts = text.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2,
            host.utf8.allSatisfy({
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e
            })
        else { return false }
        return parts.count == 1 || (UInt16(parts[1]) ?? 0) > 0
    }

    private static func mistake(_ line: String, _ why: String) -> HostError {
        HostError(.invalidArgument, "setting 'page_exceptions' has '\(line)': \(why)")
    }
}

/// Which of the open sessions are of apps with exceptions. All others have none.
final class OpenExceptions: Sendable {
    private let apps: [AppID: PageExceptions]
    private let sessions = Mutex<[SessionID: PageExceptions]>([:])

    init(_ apps: [AppID: PageExceptions]) { self.apps = apps }

    /// Notes a session that has just been opened, and forgets those that are over.
    /// - Returns: What its pages may do.
    func opened(
        _ session: SessionID, of app: AppID, in directory: any SessionDirectory
    ) async -> PageExceptions {
        guard let exceptions = apps[app] else { return .none }
        for known in sessions.withLock({ Array($0.keys) }) where await directory.session(known) == nil {
            sessions.withLock { $0[known] = nil }
        }
        sessions.withLock { $0[session] = exceptions }
        return exceptions
    }

    func of(_ session: SessionID) -> PageExceptions { sessions.withLock { $0[session] } ?? .none }
}
