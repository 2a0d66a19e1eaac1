import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

/// The test app of the recording, with its files and port moved to where nobody else uses them.
struct TestApp {
    let port: UInt16
    let folder: String

    init() throws {
        port = try Place.freePort()
        folder = try Place.temporaryFolder()
    }

    func command(startDelay: String = "0") -> [String] {
        let program = """
            import os
            os.environ['STARTDELAY'] = '\(startDelay)'
            text = open('\(Place.fixtures)test-app.py').read()
            text = text.replace('/var/', '\(folder)/').replace("('127.0.0.1',8000)", "('127.0.0.1',\(port))")
            exec(text)
            """
        return ["python3", "-c", program]
    }

    /// What the app received, request by request; connections without a request are left out.
    var requests: [String] { Self.entries(Place.contents(folder + "/req.log")) }

    /// What the app wrote down of its environment.
    var environment: [String] {
        Place.contents(folder + "/env.log").split(separator: "\n").map(String.init).filter { !$0.hasPrefix("FDS") }
    }

    static func entries(_ log: String) -> [String] {
        var entries: [String] = []
        // The recording was kept without CR.
        let text = String(decoding: log.utf8.filter { $0 != 0x0d }, as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "<<<" || line.hasPrefix("WSGOT") { entries.append("") }
            if !entries.isEmpty { entries[entries.count - 1] += line + "\n" }
        }
        return entries.filter { $0 != "<<<\n\n\n\n>>>\n" && $0 != "<<<\n\n\n\n>>>\n\n" }.map {
            $0.last == "\n" && $0.hasSuffix("\n\n") ? String($0.dropLast()) : $0
        }
    }
}

/// The recorded conversation, again: the app gets the same bytes and the host the same results.
@Suite struct RecordedSessionTests {
    static let paths = [
        "cookie", "etag", "redir", "r301", "r308", "404", "429", "401", "503", "206", "204", "205", "304", "412", "dl",
        "inline", "stream", "big",
    ]

    @Test func requestsAndResultsAreThoseOfTheRecording() async throws { try await onOwnThread(replay) }

    private func replay() throws {
        let app = try TestApp()
        let host = try GrainHost(port: app.port, command: app.command())
        defer { host.close() }
        try viewInfoIsThatOfTheConfiguration(host)
        let sessions = [
            try host.openSession(), try host.openSession(isAnonymous: true), try host.openSession(.api),
        ]
        var results: [String] = []
        for (session, path) in zip(sessions, ["a/b?c=d", "", "x/y"]) {
            results += ["GET " + path] + (try host.get(session, path))
        }
        for path in Self.paths { results += ["GET " + path] + (try host.get(sessions[0], path)) }
        expectSame(results, Self.recordedResults)

        try bodiesAreUploaded(host, sessions[0])
        try davMethodsAreSent(host, sessions[0])
        try webSocketsAreOpened(host, sessions[0])
        // The recorded bridge kept no connections.
        let requests = app.requests.map { $0.replacing("\nConnection: keep-alive\n", with: "\nConnection: close\n") }
        // Nor did it write an address (specification, section 7: a defect).
        let recorded = Place.contents(Place.fixtures + "requests.txt")
            .replacing("example.com:8443dst/f\n", with: "example.com:8443/dst/f\n")
        expectSame(requests, TestApp.entries(recorded))
    }

    /// `GET …`, `-> (…)` and stream events, one string each; repeated writes are one, as their sizes are free.
    static let recordedResults: [String] = {
        let text = Place.contents(Place.fixtures + "responses.txt")
        var entries: [String] = []
        for line in text.split(separator: "\n").dropFirst().prefix(while: { !$0.hasPrefix("postStreaming") }) {
            if line.hasPrefix("GET") {
                entries.append(line.hasSuffix(" ") ? "GET " : String(line))
            } else if line.hasPrefix("    [") {
                let event = line.hasPrefix("    [stream write") ? "[stream write]" : String(line.dropFirst(4))
                if entries.last != event { entries.append(event) }
            } else if line.hasPrefix("  -> ") {
                entries.append(String(line.dropFirst(2)))
            } else if !entries.isEmpty {
                entries[entries.count - 1] += line
            }
        }
        return entries.map { $0.hasPrefix("-> ") ? "-> " + ResponseText.compact($0.dropFirst(3)) : $0 }
    }()

    private func expectSame(_ got: [String], _ wanted: [String]) {
        for (index, pair) in zip(got, wanted).enumerated() { #expect(pair.0 == pair.1, "entry \(index)") }
        #expect(got.count == wanted.count)
    }

    private func viewInfoIsThatOfTheConfiguration(_ host: GrainHost) throws {
        try host.call(host.view, Wire.UiView.Methods.getViewInfo, { _, _ in }) { info, _ in
            #expect(try info.permissions.map { try $0.name } == ["read", "write", "admin"])
            #expect(try info.roles.map { try $0.verbPhrase.defaultText } == ["can view"])
            let request = try #require(try info.matchRequests.first)
            let tag = try #require(try request.tags.first)
            #expect(tag.id == Wire.ApiSession.interfaceID)
            #expect(try tag.value.structure(Wire.ApiSession.PowerboxTag.self).canonicalUrl == "https://cal.example.com")
        }
    }

    private func bodiesAreUploaded(_ host: GrainHost, _ session: Capability) throws {
        try host.call(session, Wire.WebSession.Methods.post) { _, params in
            params.setPath("form")
            let content = params.initContent()
            content.setMimeType("text/plain")
            content.setContent(Array("abc".utf8))
            content.setEncoding("identity")
            _ = params.initContext()
        } _: {
            try isOK($0, $1)
        }

        let post = try host.call(session, Wire.WebSession.Methods.postStreaming) { _, params in
            params.setPath("up1")
            params.setMimeType("application/x-y")
            _ = params.initContext()
        } _: { results, message in
            try #require(message.capability(try results.stream))
        }
        try upload(host, to: post)

        let put = try host.call(session, Wire.WebSession.Methods.putStreaming) { _, params in
            params.setPath("up2")
            params.setMimeType("application/x-y")
            _ = params.initContext()
        } _: { results, message in
            try #require(message.capability(try results.stream))
        }
        try host.call(put, Wire.ByteStream.Methods.expectSize, { $1.setSize(5) }) { _, _ in }
        try upload(host, to: put)
    }

    /// getResponse is asked for before anything is sent, as the recorded host did.
    private func upload(_ host: GrainHost, to stream: Capability) throws {
        var body: [UInt8]?
        let payload = Payload()
        host.wait { done in
            OutgoingCall(stream, Wire.WebSession.RequestStream.Methods.getResponse, payload) { result in
                body = try? result.get().reader.root(Wire.WebSession.Response.self).content.body.bytes.array
                done()
            }
            let write = Payload()
            write.message.initRoot(Wire.ByteStream.WriteParams.self).setData(Array("hello".utf8))
            OutgoingCall(stream, Wire.ByteStream.Methods.write, write) { _ in }
            OutgoingCall(stream, Wire.ByteStream.Methods.done, Payload()) { _ in }
        }
        #expect(body == Array("ok".utf8))
    }

    private func isOK(_ response: Wire.WebSession.Response.Reader, _: ReceivedMessage) throws {
        #expect(try response.content.body.bytes.array == Array("ok".utf8))
    }

    private func davMethodsAreSent(_ host: GrainHost, _ session: Capability) throws {
        try host.call(session, Wire.WebSession.Methods.delete, { $1.setPath("del") }, isOK)
        try host.call(session, Wire.WebSession.Methods.copy) { _, params in
            params.setPath("src")
            params.setDestination("dst/f")
            params.setNoOverwrite(true)
            params.setShallow(true)
        } _: {
            try isOK($0, $1)
        }
        try host.call(session, Wire.WebSession.Methods.propfind) { _, params in
            params.setPath("pf")
            params.setXmlContent("<x/>")
            params.setDepth(.one)
        } _: {
            try isOK($0, $1)
        }
        try host.call(session, Wire.WebSession.Methods.lock) { _, params in
            params.setPath("lk")
            params.setXmlContent("<l/>")
        } _: {
            try isOK($0, $1)
        }
        try host.call(session, Wire.WebSession.Methods.options, { $1.setPath("dav") }) { options, _ in
            let recorded = Place.contents(Place.fixtures + "responses.txt").split(separator: "\n")
            let wanted = try #require(recorded.first { $0.hasPrefix("OPTIONS ") }).dropFirst(8)
            #expect(try ResponseText.written(options) == ResponseText.compact(wanted))
        }
    }

    private func webSocketsAreOpened(_ host: GrainHost, _ session: Capability) throws {
        let sink = Sink()
        let server = try host.call(session, Wire.WebSession.Methods.openWebSocket) { payload, params in
            params.setPath("ws")
            params.setProtocol(["chat", "other"])
            params.setClientStream(capability: payload.index(of: Capability(to: sink, on: host.loop)))
        } _: { results, message in
            #expect(try results.protocol.map { try $0.text() } == ["chat"])
            return try #require(message.capability(try results.serverStream))
        }
        if sink.bytes.count < 4 { host.wait { done in sink.onEvent = { if sink.bytes.count >= 4 { done() } } } }
        #expect(sink.bytes == [0x81, 0x02, 0x68, 0x69])
        host.wait { done in
            sink.onEvent = { if sink.events.contains(.dropped) { done() } }
            let payload = Payload()
            payload.message.initRoot(Wire.WebSession.WebSocketStream.SendBytesParams.self)
                .setMessage([0x81, 0x82, 0x01, 0x02, 0x03, 0x04, 0x69, 0x6b])
            OutgoingCall(server, Wire.WebSession.WebSocketStream.Methods.sendBytes, payload) { _ in }
        }
        #expect(sink.bytes == [0x81, 0x02, 0x68, 0x69, 0x81, 0x03, 0x79, 0x6f, 0x21])
    }
}
