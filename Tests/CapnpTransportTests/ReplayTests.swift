import Barchan
import BarchanConformance
import CLinux
import Glibc
import Synchronization
import Testing

@testable import CapnpTransport

/// A recorded bridge, played back: what it wrote is written again at the places where it wrote it, and the answers that
/// come out must be those that came out of the recording.
@Suite(.timeLimit(.minutes(10))) struct ReplayTests {
    @Test func theRecordedBridgeGivesTheRecordedAnswers() async throws {
        let pair = try SocketPair()
        let connection = try await transport().connect(over: pair.host, offering: MemoryGrainHost())
        let bridge = RecordedBridge(try fixture("wire.txt"), pair.grain.release())
        async let played: Void = bridge.play()

        let info = try await connection.viewInfo()
        #expect(info.permissions.map(\.name) == ["read", "write", "admin"])
        #expect(info.permissions.map(\.title) == ["r", "w", "a"])
        #expect(info.roles.map(\.title) == ["viewer"])
        #expect(info.roles.map(\.verbPhrase) == ["can view"])
        #expect(info.roles.map(\.permissions) == [[true, false, false]])
        #expect(info.roles.map(\.isDefault) == [true])

        // The recording host gave out no identities: one would take the place of the next object it exports.
        var nobody = WebSessionParameters.ann
        nobody.user.identityID = []
        var sessions: [any WebSession] = []
        for _ in 0..<3 {
            await bridge.turn()
            sessions.append(try await connection.openWebSession(nobody))
        }
        var expected = try Answers(fixture("responses.txt"))
        for (index, session) in [(0, sessions[0]), (1, sessions[1]), (2, sessions[2])]
            + Array(repeating: (3, sessions[0]), count: 18)
        {
            let next = expected.next()
            let (path, answer) = try #require(next)
            await bridge.turn()
            let response = try await session.send(WebRequest(method: .get, path: path))
            #expect(response.text == answer, "GET \(path) of session \(index)")
            if let stream = response.bodyStream {
                let body = try await stream.reader.readAll(maximumBytes: 1 << 20)
                #expect(body.count == (path == "big" ? 20000 : 15))
                #expect(stream.length == (path == "big" ? 20000 : nil))
            }
        }
        try await playRest(sessions[0], bridge)
        try await played
        await connection.close()
    }

    private func playRest(_ session: any WebSession, _ bridge: RecordedBridge) async throws {
        for request in Self.bodies + Self.dav {
            await bridge.turn()
            let response = try await session.send(request)
            if case .options(let options) = response.outcome {
                #expect(options.isClass1 && options.isClass2 && !options.isClass3)
                #expect(options.extensions == ["calendar-access"])
            } else {
                guard case .content = response.outcome else {
                    throw HostError(.failed, "\(request.attempt): \(response)")
                }
            }
        }
        await bridge.turn()
        var request = WebSocketRequest(path: "ws")
        request.protocols = ["chat", "other"]
        let incoming = ScriptedReader([[0x81, 0x82, 1, 2]], staysOpen: true)
        let opened = try await session.openWebSocket(request, incoming: incoming)
        #expect(opened.protocols == ["chat"])
        var frames: [UInt8] = []
        while frames.count < 9, let chunk = try await opened.outgoing.next() { frames += chunk }
        #expect(frames == hexBytes("810268698103796f21"))
        opened.outgoing.cancel()
    }

    private static let bodies: [WebRequest] = {
        var form = WebRequest(method: .post, path: "form")
        form.body = .bytes(Array("abc".utf8))
        var post = WebRequest(method: .post, path: "up1")
        post.body = .stream(ScriptedReader([Array("hello".utf8)]), length: nil)
        var put = WebRequest(method: .put, path: "up2")
        put.body = .stream(ScriptedReader([Array("hello".utf8)]), length: 65536)
        return [form, post, put]
    }()

    private static let dav: [WebRequest] = [
        WebRequest(method: .delete, path: "del"),
        WebRequest(method: .copy(destination: "dst/f", noOverwrite: true, depth: .infinity), path: "src"),
        WebRequest(method: .propfind(depth: .one), path: "dav"),
        WebRequest(method: .lock(isShallow: true), path: "dav"),
        WebRequest(method: .options, path: "dav"),
    ]

    private func fixture(_ name: String) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(folder)/Fixtures/bridge/\(name)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostError(.notFound, "open '\(path)'") }
        return String(decoding: readBytes(OwnedDescriptor(takingOwnershipOf: descriptor), 1 << 20), as: UTF8.self)
    }
}

/// The answers to GET in `responses.txt`, without the white space that makes them readable.
private struct Answers {
    private var entries: [(path: String, text: String)] = []

    init(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("postStreaming") { break }
            if line.hasPrefix("GET ") {
                entries.append((String(line.dropFirst(4)), ""))
            } else if line.hasPrefix("    [") || !line.hasPrefix(" ") {
                continue
            } else if let last = entries.indices.last {
                entries[last].text += line.filter { !" \n".contains($0) }
            }
        }
        for index in entries.indices where entries[index].text.hasPrefix("->") { entries[index].text.removeFirst(2) }
    }

    mutating func next() -> (path: String, text: String)? { entries.isEmpty ? nil : entries.removeFirst() }
}
