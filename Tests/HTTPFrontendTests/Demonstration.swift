import Barchan
import Glibc
import Testing

/// The pages without a host behind them, to look at and to measure: `BARCHAN_FRONTEND_DEMO=6080 swift test --filter Demonstration`,
/// then open `/login/open-sesame`. Ends with the process.
@Suite struct Demonstration {
    private static let port = getenv("BARCHAN_FRONTEND_DEMO").flatMap { Int64(String(cString: $0)) }

    @Test(.enabled(if: port != nil)) func serve() async throws {
        let host = FakeHost()
        let now = Int64(time(nil))
        host.directory.withLock {
            $0.packages += [
                FakeHost.package("Fossil", id: "fedcba98765432100123456789abcdef", app: "f", noun: "repository"),
                FakeHost.package(
                    "A board with quite a long name", id: "aedcba98765432100123456789abcdef", app: "h", noun: "board"),
            ]
            $0.tokens.formUnion((0..<20).map { "open-sesame-\($0)" })
        }
        host.addGrain("Recipes", state: .running, usedBytes: 1_250_000, lastUsed: now - 20)
        host.addGrain(
            "Minutes of the garden club, and of everybody else who comes along", state: .stopped, lastUsed: now - 5000)
        host.addGrain(
            "Broken", state: .crashed(reason: "start the app: it ended with status 127"), usedBytes: 0,
            lastUsed: now - 500_000)
        host.addGrain(
            "<script>alert(1)</script>", state: .starting, usedBytes: 12_000_000_000, lastUsed: now - 86_400 * 200)
        host.answer(Demonstration.app)
        host.answerSockets { (request, incoming) throws(HostError) in
            WebSocketResponse(protocols: [], outgoing: incoming)
        }
        try await Serving.run(host, settings: ["port": .integer(Demonstration.port ?? 0)]) { serving async throws in
            let session = host.openSession()
            print("demo: \(serving.baseURL)/login/open-sesame")
            print("bench: \(serving.grainHost(session)) \(serving.cookie(session))")
            fflush(nil)
            try await Task.sleep(for: .seconds(86_400))
        }
    }

    private static let app: FakeHost.Handler = { (request, _) throws(HostError) in
        if request.path.hasPrefix("bytes/") {
            let count = Int(request.path.dropFirst(6)) ?? 0
            var content = WebContent(.bytes([UInt8](repeating: 0x61, count: count)))
            content.mimeType = "text/plain"
            return WebResponse(.content(status: 200, content))
        }
        if request.path == "fail" {
            throw HostError(.failed, "start the app: it ended with status 127; its log says why")
        }
        if request.path == "away" {
            return WebResponse(
                .redirect(isPermanent: false, switchToGet: true, location: "https://example.org/?data=secret"))
        }
        var content = WebContent(.bytes(Array(page(request).utf8)))
        content.mimeType = "text/html; charset=utf-8"
        var response = WebResponse(.content(status: 200, content))
        response.setCookies = [SetCookie(name: "app", value: "1")]
        return response
    }

    private static func page(_ request: WebRequest) -> String {
        """
        <!doctype html><title>Garden</title><style>body{font:16px sans-serif;margin:2rem}</style>
        <h1>The app’s own page</h1><p id=path>/\(request.path)</p><p id=method>\(request.method)</p>
        <p id=cookies>\(request.cookies.map { "\($0.name)=\($0.value)" }.joined(separator: ";"))</p>
        <p><a href="/next">next</a> <a href="/away">away</a> <a href="/fail">fail</a></p>
        <form method=post action=/posted><button>post</button></form>
        <script>
        window.told=[];addEventListener("message",e=>told.push(e.data));
        parent.postMessage({setPath:location.pathname+location.search},"*");parent.postMessage({setTitle:"Garden"},"*");
        parent.postMessage({getGrainTitle:{},rpcId:7},"*");parent.postMessage({powerboxRequest:{rpcId:8,query:[]}},"*");
        </script>
        """
    }
}
