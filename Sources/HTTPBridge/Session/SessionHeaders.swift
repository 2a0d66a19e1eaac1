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
    /// `Accept-Language`, which a web socket does not get; empty or a whole line.
    let languages: [UInt8]
    /// From User-Agent to X-Real-IP.
    let lines: [UInt8]
    /// Scheme and host; empty in API sessions.
    let basePath: String

    /// A session in a browser's tab.
    init(
        web params: Wire.WebSession.Params.Reader, user: SessionUser, number: String
    ) throws {
        var writer = FieldLines()
        let accepted = try params.acceptableLanguages.map { try $0.text() }.joined(separator: ",")
        if !accepted.isEmpty { try writer.field("Accept-Language", accepted.utf8) }
        languages = writer.take()
        let agent = try params.userAgent
        if !agent.isEmpty { try writer.field("User-Agent", agent.utf8) }
        try user.write(to: &writer)
        basePath = try params.basePath
        let (scheme, host) = Self.split(basePath)
        try writer.field("X-Sandstorm-Base-Path", basePath.utf8)
        try writer.field("Host", host)
        try writer.field("X-Forwarded-Proto", scheme)
        try writer.field("X-Sandstorm-Session-Id", number.utf8)
        lines = writer.take()
        root = [0x2f]
    }

    /// A session of a program that talks to the app's API.
    init(
        api params: Wire.ApiSession.Params.Reader, path: String, user: SessionUser, number: String,
        apiName: String? = nil
    ) throws {
        var writer = FieldLines()
        try user.write(to: &writer)
        try writer.field("Host", "sandbox".utf8)
        try writer.field("X-Sandstorm-Session-Id", number.utf8)
        if !params.structure.pointer(0).isNull {
            try writer.field("X-Real-IP", IPAddressText.written(try params.remoteAddress).utf8)
        }
        if let apiName { try writer.field("X-Sandstorm-Api", apiName.utf8) }
        languages = []
        lines = writer.take()
        basePath = ""
        root = Array((path.hasPrefix("/") ? path : "/" + path).utf8)
    }

    private static func split(_ basePath: String) -> (scheme: [UInt8], host: [UInt8]) {
        let bytes = Array(basePath.utf8)
        guard let colon = bytes.firstIndex(of: 0x3a), bytes[colon...].starts(with: "://".utf8) else {
            return (Array("http".utf8), bytes)
        }
        return (Array(bytes[..<colon]), Array(bytes[(colon + 3)...].prefix { $0 != 0x2f }))
    }
}

/// Header lines outside of a request.
struct FieldLines {
    private var writer: RequestWriter?
    private var start = 0

    mutating func field(_ name: StaticString, _ value: some Sequence<UInt8>) throws(HTTPError) {
        if writer == nil {
            writer = try RequestWriter(method: "GET", root: [], path: [])
            start = writer?.bytes.count ?? 0
        }
        try writer?.field(name, value)
    }

    mutating func take() -> [UInt8] {
        defer { writer = nil }
        return Array(writer?.bytes.dropFirst(start) ?? [])
    }
}

/// Who uses a session, and in which tab.
struct SessionUser {
    let tabID: [UInt8]
    let displayName: String
    /// 32 bytes, or none for somebody anonymous.
    let identityID: [UInt8]
    let preferredHandle: String
    let pictureURL: String
    let pronouns: Wire.Profile.Pronouns
    /// Names of what the user may do.
    let permissions: [String]
    let purpose: SessionPurpose

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

    /// X-Sandstorm-User-Id: the first half of the identity.
    var userID: String { hexadecimal(identityID.prefix(16)) }

    func write(to writer: inout FieldLines) throws(HTTPError) {
        if !tabID.isEmpty { try writer.field("X-Sandstorm-Tab-Id", hexadecimal(tabID[...]).utf8) }
        try writer.field("X-Sandstorm-Username", PercentEncoding.encode(displayName.utf8))
        if !identityID.isEmpty { try writer.field("X-Sandstorm-User-Id", userID.utf8) }
        if !preferredHandle.isEmpty { try writer.field("X-Sandstorm-Preferred-Handle", preferredHandle.utf8) }
        if !pictureURL.isEmpty { try writer.field("X-Sandstorm-User-Picture", pictureURL.utf8) }
        if let pronouns = pronounsText { try writer.field("X-Sandstorm-User-Pronouns", pronouns.utf8) }
        try writer.field("X-Sandstorm-Session-Type", "\(purpose.name)".utf8)
        try writer.field("X-Sandstorm-Permissions", permissions.joined(separator: ",").utf8)
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
