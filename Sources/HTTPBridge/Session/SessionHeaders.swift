import CCapnpRPC
import CapnProto
import GrainSchemas
import HTTP1

/// How a session was asked for.
enum SessionPurpose {
    case normal, request, offer

    var name: StaticString {
        switch self {
        case .normal: "normal"
        case .request: "request"
        case .offer: "offer"
        }
    }
}

/// What every request of one session says of it, written once (specification, section 7.3).
struct SessionHeaders {
    /// The first part of every path: `/`, or the prefix of an API.
    let root: [UInt8]
    /// `Accept-Language`, which a web socket does not get; none or one line.
    let languages: FieldLines
    /// From User-Agent to X-Real-IP.
    let lines: FieldLines
    /// Scheme and host; empty in API sessions.
    let basePath: String

    /// A session in a browser's tab.
    init(
        web params: Wire.WebSession.Params.Reader, user: SessionUser, number: String
    ) throws {
        var languages = FieldLines()
        let accepted = try params.acceptableLanguages.map { try $0.text() }.joined(separator: ",")
        if !accepted.isEmpty { try languages.field("Accept-Language", accepted) }
        self.languages = languages
        var writer = FieldLines()
        let agent = try params.userAgent
        if !agent.isEmpty { try writer.field("User-Agent", agent) }
        try user.write(to: &writer)
        basePath = try params.basePath
        let (scheme, host) = Self.split(basePath)
        try writer.field("X-Sandstorm-Base-Path", basePath)
        try writer.field("Host", host)
        try writer.field("X-Forwarded-Proto", scheme)
        try writer.field("X-Sandstorm-Session-Id", number)
        lines = writer
        root = [0x2f]
    }

    /// A session of a program that talks to the app's API.
    /// - Parameter params: Nil in a session that was granted.
    init(
        api params: Wire.ApiSession.Params.Reader?, path: String, user: SessionUser, number: String,
        apiName: String? = nil
    ) throws {
        var writer = FieldLines()
        try user.write(to: &writer)
        try writer.field("Host", "sandbox")
        try writer.field("X-Sandstorm-Session-Id", number)
        if let params, !params.structure.pointer(0).isNull {
            try writer.field("X-Real-IP", IPAddressText.written(try params.remoteAddress))
        }
        if let apiName { try writer.field("X-Sandstorm-Api", apiName) }
        languages = FieldLines()
        lines = writer
        basePath = ""
        root = Array((path.hasPrefix("/") ? path : "/" + path).utf8)
    }

    private static func split(_ basePath: String) -> (scheme: String, host: String) {
        let bytes = Array(basePath.utf8)
        guard let colon = bytes.firstIndex(of: 0x3a), bytes[colon...].starts(with: "://".utf8) else {
            return ("http", basePath)
        }
        let host = bytes[(colon + 3)...].prefix { $0 != 0x2f }
        return (String(decoding: bytes[..<colon], as: UTF8.self), String(decoding: host, as: UTF8.self))
    }
}

/// Who uses a session, and in which tab.
struct SessionUser {
    private(set) var tabID: [UInt8]
    let displayName: String
    /// 32 bytes, or none for somebody anonymous.
    let identityID: [UInt8]
    let preferredHandle: String
    private(set) var pictureURL: String
    let pronouns: Wire.Profile.Pronouns
    /// Names of what the user may do.
    private(set) var permissions: [String]
    private(set) var purpose: SessionPurpose

    init(
        _ info: Wire.UserInfo.Reader, tabID: [UInt8], permissionNames: [String], purpose: SessionPurpose
    ) throws {
        self.tabID = tabID
        self.purpose = purpose
        displayName = try info.displayName.defaultText
        identityID = try info.identityId.array
        guard identityID.isEmpty || identityID.count == 32 else {
            throw CallFailure.failed("newSession: the user's identity id has \(identityID.count) bytes instead of 32")
        }
        preferredHandle = try info.preferredHandle
        pictureURL = try info.pictureUrl
        pronouns = info.pronouns ?? .neutral
        permissions = zip(permissionNames, try info.permissions).filter { $0.1 }.map(\.0)
    }

    /// Somebody whose profile the host told; there is no tab.
    init(_ profile: Wire.Profile.Reader, identityID: [UInt8]) throws {
        tabID = []
        purpose = .normal
        displayName = try profile.displayName.defaultText
        self.identityID = identityID
        preferredHandle = try profile.preferredHandle
        pictureURL = ""
        pronouns = profile.pronouns ?? .neutral
        permissions = []
    }

    /// The same person in a session of something they granted: no tab belongs to it, and no picture is known when it is brought back.
    func granting(_ permissions: [String]) -> SessionUser {
        var user = self
        user.tabID = []
        user.purpose = .normal
        user.pictureURL = ""
        user.permissions = permissions
        return user
    }

    /// X-Sandstorm-User-Id: the first half of the identity.
    var userID: String { hexadecimal(identityID.prefix(16)) }

    func write(to writer: inout FieldLines) throws(HTTPError) {
        if !tabID.isEmpty { try writer.field("X-Sandstorm-Tab-Id", hexadecimal(tabID[...])) }
        try writer.field("X-Sandstorm-Username", String(decoding: PercentEncoding.encode(displayName), as: UTF8.self))
        if !identityID.isEmpty { try writer.field("X-Sandstorm-User-Id", userID) }
        if !preferredHandle.isEmpty { try writer.field("X-Sandstorm-Preferred-Handle", preferredHandle) }
        if !pictureURL.isEmpty { try writer.field("X-Sandstorm-User-Picture", pictureURL) }
        if let pronouns = pronounsText { try writer.field("X-Sandstorm-User-Pronouns", pronouns) }
        try writer.field("X-Sandstorm-Session-Type", "\(purpose.name)")
        try writer.field("X-Sandstorm-Permissions", permissions.joined(separator: ","))
    }

    private var pronounsText: String? {
        switch pronouns {
        case .neutral: nil
        case .male: "male"
        case .female: "female"
        case .robot: "robot"
        }
    }
}

func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
