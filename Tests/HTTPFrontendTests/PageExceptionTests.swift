import Barchan
import HTTPFrontend
import Testing

/// What the configuration lets pages of one app do beyond the walls.
@Suite struct PageExceptionTests {
    private static let app = FakeHost.wiki.app.text

    /// The page around a grain, and an answer of the grain opened there.
    private func opened(_ lines: [String]) async throws -> (page: Reply, answer: Reply, origin: String) {
        try await Serving.run(settings: ["page_exceptions": .strings(lines)]) { serving async throws in
            let login = serving.host.logIn()
            let page = try await serving.request("/grain/\(serving.host.addGrain().identifier)", as: login)
            let origin = page.text.text(between: "data-origin=\"", and: "\"")
            let answer = try await serving.request("/", host: String(origin.dropFirst("http://".count)))
            return (page, answer, origin)
        }
    }

    private func directives(_ reply: Reply) -> [Substring] {
        (reply.value("Content-Security-Policy") ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
    }

    /// The header with a word for the origin of people's pictures, whose port differs from server to server.
    private static func allowList(_ reply: Reply) -> String {
        (reply.value("Connection-Allowlist") ?? "").split(separator: " ")
            .map {
                $0.hasPrefix("\"http://static.localhost:")
                    ? "PICTURES" + ($0.hasSuffix(";redirects=allow") ? ");redirects=allow" : "") : $0
            }
            .joined(separator: " ")
    }

    @Test func widensWhatItNamesAndNothingElse() async throws {
        let (page, answer, _) = try await opened([
            "\(Self.app) img-src https://tiles.example.org", "\(Self.app) img-src https://a.example.org:8443",
            "\(Self.app) connect-src wss://tiles.example.org",
        ])
        let strict = try await opened([]).answer
        let wider = Set(directives(answer))
        // These two name ports, which differ from server to server.
        let changed = wider.subtracting(directives(strict)).filter {
            !$0.hasPrefix("connect-src") && !$0.hasPrefix("frame-") && !$0.hasPrefix("child-src")
        }
        let added = "data: blob: https://tiles.example.org https://a.example.org:8443"
        #expect(changed.count == 1 && changed.allSatisfy { $0.hasPrefix("img-src 'self' ") && $0.hasSuffix(added) })
        #expect(
            wider.contains { $0.hasPrefix("connect-src 'self' ws://ui-") && $0.hasSuffix(" wss://tiles.example.org") })
        let origins = "\"https://a.example.org:8443\" \"https://tiles.example.org\" \"wss://tiles.example.org\""
        #expect(Self.allowList(answer) == "(response-origin PICTURES \(origins));redirects=allow")
        #expect(answer.value("Cross-Origin-Embedder-Policy") == "credentialless")
        #expect(answer.value("Permissions-Policy") == strict.value("Permissions-Policy"))
        #expect(directives(page).contains { $0.hasPrefix("img-src 'self' data:") && !$0.contains("example.org") })
    }

    @Test func turnsOnAFeatureForTheFrameAlone() async throws {
        let (page, answer, origin) = try await opened(["\(Self.app) feature fullscreen"])
        #expect(answer.value("Permissions-Policy")?.contains("fullscreen=(self), ") == true)
        #expect(answer.value("Permissions-Policy")?.contains("camera=(), ") == true)
        #expect(page.value("Permissions-Policy")?.contains("fullscreen=(self \"\(origin)\"), ") == true)
        #expect(page.value("Permissions-Policy")?.contains("camera=(), ") == true)
        #expect(page.text.contains("allow=\"fullscreen\""))
        #expect(answer.value("Cross-Origin-Embedder-Policy") == "require-corp")
        #expect(Self.allowList(answer) == "(response-origin PICTURES);redirects=allow")
    }

    @Test func ownersSeeThem() async throws {
        let page = try await opened(["\(Self.app) img-src https://tiles.example.org", "\(Self.app) feature camera"])
            .page
        #expect(page.text.contains("<li>load pictures from https://tiles.example.org</li><li>use camera</li>"))
        #expect(try await !opened([]).page.text.contains("Exceptions"))
    }

    @Test func otherAppsHaveNone() async throws {
        let other = String(repeating: "0", count: 52)
        let (page, answer, _) = try await opened([
            "\(other) img-src https://tiles.example.org", "\(other) feature camera",
        ])
        #expect(!page.text.contains("tiles.example.org"))
        #expect(answer.value("Content-Security-Policy")?.contains("tiles.example.org") == false)
        #expect(answer.value("Permissions-Policy")?.contains("self") == false)
    }

    @Test(arguments: [
        "img-src https://a.example", "APP img-src", "APP img-src https://a.example more",
        "APP default-src https://a.example",
        "APP form-action https://a.example", "APP frame-ancestors https://a.example", "APP sandbox allow-popups",
        "APP img-src *", "APP img-src https:", "APP img-src https://*", "APP img-src https://*.example",
        "APP img-src https://a.example/path", "APP img-src https://a.example;", "APP img-src 'unsafe-inline'",
        "APP img-src data:", "APP img-src ftp://a.example", "APP img-src https://a.example:0",
        "APP img-src https://a.example:x",
        "APP img-src https://a.example:1:2", "APP img-src https://A.example", "APP img-src https://user@a.example",
        "APP img-src https://a.example\r\nX-Evil:1", "APP feature everything", "APP feature *",
        "APP feature camera=(*)",
        "not-an-app-id img-src https://a.example", "",
    ])
    func nonsenseStopsTheStart(_ line: String) async throws {
        guard case .frontend(let make) = Plugin.http.factory else { return }
        let line = line.replacing("APP", with: Self.app)
        let settings = try PluginSettings(["page_exceptions": .strings([line])], definitions: Plugin.http.settings)
        let context = PluginContext(dataDirectory: "/nowhere", programDirectory: "/nowhere", log: .none)
        await #expect(throws: HostError.self) { _ = try await make(settings, context) }
    }
}

extension String {
    fileprivate func text(between start: String, and end: String) -> String {
        guard let from = firstRange(of: start)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound
        else {
            return ""
        }
        return String(self[from..<to])
    }
}
