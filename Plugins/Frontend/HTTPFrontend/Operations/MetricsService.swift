import Barchan
import Glibc
import HTTP1Server

/// `/metrics` on the base URL's host, and on loopback names.
struct MetricsService: Sendable {
    /// Who may read it.
    enum Access: Sendable, Equatable {
        case nobody
        /// Whoever asks from this machine, at a loopback name, and not through a proxy.
        case loopback
        /// Whoever has this token (`Authorization: Bearer …`), from anywhere.
        case token(Secret)
    }

    static let path = "/metrics"

    let access: Access
    let host: any FrontendHost
    let metrics: FrontendMetrics

    /// Nil when the request is for something else, or not for whoever asks: then there is no such page.
    func answer(_ request: Request, at place: Site.Place) async -> Response? {
        guard request.head.target == MetricsService.path, admits(request, at: place) else { return nil }
        var fields = HeaderPolicy.shell(frame: nil)
        fields.add("Cache-Control", "no-store")
        guard request.head.method == "GET" || request.head.method == "HEAD" else {
            fields.add("Allow", "GET, HEAD")
            return Response(405, fields: fields)
        }
        do throws(HostError) {
            let figures = try await host.operations.figures() + metrics.figures
            fields.add("Content-Type", PrometheusText.mediaType)
            return Response(200, fields: fields, body: .bytes(Array(PrometheusText.text(figures).utf8)))
        } catch {
            fields.add("Content-Type", "text/plain; charset=utf-8")
            return Response(500, fields: fields, body: .bytes(Array("\(error.message)\n".utf8)))
        }
    }

    private func admits(_ request: Request, at place: Site.Place) -> Bool {
        switch place {
        case .shell, .nowhere: break
        case .grain, .api, .pictures: return false
        }
        switch access {
        case .nobody: return false
        case .loopback: return MetricsService.isFromThisMachine(request)
        case .token(let token):
            let parts = (request.head.value(of: "authorization") ?? "").split(separator: " ", maxSplits: 1)
            guard place == .shell, parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
            return Secret(String(parts[1])) == token
        }
    }

    /// A proxy on this machine comes from loopback too, with other people's requests: it says so, or asks for a public name.
    private static func isFromThisMachine(_ request: Request) -> Bool {
        let head = request.head
        guard ClientAddress.isLoopback(request.memory.clientAddress), isLoopbackName(head.host) else { return false }
        return !head.contains("forwarded") && !head.contains("x-forwarded-for") && !head.contains("x-real-ip")
            && !head.contains("via")
    }

    private static func isLoopbackName(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
        return name == "localhost" || ClientAddress.isLoopback(String(name))
    }
}
