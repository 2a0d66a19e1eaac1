import Barchan
import HTTP1
import HTTP1Server

/// A request to one of our own pages.
struct Visit {
    let request: Request
    let site: Site
    /// The path's parts, still percent-encoded; empty for `/`.
    let path: [String]
    /// What stands behind the path's second part in the address, with its slash and query: an app's own path.
    let query: [String: String]

    init(_ request: Request, site: Site) {
        self.request = request
        self.site = site
        let target = request.head.target
        let end = target.firstIndex(of: "?") ?? target.endIndex
        path = target[..<end].dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            .filter { !$0.isEmpty }
        query = end < target.endIndex ? Visit.fields(target[target.index(after: end)...]) : [:]
    }

    /// The languages of Accept-Language, the best first.
    var languages: [String] {
        WeightedElement.list(parsing: request.head.bytes(of: "accept-language"), limit: 32)
            .filter { $0.quality > 0 }.sorted { $0.quality > $1.quality }.map(\.name)
    }

    var isRead: Bool { request.head.method == "GET" || request.head.method == "HEAD" }
    /// Whether our script asks, for a piece of a page.
    var wantsPart: Bool { request.head.value(of: "x-barchan-part") != nil }
    /// Whether a browser asks for a page to show, rather than for a part of one; true also where it does not say.
    var isPage: Bool { isRead && (request.head.value(of: "sec-fetch-dest") ?? "document") == "document" }
    var wantsJSON: Bool { request.head.value(of: "accept")?.contains("application/json") == true }

    /// Why this request must not be served, judged by where it comes from; nil when it may.
    ///
    /// Pages may be reached by links from anywhere, but are no picture or frame for others. Whatever changes something has to
    /// come from our own pages: `Sec-Fetch-Site` where the browser sends it, and `Origin`; `null` is not ours.
    var objection: String? {
        let head = request.head
        let siteRelation = head.value(of: "sec-fetch-site")
        if isRead {
            if head.value(of: "sec-purpose")?.contains("prefetch") == true {
                return "Pages here are not fetched in advance."
            }
            guard siteRelation == "cross-site" || siteRelation == "same-site" else { return nil }
            let isLink =
                head.value(of: "sec-fetch-mode") == "navigate" && head.value(of: "sec-fetch-dest") == "document"
            return isLink ? nil : "This page is not part of other sites."
        }
        if let siteRelation, siteRelation != "same-origin" { return "This request comes from another site." }
        guard let origin = head.value(of: "origin") else {
            return siteRelation == nil ? "The request does not say where it comes from (Origin)." : nil
        }
        return origin == site.baseURL ? nil : "This request comes from another site."
    }

    /// The list of grains with what was looked for there, when a form of it was sent; else the whole list.
    var list: String {
        let referrer = request.head.value(of: "referer") ?? ""
        return referrer.hasPrefix(site.baseURL) ? Visit.list(at: referrer.dropFirst(site.baseURL.count)) ?? "/" : "/"
    }

    /// The address of a list of grains as we write it; nil when the text is none.
    static func list(at text: Substring) -> String? {
        if text == "/" { return "/" }
        return text.hasPrefix("/?") ? GrainQuery(fields(text.dropFirst(2))).address : nil
    }

    /// The list that a form says it belongs to; nil when it names none.
    static func list(in form: [String: String]) -> String? { form["list"].flatMap { list(at: $0[...]) } }

    /// A place on our own host that somebody may be sent to; nil when the text is none.
    static func place(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 4_096,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x5c })
        else { return nil }
        return text
    }

    func cookie(_ name: String) -> String? {
        CookiePairs.value(ofOnly: name, in: request.head).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The fields of a short form; the last one of a name counts.
    func form() async throws(HostError) -> [String: String] { Visit.last(try await formFields()) }

    /// The fields of a short form in their order; a name may stand more than once.
    func formFields() async throws(HostError) -> [(name: String, value: String)] {
        switch request.body {
        case .none: return []
        case .bytes(let bytes): return Visit.allFields(Substring(decoding: bytes, as: UTF8.self))
        case .stream(let reader, _):
            return Visit.allFields(Substring(decoding: try await reader.readShort(maximumBytes: 65_536), as: UTF8.self))
        @unknown default: return []
        }
    }

    static func last(_ fields: [(name: String, value: String)]) -> [String: String] {
        Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
    }

    static func fields(_ text: Substring) -> [String: String] { last(allFields(text)) }

    private static func allFields(_ text: Substring) -> [(name: String, value: String)] {
        text.split(separator: "&").prefix(500).compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = parts.count > 1 ? decoded(parts[1]) : "" else { return nil }
            return (name, value)
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        let spaced = text.utf8.map { $0 == 0x2b ? 0x20 : $0 }
        return PercentText.decode(String(decoding: spaced, as: UTF8.self)).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Who is looking at our pages.
struct Person: Sendable {
    let account: Account
    let login: Secret
    /// Goes into every form; only pages made for this login know it.
    let nonce: Secret
    /// What they read, the best first, as their browser says.
    let languages: [String]

    init(account: Account, login: Secret, languages: [String]) {
        self.account = account
        self.login = login
        self.languages = languages
        nonce = FormNonce.derive(from: login)
    }

    var isAdministrator: Bool { account.role == .administrator }
}

extension ByteReader {
    /// What people send that is held in memory whole.
    /// - Throws: ``ShellService/tooLong`` when it is longer; and what ``next()`` throws.
    func readShort(maximumBytes: Int) async throws(HostError) -> [UInt8] {
        do throws(HostError) {
            return try await readAll(maximumBytes: maximumBytes)
        } catch {
            throw error.code == .resourceExhausted ? ShellService.tooLong : error
        }
    }
}
