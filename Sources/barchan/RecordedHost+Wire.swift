import Barchan
import CapnProto
import GrainRecording
import GrainSchemas

/// What a recorded host sent, as it was asked of its transport.
extension WebSessionParameters {
    /// Nil for a session of another type.
    init?(_ params: Wire.UiView.NewSessionParams.Reader) throws {
        switch params.sessionType {
        case Wire.WebSession.interfaceID:
            try self.init(
                try params.userInfo, try params.tabId.array, web: params.sessionParams, kind: .web)
        case Wire.ApiSession.interfaceID:
            let api = try params.sessionParams.structure(Wire.ApiSession.Params.self)
            let address = api.hasRemoteAddress ? try api.remoteAddress : nil
            try self.init(
                try params.userInfo, try params.tabId.array, web: nil, kind: .api(remoteAddress: address?.bytes))
        default: return nil
        }
    }

    /// Nil for a session of another type.
    init?(_ params: Wire.UiView.NewRequestSessionParams.Reader) throws {
        guard params.sessionType == Wire.WebSession.interfaceID else { return nil }
        let descriptors = try params.requestInfo.map { descriptor in
            let message = MessageBuilder()
            try message.root.copy(descriptor.structure)
            return message.flatBytes
        }
        try self.init(
            try params.userInfo, try params.tabId.array, web: params.sessionParams,
            kind: .request(descriptors: descriptors))
    }

    private init(_ info: Wire.UserInfo.Reader, _ tabID: [UInt8], web: PointerReader?, kind: Kind) throws {
        let web = try web?.structure(Wire.WebSession.Params.self)
        self.init(
            user: UserInfo(
                displayName: try info.displayName.defaultText, preferredHandle: try info.preferredHandle,
                identityID: try info.identityId.array, pictureURL: try info.pictureUrl,
                pronouns: UserInfo.Pronouns(rawValue: info.pronouns?.rawValue ?? 0) ?? .neutral,
                permissions: Array(try info.permissions)),
            basePath: try web?.basePath ?? "", userAgent: try web?.userAgent ?? "",
            acceptableLanguages: try web?.acceptableLanguages.map { try $0.text() } ?? [], tabID: tabID)
        self.kind = kind
    }
}

extension Wire.UiView.NewSessionParams.Reader {
    /// Whether this is what a host opens when an app knows no API sessions (specification, section 10.3).
    var isFallback: Bool {
        get throws {
            guard sessionType == Wire.WebSession.interfaceID else { return false }
            return try sessionParams.structure(Wire.WebSession.Params.self).basePath == "https://sandbox"
        }
    }
}

extension Wire.IpAddress.Reader {
    /// 16 bytes, an IPv4 address mapped into IPv6.
    fileprivate var bytes: [UInt8] {
        [upper64, lower64].flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
        }
    }
}

extension WebRequest {
    /// Nil for a method that this program does not know.
    init?(_ ordinal: UInt16, _ message: MessageReader) throws {
        typealias Methods = Wire.WebSession.Methods
        switch ordinal {
        case Methods.get.ordinal:
            let params = try message.root(Wire.WebSession.GetParams.self)
            try self.init(params.ignoreBody ? .head : .get, try params.path, try params.context)
        case Methods.post.ordinal:
            let params = try message.root(Wire.WebSession.PostParams.self)
            try self.init(.post, try params.path, try params.context, try params.content)
        case Methods.put.ordinal:
            let params = try message.root(Wire.WebSession.PutParams.self)
            try self.init(.put, try params.path, try params.context)
            let content = try params.content
            (contentType, contentEncoding) = (try content.mimeType, try content.encoding)
            body = .bytes(try content.content.array)
        case Methods.patch.ordinal:
            let params = try message.root(Wire.WebSession.PatchParams.self)
            try self.init(.patch, try params.path, try params.context, try params.content)
        case Methods.delete.ordinal:
            let params = try message.root(Wire.WebSession.DeleteParams.self)
            try self.init(.delete, try params.path, try params.context)
        case Methods.options.ordinal:
            let params = try message.root(Wire.WebSession.OptionsParams.self)
            try self.init(.options, try params.path, try params.context)
        case Methods.postStreaming.ordinal:
            let params = try message.root(Wire.WebSession.PostStreamingParams.self)
            try self.init(.post, try params.path, try params.context)
            (contentType, contentEncoding) = (try params.mimeType, try params.encoding)
            body = .stream(RecordedBody(), length: nil)
        case Methods.putStreaming.ordinal:
            let params = try message.root(Wire.WebSession.PutStreamingParams.self)
            try self.init(.put, try params.path, try params.context)
            (contentType, contentEncoding) = (try params.mimeType, try params.encoding)
            body = .stream(RecordedBody(), length: nil)
        default: try self.init(dav: ordinal, message)
        }
    }

    /// The methods of WebDAV.
    private init?(dav ordinal: UInt16, _ message: MessageReader) throws {
        typealias Methods = Wire.WebSession.Methods
        switch ordinal {
        case Methods.propfind.ordinal:
            let params = try message.root(Wire.WebSession.PropfindParams.self)
            let depth: PropfindDepth =
                switch params.depth {
                case .zero: .zero
                case .one: .one
                case .infinity, nil: .infinity
                }
            try self.init(.propfind(depth: depth), try params.path, try params.context, xml: try params.xmlContent)
        case Methods.proppatch.ordinal:
            let params = try message.root(Wire.WebSession.ProppatchParams.self)
            try self.init(.proppatch, try params.path, try params.context, xml: try params.xmlContent)
        case Methods.mkcol.ordinal:
            let params = try message.root(Wire.WebSession.MkcolParams.self)
            try self.init(.mkcol, try params.path, try params.context, try params.content)
        case Methods.copy.ordinal:
            let params = try message.root(Wire.WebSession.CopyParams.self)
            let method = Method.copy(
                destination: try params.destination, noOverwrite: params.noOverwrite,
                depth: params.shallow ? .zero : .infinity)
            try self.init(method, try params.path, try params.context)
        case Methods.move.ordinal:
            let params = try message.root(Wire.WebSession.MoveParams.self)
            let method = Method.move(destination: try params.destination, noOverwrite: params.noOverwrite)
            try self.init(method, try params.path, try params.context)
        case Methods.lock.ordinal:
            let params = try message.root(Wire.WebSession.LockParams.self)
            let method = Method.lock(isShallow: params.shallow)
            try self.init(method, try params.path, try params.context, xml: try params.xmlContent)
        case Methods.unlock.ordinal:
            let params = try message.root(Wire.WebSession.UnlockParams.self)
            try self.init(.unlock(lockToken: try params.lockToken), try params.path, try params.context)
        case Methods.acl.ordinal:
            let params = try message.root(Wire.WebSession.AclParams.self)
            try self.init(.acl, try params.path, try params.context, xml: try params.xmlContent)
        case Methods.report.ordinal:
            let params = try message.root(Wire.WebSession.ReportParams.self)
            try self.init(.report, try params.path, try params.context, try params.content)
        default: return nil
        }
    }

    private init(
        _ method: Method, _ path: String, _ context: Wire.WebSession.Context.Reader,
        _ content: Wire.WebSession.PostContent.Reader? = nil, xml: String? = nil
    ) throws {
        self.init(method: method, path: path)
        try fill(context)
        if let content {
            (contentType, contentEncoding) = (try content.mimeType, try content.encoding)
            body = .bytes(try content.content.array)
        }
        if let xml { body = .bytes(Array(xml.utf8)) }
    }

    private mutating func fill(_ context: Wire.WebSession.Context.Reader) throws {
        cookies = try context.cookies.map { KeyValue(try $0.key, try $0.value) }
        accept = try context.accept.map { AcceptedType(mimeType: try $0.mimeType, quality: $0.qValue) }
        acceptEncoding = try context.acceptEncoding.map {
            AcceptedEncoding(coding: try $0.contentCoding, quality: $0.qValue)
        }
        additionalHeaders = try context.additionalHeaders.map { KeyValue(try $0.name, try $0.value) }
        let condition = context.eTagPrecondition
        switch condition.which {
        case .exists: precondition = .exists
        case .doesntExist: precondition = .doesntExist
        case .matchesOneOf: precondition = .matchesOneOf(try Self.tags(try condition.matchesOneOf))
        case .matchesNoneOf: precondition = .matchesNoneOf(try Self.tags(try condition.matchesNoneOf))
        case .none?, nil: precondition = .none
        }
    }

    private static func tags(_ tags: StructList<Wire.WebSession.ETag>) throws -> [ETag] {
        try tags.map { ETag(value: try $0.value, isWeak: $0.weak) }
    }
}

extension WebSocketRequest {
    init(_ params: Wire.WebSession.OpenWebSocketParams.Reader) throws {
        self.init(path: try params.path)
        let context = try params.context
        cookies = try context.cookies.map { KeyValue(try $0.key, try $0.value) }
        additionalHeaders = try context.additionalHeaders.map { KeyValue(try $0.name, try $0.value) }
        protocols = try params.protocol.map { try $0.text() }
    }
}
