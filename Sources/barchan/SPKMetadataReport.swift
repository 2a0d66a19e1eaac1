import Barchan
import BarchanControl
import CapnProto
import GrainSchemas
import SPK

/// What a manifest has for app lists, as JSON with the manifest's own names. Texts come from the package: they are cleaned, and
/// long ones are told by their size.
struct MetadataReport {
    private let metadata: Wire.Metadata.Reader
    private static let mostElements = 256

    init(manifestFile bytes: [UInt8]) throws(HostError) {
        metadata = try Self.reading { () throws(MessageError) in
            let limits = ReaderLimits(traversalWords: 2 * bytes.count / 8 + 1024)
            return try MessageReader(bytes, framing: .stream, limits: limits).root(Wire.Manifest.self).metadata
        }
    }

    private static func reading<Value>(_ body: () throws(MessageError) -> Value) throws(HostError) -> Value {
        do { return try body() } catch {
            throw HostError(.invalidArgument, "read the manifest's metadata: \(error)")
        }
    }

    /// Texts over 256 bytes are told by their size.
    static func text(_ text: String) -> JSONValue {
        let bytes = text.utf8.count
        return bytes > 256 ? .members(["size": .integer(Int64(bytes))]) : .string(printable(text))
    }

    /// What is said of links that nobody may follow (specification, section 1.5).
    func warnings() throws(HostError) -> [String] {
        try Self.reading { () throws(MessageError) in
            let links = [("website", try metadata.website), ("codeUrl", try metadata.codeUrl)]
            return links.filter { !$0.1.isEmpty && !AppManifest.isLink($0.1) }.map { name, link in
                "\(name) '\(link.prefix(200))' begins with neither http:// nor https://: nobody is shown it"
            }
        }
    }

    /// - Parameter manifest: Has some of the texts in the reader's language.
    func json(_ manifest: AppManifest) throws(HostError) -> JSONValue {
        try Self.reading { () throws(MessageError) in
            Self.present([
                ("website", Self.given(try metadata.website)), ("codeUrl", Self.given(try metadata.codeUrl)),
                ("license", try license()), ("categories", try categories()),
                (
                    "author",
                    Self.present([
                        ("upstreamAuthor", Self.given(try metadata.author.upstreamAuthor)),
                        ("contactEmail", Self.given(try metadata.author.contactEmail)),
                    ])
                ),
                ("shortDescription", Self.given(manifest.shortDescription ?? "")),
                ("description", Self.given(try metadata.description.defaultText)),
                ("changeLog", Self.given(manifest.changeLog ?? "")),
                ("icons", try icons()), ("screenshots", try screenshots()),
            ]) ?? .object([])
        }
    }

    private static func given(_ text: String) -> JSONValue? { text.isEmpty ? nil : Self.text(text) }

    /// Nil when nothing is there.
    private static func present(_ members: [(String, JSONValue?)]) -> JSONValue? {
        let present = members.compactMap { name, value in value.map { JSONValue.Member(name: name, value: $0) } }
        return present.isEmpty ? nil : .object(present)
    }

    private func license() throws(MessageError) -> JSONValue? {
        let license = metadata.license
        let kind: (String, JSONValue?) =
            switch license.which {
            case .openSource: ("openSource", .string(license.openSource.map { "\($0)" } ?? "unknown"))
            case .proprietary: ("proprietary", Self.text(try license.proprietary.defaultText))
            case .publicDomain: ("publicDomain", Self.text(try license.publicDomain.defaultText))
            default: ("none", nil)
            }
        return Self.present([kind, ("notices", Self.given(try license.notices.defaultText))])
    }

    private func categories() throws(MessageError) -> JSONValue? {
        let categories = try metadata.categories.prefix(Self.mostElements).map { number in
            JSONValue.string(Wire.Category(rawValue: number).map { "\($0)" } ?? "\(number)")
        }
        return categories.isEmpty ? nil : .array(categories)
    }

    private func icons() throws(MessageError) -> JSONValue? {
        let icons = metadata.icons
        return Self.present([
            ("appGrid", try Self.json(icons.appGrid)), ("grain", try Self.json(icons.grain)),
            ("market", try Self.json(icons.market)), ("marketBig", try Self.json(icons.marketBig)),
        ])
    }

    private static func json(_ icon: Wire.Metadata.Icon.Reader) throws(MessageError) -> JSONValue? {
        switch icon.which {
        case .svg: picture("svg", try icon.structure.pointer(0).textBytes().count)
        case .png: picture("png", max(try icon.png.dpi1x.count, try icon.png.dpi2x.count))
        default: nil
        }
    }

    private func screenshots() throws(MessageError) -> JSONValue? {
        var screenshots: [JSONValue] = []
        for screenshot in try metadata.screenshots.prefix(Self.mostElements) {
            let size: [JSONValue.Member] = [
                .init(name: "width", value: .integer(Int64(screenshot.width))),
                .init(name: "height", value: .integer(Int64(screenshot.height))),
            ]
            let picture =
                switch screenshot.which {
                case .png: Self.picture("png", try screenshot.png.count)
                case .jpeg: Self.picture("jpeg", try screenshot.jpeg.count)
                default: Self.picture("unknown", 0)
                }
            guard case .object(let members) = picture else { continue }
            screenshots.append(.object(members + size))
        }
        return screenshots.isEmpty ? nil : .array(screenshots)
    }

    private static func picture(_ format: String, _ bytes: Int) -> JSONValue {
        .members(["format": .string(format), "size": .integer(Int64(bytes))])
    }
}
