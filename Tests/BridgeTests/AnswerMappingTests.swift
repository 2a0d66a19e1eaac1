import CCapnpRPC
import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

/// What becomes of an app's answer, row by row of the specification's section 7.5.
@Suite struct AnswerMappingTests {
    private typealias Response = Wire.WebSession.Response.Reader

    /// Nil where the call fails.
    static let statuses: [(Int, String?)] = [
        (200, "content ok"), (201, "content created"), (202, "content accepted"), (206, "content partialContent"),
        (207, "content multiStatus"), (204, "noContent false"), (205, "noContent true"),
        (301, "redirect permanent get"), (302, "redirect temporary get"), (303, "redirect temporary get"),
        (307, "redirect temporary keep"), (308, "redirect permanent keep"), (304, "preconditionFailed"),
        (412, "preconditionFailed"), (400, "clientError badRequest"), (403, "clientError forbidden"),
        (404, "clientError notFound"), (405, "clientError methodNotAllowed"), (406, "clientError notAcceptable"),
        (409, "clientError conflict"), (410, "clientError gone"), (413, "clientError requestEntityTooLarge"),
        (414, "clientError requestUriTooLong"), (415, "clientError unsupportedMediaType"),
        (418, "clientError imATeapot"), (422, "clientError unprocessableEntity"), (401, "clientError badRequest"),
        (402, "clientError badRequest"), (423, "clientError badRequest"), (429, "clientError badRequest"),
        (499, "clientError badRequest"), (500, "serverError"), (501, "serverError"), (503, "serverError"),
        (599, "serverError"), (101, nil), (203, nil), (208, nil), (300, nil), (305, nil), (600, nil),
    ]

    @Test func everyStatusHasItsOutcome() async throws {
        try await onOwnThread {
            let answers = Self.statuses.map { status, _ in
                let fields = "ETag: W/\"t\"\r\nLocation: ../a b?c#d\r\nContent-Length: 0\r\n"
                return ("s\(status)", "HTTP/1.1 \(status) X\r\n\(fields)\r\n")
            }
            let app = try ScriptedApp(Dictionary(uniqueKeysWithValues: answers))
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            for (status, expected) in Self.statuses {
                guard let expected else {
                    #expect(throws: CallFailure.self, "\(status)") { try get(host, session, "s\(status)") { _ in } }
                    continue
                }
                try get(host, session, "s\(status)") { response in
                    let outcome = try Self.described(response)
                    #expect(outcome == expected, "\(status)")
                }
            }
        }
    }

    /// The outcome, with what goes along checked.
    private static func described(_ response: Response) throws -> String {
        switch response.which {
        case .content:
            let tag = try text(of: response.content.eTag)
            #expect(tag == "W/t")
            let code = try #require(response.content.statusCode)
            return "content \(code)"
        case .noContent:
            let tag = try text(of: response.noContent.eTag)
            #expect(tag == "W/t")
            return "noContent \(response.noContent.shouldResetForm)"
        case .preconditionFailed:
            let tag = try text(of: response.preconditionFailed.matchingETag)
            #expect(tag == "W/t")
            return "preconditionFailed"
        case .redirect:
            let location = try response.redirect.location
            #expect(location == "../a b?c#d")
            return "redirect \(response.redirect.isPermanent ? "permanent" : "temporary")"
                + " \(response.redirect.switchToGet ? "get" : "keep")"
        case .clientError:
            let code = try #require(response.clientError.statusCode)
            return "clientError \(code)"
        case .serverError: return "serverError"
        case nil: return "nothing"
        }
    }

    private static func text(of tag: Wire.WebSession.ETag.Reader) throws -> String {
        (tag.weak ? "W/" : "") + (try tag.value)
    }

    private static let answers = [
        "fields": """
        HTTP/1.1 200 OK\r
        Content-Type: text/x; charset=y\r
        Content-Encoding: gzip\r
        Content-Language: de\r
        Content-Disposition: attachment; filename="a b.txt"\r
        Set-Cookie: a=b; Path=/x; HttpOnly; Secure; SameSite=None; Domain=example.com; Max-Age=60\r
        Set-Cookie: c=d; Expires=Wed, 15 Nov 1995 06:25:24 GMT\r
        X-Sandstorm-App-Z: 2\r
        X-OC-Mtime: accepted\r
        Cache-Control: max-age=1\r
        Expires: Wed, 15 Nov 1995 06:25:24 GMT\r
        Last-Modified: Wed, 15 Nov 1995 06:25:24 GMT\r
        Content-Range: bytes 0-1/2\r
        Accept-Ranges: bytes\r
        Retry-After: 1\r
        Vary: Cookie\r
        WWW-Authenticate: Basic\r
        Content-Security-Policy: default-src *\r
        Access-Control-Allow-Origin: *\r
        Link: </x>; rel=preload\r
        X-Frame-Options: DENY\r
        Content-Length: 2\r
        \r
        ok
        """,
        "tag": "HTTP/1.1 200 OK\r\nETag: abc\r\nContent-Disposition: inline; filename=x\r\nContent-Length: 0\r\n\r\n",
        "error": "HTTP/1.1 404 No\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n<no>",
        "broken": "HTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    ]

    @Test func headersCrossThatHaveAPlaceAndNoOthers() async throws {
        try await onOwnThread {
            let app = try ScriptedApp(Self.answers)
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            try get(host, session, "fields") { response in
                let content = response.content
                let type = try content.mimeType
                #expect(type == "text/x; charset=y")
                let coding = try content.encoding
                #expect(coding == "gzip")
                let language = try content.language
                #expect(language == "de")
                let name = try content.disposition.download
                #expect(name == "a b.txt")
                let body = try content.body.bytes.array
                #expect(body == Array("ok".utf8))
                let others = try response.additionalHeaders.map { try $0.name + ": " + (try $0.value) }
                #expect(others == ["x-oc-mtime: accepted", "x-sandstorm-app-z: 2"])
                let cookies = try response.setCookies
                let pairs = try cookies.map { try $0.name + "=" + (try $0.value) }
                #expect(pairs == ["a=b", "c=d"])
                let paths = try cookies.map { try $0.path }
                #expect(paths == ["/x", ""])
                #expect(cookies.map { $0.httpOnly } == [true, false])
                #expect(cookies.first?.expires.relative == 60)
                #expect(cookies.map { $0 }.last?.expires.absolute == 816_416_724)
            }
            try get(host, session, "tag") { response in
                #expect(response.content.hasETag)
                let tag = try response.content.eTag.value
                #expect(tag == "")
                #expect(response.content.disposition.which == .normal)
            }
            // Whatever their type, bodies of errors are the page that describes them.
            try get(host, session, "error") { response in
                let page = try response.clientError.descriptionHtml
                #expect(page == "<no>")
            }
            try get(host, session, "broken") { response in
                let page = try response.serverError.descriptionHtml
                #expect(page == "{}")
            }
        }
    }

    private func get(
        _ host: GrainHost, _ session: Capability, _ path: String, _ read: @escaping (Response) throws -> Void
    ) throws {
        try host.call(session, Wire.WebSession.Methods.get, { $1.setPath(path) }) { response, _ in try read(response) }
    }
}
