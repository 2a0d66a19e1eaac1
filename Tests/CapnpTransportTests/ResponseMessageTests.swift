import Barchan
import BarchanConformance
import CapnProto
import GrainSchemas
import Testing

@testable import CapnpTransport

/// What an app may answer, and what comes of it (specification, sections 7.5 and 9.2).
@Suite(.timeLimit(.minutes(10))) struct ResponseMessageTests {
    typealias Response = Wire.WebSession.Response

    private func outcome(_ fill: @escaping @Sendable (Response.Builder) -> Void) async throws -> WebResponse {
        let (connection, app) = try await connectedApp { call in
            let results = MessageBuilder()
            fill(results.initRoot(Response.self))
            call.incoming.reply(results)
        }
        let response = try await connection.openWebSession(.ann).send(.home)
        withExtendedLifetime(app) {}
        await connection.close()
        return response
    }

    @Test(arguments: [
        (Response.SuccessCode.ok, 200), (.created, 201), (.accepted, 202), (.partialContent, 206), (.multiStatus, 207),
    ]) func successesKeepTheirStatus(_ code: Response.SuccessCode, _ status: Int) async throws {
        let response = try await outcome {
            let content = $0.initContent()
            content.setStatusCode(code)
            content.setMimeType("a/b")
            content.setEncoding("gzip")
            content.setLanguage("de")
            content.initETag().setValue("t")
            content.initDisposition().setDownload("x.txt")
            content.initBody().setBytes([1, 2])
        }
        guard case .content(status, let content) = response.outcome else {
            Issue.record("another outcome: \(response.outcome)")
            return
        }
        #expect(content.mimeType == "a/b" && content.encoding == "gzip" && content.language == "de")
        #expect(content.etag == ETag(value: "t") && content.downloadName == "x.txt")
        #expect(try await response.body == [1, 2])
    }

    /// Newer apps say so in the success's code (web-session.capnp).
    @Test func successesWithoutABodyAreThatOutcome() async throws {
        let none = try await outcome { $0.initContent().setStatusCode(.noContent) }.outcome
        guard case .noContent(shouldResetForm: false, nil) = none else {
            Issue.record("another outcome: \(none)")
            return
        }
        let same = try await outcome {
            let content = $0.initContent()
            content.setStatusCode(.notModified)
            content.initETag().setValue("t")
        }.outcome
        guard case .preconditionFailed(ETag(value: "t")) = same else {
            Issue.record("another outcome: \(same)")
            return
        }
    }

    @Test(arguments: [
        (Response.ClientErrorCode.badRequest, 400), (.forbidden, 403), (.notFound, 404), (.methodNotAllowed, 405),
        (.notAcceptable, 406), (.conflict, 409), (.gone, 410), (.preconditionFailed, 412),
        (.requestEntityTooLarge, 413),
        (.requestUriTooLong, 414), (.unsupportedMediaType, 415), (.imATeapot, 418), (.unprocessableEntity, 422),
    ]) func clientErrorsKeepTheirStatus(_ code: Response.ClientErrorCode, _ status: Int) async throws {
        let response = try await outcome {
            let error = $0.initClientError()
            error.setStatusCode(code)
            error.setDescriptionHtml("<p>no")
        }
        guard case .clientError(status, let body?) = response.outcome else {
            Issue.record("another outcome: \(response.outcome)")
            return
        }
        #expect(body.bytes == Array("<p>no".utf8) && body.mimeType.hasPrefix("text/html"))
    }

    @Test(arguments: [true, false]) func errorsThatAreNoHTMLKeepTheirType(_ isClients: Bool) async throws {
        let response = try await outcome {
            let body = isClients ? $0.initClientError().initNonHtmlBody() : $0.initServerError().initNonHtmlBody()
            body.setData([0xff])
            body.setMimeType("application/json")
            body.setEncoding("gzip")
            body.setLanguage("de")
        }
        let body: ErrorBody?
        switch response.outcome {
        case .clientError(400, let found) where isClients: body = found
        case .serverError(let found) where !isClients: body = found
        default: body = nil
        }
        #expect(body?.bytes == [0xff] && body?.mimeType == "application/json")
        #expect(body?.encoding == "gzip" && body?.language == "de")
    }

    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func redirectsSayWhetherTheyStay(_ isPermanent: Bool, _ switchToGet: Bool) async throws {
        let response = try await outcome {
            let redirect = $0.initRedirect()
            redirect.setIsPermanent(isPermanent)
            redirect.setSwitchToGet(switchToGet)
            redirect.setLocation("//other/%41?x#y")
        }
        guard case .redirect(isPermanent, switchToGet, "//other/%41?x#y") = response.outcome else {
            Issue.record("another outcome: \(response.outcome)")
            return
        }
    }

    private static let long = String(repeating: "x", count: 100_000)
    private static let giants: [(String, @Sendable (Response.Builder) -> Void)] = [
        ("type", { $0.initContent().setMimeType(long) }), ("coding", { $0.initContent().setEncoding(long) }),
        ("tag", { $0.initContent().initETag().setValue(long) }),
        ("name", { $0.initContent().initDisposition().setDownload(long) }),
        ("location", { $0.initRedirect().setLocation(long) }),
        ("tag of no content", { $0.initNoContent().initETag().setValue(long) }),
        ("type of an error", { $0.initServerError().initNonHtmlBody().setMimeType(long) }),
        ("language of an error", { $0.initClientError().initNonHtmlBody().setLanguage(long) }),
        (
            "cookie",
            {
                _ = $0.initContent()
                $0.initSetCookies(count: 1)[0].setValue(long)
            }
        ),
        (
            "cookies",
            {
                _ = $0.initContent()
                let cookies = $0.initSetCookies(count: 5000)
                for index in 0..<5000 { cookies[index].setName("c\(index)") }
            }
        ),
        (
            "header",
            {
                _ = $0.initNoContent()
                let header = $0.initAdditionalHeaders(count: 1)[0]
                header.setName("x-sandstorm-app-a")
                header.setValue(long)
            }
        ),
    ]

    /// A browser takes no such answer, and whoever makes header lines of it keeps others waiting: the request fails, once.
    @Test(arguments: giants.indices) func giantFieldsFailTheirRequest(_ index: Int) async throws {
        let (connection, app) = try await connectedApp { call in
            guard call.path == "giant" else { return call.answer([1]) }
            let results = MessageBuilder()
            Self.giants[index].1(results.initRoot(Response.self))
            call.incoming.reply(results)
        }
        let session = try await connection.openWebSession(.ann)
        let error = await hostError { _ = try await session.send(WebRequest(method: .get, path: "giant")) }
        #expect(error?.code == .failed, "\(Self.giants[index].0)")
        #expect(error?.message.contains("65536 are allowed") == true, "\(error?.message ?? "no error")")
        #expect(try await session.send(.home).wholeBody() == [1])
        withExtendedLifetime(app) {}
        await connection.close()
    }

    @Test func longBodiesAreNoGiantFields() async throws {
        let body = [UInt8](repeating: 0x61, count: 1 << 20)
        let ok = try await outcome { $0.initContent().initBody().setBytes(body) }
        #expect(try await ok.body == body)
        let failed = try await outcome { $0.initServerError().setDescriptionHtml(Self.long) }
        guard case .serverError(let text?) = failed.outcome else {
            Issue.record("another outcome: \(failed.outcome)")
            return
        }
        #expect(text.bytes.count == Self.long.utf8.count)
    }

    @Test func anAppThatSaysTooMuchOfItselfSaysNothing() async throws {
        let (connection, app) = try await connectedApp(view: { call in
            let results = MessageBuilder()
            let permissions = results.initRoot(Wire.UiView.ViewInfo.self).initPermissions(count: 20)
            for index in 0..<20 { permissions[index].setName(Self.long) }
            call.incoming.reply(results)
        }) { $0.answer([1]) }
        #expect(try await connection.viewInfo().permissions.isEmpty)
        withExtendedLifetime(app) {}
        await connection.close()
    }
}

extension WebResponse {
    /// The body of a success that is there at once.
    fileprivate var body: [UInt8] {
        get async throws {
            guard case .content(_, let content) = outcome, case .bytes(let bytes) = content.body else {
                throw HostError(.failed, "another outcome: \(outcome)")
            }
            return bytes
        }
    }
}
