import Barchan
import Testing

/// What is larger than it may be is "Content Too Large" (RFC 9110, section 15.5.14); 507 is for a lack of room.
@Suite struct TooLargeTests {
    private func own(_ login: Secret, _ serving: Serving) -> [String] {
        ["Cookie: barchan-login=\(login.text)", "Origin: \(serving.baseURL)"]
    }

    @Test(arguments: ["/grains", "/account/name"]) func aFormThatIsTooLong(path: String) async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn(), nonce = try await serving.nonce(of: login)
            let form = "nonce=\(nonce)&title=\(String(repeating: "t", count: 65_536))"
            let reply = try await serving.request(path, as: login, form: form)
            #expect(reply.status == 413)
            #expect(reply.text.contains("longer than it may be"))
        }
    }

    @Test func anUploadWhoseNonceIsTooLong() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let fields = own(login, serving) + ["Content-Type: multipart/form-data; boundary=b"]
            let body =
                "--b\r\nContent-Disposition: form-data; name=\"nonce\"\r\n\r\n\(String(repeating: "0", count: 1025))\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n"
            for path in ["/apps/install", "/grains/restore"] {
                #expect(try await serving.request(path, fields, method: "POST", body: body).status == 413, "\(path)")
            }
        }
    }

    /// What passes in a while is no lack of room (RFC 9110, sections 10.2.3 and 15.6.4), in the shell and on a grain's host.
    @Test func whatMayBeTriedAgainLater() async throws {
        try await Serving.run { serving async throws in
            let later = HostError(.resourceExhausted, "start it: not now", retryAfter: .seconds(8))
            let login = serving.host.logIn()
            serving.host.directory.withLock { $0.refusal = later }
            let nonce = try await serving.nonce(of: login)
            let made = try await serving.request(
                "/grains", as: login, form: "nonce=\(nonce)&package=\(FakeHost.wiki.identifier)&action=0")
            #expect(made.status == 503 && made.value("Retry-After") == "8")
            let session = serving.host.openSession()
            serving.host.answer { (_, _) throws(HostError) in throw later }
            let page = try await serving.request(
                "/", ["Cookie: \(serving.cookie(session))"], host: serving.grainHost(session))
            #expect(page.status == 503 && page.value("Retry-After") == "8")
        }
    }

    @Test(arguments: [(HostError.Code.invalidArgument, 400), (.resourceExhausted, 507)])
    func aPackageOverALimitOrADiskThatIsFull(code: HostError.Code, status: Int) async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            serving.host.directory.withLock { $0.installError = HostError(code, "install the package: no") }
            let fields = own(login, serving) + ["X-Barchan-Nonce: \(try await serving.nonce(of: login))"]
            let page = try await serving.request("/apps/install", fields, method: "POST", body: "package")
            #expect(page.status == status)
            let script = fields + ["Accept: application/json"]
            let answer = try await serving.request("/apps/install", script, method: "POST", body: "package")
            #expect(answer.status == status)
        }
    }
}
