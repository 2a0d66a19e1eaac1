import Barchan
import CapnpTransport
import Glibc

/// Gives libFuzzer's bytes to a host as all that a grain ever says: it has been asked for its view's info, for a session
/// and for a page, and says this, then nothing more. Whatever it is, each question ends and so does the connection.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTransport(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let isOver = Semaphore()
    Task.detached {
        await Conversation.hold(saying: bytes)
        isOver.post()
    }
    isOver.wait()
    return 0
}

enum Conversation {
    static func hold(saying bytes: [UInt8]) async {
        var ends: [CInt] = [-1, -1]
        precondition(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0, "make a socket pair")
        let grain = ends[1]
        defer { close(grain) }
        do throws(HostError) {
            let connection = try await provider.value.connect(
                over: OwnedDescriptor(takingOwnershipOf: ends[0]), offering: MemoryGrainHost())
            let session = try await connection.openWebSession(parameters)
            let page = Task { await ask(session) }
            hear(calls: 4, from: grain)
            _ = bytes.withUnsafeBytes { send(grain, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            shutdown(grain, CInt(SHUT_WR))
            await connection.waitForClose()
            await page.value
            do throws(HostError) { _ = try await connection.viewInfo() } catch {}
        } catch { preconditionFailure("the host's own part of the conversation failed: \(error)") }
    }

    private static func ask(_ session: any WebSession) async {
        do throws(HostError) {
            let response = try await session.send(WebRequest(method: .get, path: "page"))
            guard case .content(_, let content) = response.outcome, case .stream(let reader, _) = content.body else {
                return
            }
            while try await reader.next() != nil {}
        } catch {}
    }

    /// Reads what the host says until it has made so many calls.
    private static func hear(calls: Int, from grain: CInt) {
        for _ in 0..<calls {
            let head = read(8, from: grain)
            guard head.count == 8 else { return }
            let words = head[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
            _ = read(words * 8, from: grain)
        }
    }

    private static func read(_ count: Int, from grain: CInt) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var length = 0
        while length < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(grain, $0.baseAddress.map { $0 + length }, count - length, 0)
            }
            guard got > 0 else { return [] }
            length += got
        }
        return bytes
    }

    private static let provider = Task<any TransportProvider, Never> {
        guard case .transport(let make) = Plugin.capnp.factory else { fatalError("the module offers a transport") }
        do {
            let settings = try PluginSettings(
                ["streamStartMilliseconds": .integer(0), "messageBytes": .integer(1 << 20)],
                definitions: Plugin.capnp.settings)
            return try await make(settings, PluginContext(dataDirectory: "/", programDirectory: "/", log: .none))
        } catch { fatalError("make the transport: \(error)") }
    }

    private static let parameters = WebSessionParameters(
        user: UserInfo(displayName: "Ann", preferredHandle: "ann", identityID: Array(1...32), permissions: [true]),
        basePath: "https://example.test", userAgent: "fuzz", acceptableLanguages: ["en"], tabID: Array(0..<16))
}

/// Lets a thread wait for a task.
final class Semaphore: @unchecked Sendable {
    // The system's semaphore is made for several threads.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func post() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
