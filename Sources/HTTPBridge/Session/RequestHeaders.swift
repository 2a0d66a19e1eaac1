import CapnProto
import GrainSchemas
import HTTP1

/// What one request says: its context on the wire, as header lines in the recorded order.
extension RequestWriter {
    /// Cookie, Accept, Accept-Encoding, additional headers, If-Match or If-None-Match.
    mutating func write(_ context: Wire.WebSession.Context.Reader) throws {
        try writeCookies(try context.cookies)
        try writeAccept(context)
        for header in try context.additionalHeaders {
            let name = try header.name
            guard HeaderAllowList.grainRequest.contains(name) else { continue }
            try field(named: name, try header.value)
        }
        try writePrecondition(context.eTagPrecondition)
    }

    private mutating func writeCookies(_ cookies: StructList<Wire.KeyValue>) throws {
        guard !cookies.isEmpty else { return }
        var value: [UInt8] = []
        for cookie in cookies {
            if !value.isEmpty { value.append(contentsOf: "; ".utf8) }
            value.append(contentsOf: try cookie.key.utf8)
            value.append(0x3d)
            value.append(contentsOf: try cookie.value.utf8)
        }
        try field("Cookie", bytes: value)
    }

    private mutating func writeAccept(_ context: Wire.WebSession.Context.Reader) throws {
        var types = QualityList()
        for type in try context.accept { types.append(try type.mimeType, quality: type.qValue) }
        if types.isEmpty { types.append("*/*", quality: 1) }
        try field("Accept", bytes: types.text)
        var codings = QualityList()
        for coding in try context.acceptEncoding {
            codings.append(try coding.contentCoding, quality: coding.qValue)
        }
        if !codings.isEmpty { try field("Accept-Encoding", bytes: codings.text) }
    }

    private mutating func writePrecondition(
        _ precondition: Wire.WebSession.Context.ETagPrecondition.Reader
    ) throws {
        switch precondition.which {
        case .exists: field("If-Match", constant: "*")
        case .doesntExist: field("If-None-Match", constant: "*")
        case .matchesOneOf: try field("If-Match", bytes: Self.tags(try precondition.matchesOneOf))
        case .matchesNoneOf: try field("If-None-Match", bytes: Self.tags(try precondition.matchesNoneOf))
        case .none?, nil: return
        }
    }

    private static func tags(_ tags: StructList<Wire.WebSession.ETag>) throws -> [UInt8] {
        var value: [UInt8] = []
        for tag in tags {
            if !value.isEmpty { value.append(contentsOf: ", ".utf8) }
            value.append(contentsOf: try EntityTag(value: Array(try tag.value.utf8), isWeak: tag.weak).written())
        }
        return value
    }
}
