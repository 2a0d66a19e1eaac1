import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

/// Opens sessions and makes requests as the recorded host did.
extension GrainHost {
    enum SessionKind { case web, api }

    func openSession(_ kind: SessionKind = .web, isAnonymous: Bool = false, basePath: String? = nil) throws
        -> Capability
    {
        try openSession(kind, basePath: basePath) { Self.describe(isAnonymous, $0) }
    }

    /// The same for somebody else.
    func openSession(
        _ kind: SessionKind = .web, basePath: String? = nil, of describe: (Wire.UserInfo.Builder) -> Void
    ) throws -> Capability {
        try call(view, Wire.UiView.Methods.newSession) { payload, params in
            describe(params.initUserInfo())
            params.setContext(capability: payload.index(of: Capability(to: NothingOffered(), on: loop)))
            params.setTabId((0xa0...0xaf).map { UInt8($0) })
            switch kind {
            case .web:
                params.setSessionType(Wire.WebSession.interfaceID)
                let web = params.initSessionParams().initStructure(Wire.WebSession.Params.self)
                web.setBasePath(basePath ?? "https://ui-abc.example.com:8443")
                web.setUserAgent("UA/1")
                web.setAcceptableLanguages(["en-US", "en;q=0.9"])
            case .api:
                params.setSessionType(Wire.ApiSession.interfaceID)
                let api = params.initSessionParams().initStructure(Wire.ApiSession.Params.self)
                api.initRemoteAddress().setLower64(0xffff_0102_0304)
            }
        } _: { results, message in
            try #require(message.capability(try results.session))
        }
    }

    private static func describe(_ isAnonymous: Bool, _ user: Wire.UserInfo.Builder) {
        if isAnonymous {
            user.initDisplayName().setDefaultText("Anonymous User")
        } else {
            user.initDisplayName().setDefaultText("Ann Ö Bee")
            user.setIdentityId((0..<32).map { UInt8($0) })
            user.setPreferredHandle("ann")
            user.setPictureUrl("https://static.x/p")
            user.setPronouns(.robot)
            user.setPermissions([true, false, true])
        }
    }

    /// What the recorded host said of every GET.
    static func fill(_ context: Wire.WebSession.Context.Builder) {
        let cookies = context.initCookies(count: 2)
        for (index, (key, value)) in [("k", "v"), ("k2", "v2")].enumerated() {
            cookies[index].setKey(key)
            cookies[index].setValue(value)
        }
        let accept = context.initAccept(count: 2)
        accept[0].setMimeType("text/html")
        accept[1].setMimeType("*/*")
        accept[1].setQValue(0.8)
        context.initAcceptEncoding(count: 1)[0].setContentCoding("gzip")
        let headers = context.initAdditionalHeaders(count: 2)
        headers[0].setName("x-sandstorm-app-zed")
        headers[0].setValue("1")
        headers[1].setName("x-requested-with")
        headers[1].setValue("XMLHttpRequest")
        let tags = context.initETagPrecondition().initMatchesNoneOf(count: 2)
        tags[0].setValue("one")
        tags[1].setValue("two")
        tags[1].setWeak(true)
    }

    /// A GET, with everything that came of it in order, in the form of the recorded results.
    func get(_ session: Capability, _ path: String, isHead: Bool = false) throws -> [String] {
        let sink = Sink()
        var lines: [String] = []
        var handle: Capability?
        var reported = 0
        func report() {
            while reported < sink.events.count {
                switch sink.events[reported] {
                case .expectSize(let size): lines.append("[stream expectSize \(size)]")
                case .bytes: lines.append("[stream write]")
                case .done: lines.append("[stream done]")
                case .dropped: break
                }
                reported += 1
            }
        }
        sink.onEvent = report
        try call(session, Wire.WebSession.Methods.get) { payload, params in
            params.setPath(path)
            params.setIgnoreBody(isHead)
            let context = params.initContext()
            Self.fill(context)
            context.setResponseStream(capability: payload.index(of: Capability(to: sink, on: loop)))
        } _: { results, message in
            lines.append("-> " + (try ResponseText.written(results)))
            if case .stream = results.content.body.which {
                handle = message.capability(try results.content.body.stream)
            }
        }
        if handle != nil, !sink.isOver {
            wait { done in
                sink.onEvent = {
                    report(); if sink.isOver { done() }
                }
            }
        }
        withExtendedLifetime(handle) {}
        return lines.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
