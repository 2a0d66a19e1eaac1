import Barchan
import BarchanConformance
import Synchronization

/// The app that the checks ask for, as an object of this process.
final class CheckedApp: Sendable {
    private let open = Mutex(0)
    private let wakeLock = Mutex<(any WakeLock)?>(nil)

    var viewInfo: ViewInfo {
        var info = ViewInfo()
        info.permissions = ["read", "write"].map { PermissionDefinition(name: $0, title: "") }
        return info
    }

    func disconnected() { release() }

    func answer(
        _ request: WebRequest, _ parameters: WebSessionParameters, _ host: any GrainHost
    ) async throws(HostError) -> WebResponse {
        if request.method == .post {
            let body = try await Self.whole(request.body)
            return .bytes(request.path == "echo" ? body : Array("\(body.count)".utf8))
        }
        let parts = request.path.split(separator: "/", maxSplits: 1).map(String.init)
        return try await get(request.path, parts.first ?? "", parts.count > 1 ? parts[1] : "", parameters, host)
    }

    private func get(
        _ path: String, _ what: String, _ argument: String, _ parameters: WebSessionParameters, _ host: any GrainHost
    ) async throws(HostError) -> WebResponse {
        switch what {
        case "echo": return .text(path)
        case "stream": return stream(Int(argument) ?? 0)
        case "endless": return stream(.max)
        case "open": return .text("\(open.withLock { $0 })")
        case "never": return await never()
        case "fail": throw HostError(Self.codes[argument] ?? .failed, "on purpose")
        case "save":
            return .text(try await host.save(SavedObject(.app(objectID: Array("thing".utf8))), label: "").text)
        case "restore": return try await restore(Secret(argument), host)
        case "user": return .text(try await host.person(parameters.user.identityID)?.displayName ?? "nobody")
        case "awake":
            let lock = try await host.stayAwake("checked")
            wakeLock.withLock { $0 = lock }
            return .text("ok")
        case "asleep":
            release()
            return .text("ok")
        default: return WebResponse(.clientError(status: 404, nil))
        }
    }

    private static let codes: [String: HostError.Code] = [
        "failed": .failed, "overloaded": .resourceExhausted, "disconnected": .disconnected,
        "unimplemented": .unsupported,
    ]

    private func restore(_ token: Secret, _ host: any GrainHost) async throws(HostError) -> WebResponse {
        do throws(HostError) {
            guard case .app(let name) = try await host.restore(token).kind else { return .text("something else") }
            return .bytes(name)
        } catch {
            throw HostError(.failed, error.message)
        }
    }

    private func release() {
        let lock = wakeLock.withLock { lock in
            defer { lock = nil }
            return lock
        }
        lock?.release()
    }

    private func never() async -> WebResponse {
        open.withLock { $0 += 1 }
        let cancelled = Later<Void>()
        await withTaskCancellationHandler {
            await cancelled.get()
        } onCancel: {
            cancelled.set(())
        }
        open.withLock { $0 -= 1 }
        return .text("never mind")
    }

    private func stream(_ count: Int) -> WebResponse {
        open.withLock { $0 += 1 }
        let reader = PatternReader(count) { [self] in open.withLock { $0 -= 1 } }
        return WebResponse(.content(status: 200, WebContent(.stream(reader, length: nil))))
    }

    private static func whole(_ body: RequestBody) async throws(HostError) -> [UInt8] {
        switch body {
        case .none: []
        case .bytes(let bytes): bytes
        case .stream(let reader, _): try await reader.readAll(maximumBytes: 1 << 26)
        @unknown default: []
        }
    }
}

/// So many bytes of the pattern; says once when it is given up or at its end.
private final class PatternReader: ByteReader {
    private static let piece = TransportConformance.pattern(251 * 200)

    private let left: Mutex<Int>
    private let isOver = Flag()
    private let atEnd: @Sendable () -> Void

    init(_ count: Int, atEnd: @escaping @Sendable () -> Void) {
        left = Mutex(count)
        self.atEnd = atEnd
    }

    func next() async throws(HostError) -> [UInt8]? {
        let size = left.withLock { left in
            let size = min(left, Self.piece.count)
            left -= size
            return size
        }
        guard size > 0 else { return nil }
        return Array(Self.piece[..<size])
    }

    func cancel() {
        left.withLock { $0 = 0 }
        if isOver.setFirst() { atEnd() }
    }
}

extension WebResponse {
    static func text(_ text: String) -> WebResponse { bytes(Array(text.utf8)) }
    static func bytes(_ bytes: [UInt8]) -> WebResponse {
        WebResponse(.content(status: 200, WebContent(.bytes(bytes))))
    }
}
