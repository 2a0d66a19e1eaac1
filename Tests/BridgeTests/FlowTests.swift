import CCapnpRPC
import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

/// Nobody is made to keep more than was agreed, and nobody works for somebody who is gone.
@Suite(.timeLimit(.minutes(10))) struct FlowTests {
    @Test func anAppIsHeldBackWhileTheHostDoesNotAnswer() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let sink = Sink()
            sink.answers = false
            var handle: Capability? = try startStream(host, session, "endless", sink)
            host.wait { done in
                sink.onEvent = { if sink.bytes.count >= ResponseStream.windowBytes { done() } }
                sink.onEvent?()
            }
            sink.onEvent = nil
            // Nothing comes any more.
            for _ in 0..<3 { _ = try host.get(session, "good") }
            let held = sink.bytes.count
            #expect(held <= ResponseStream.windowBytes + AppServer.largestReadBytes)
            host.wait { done in
                sink.onEvent = { if sink.bytes.count > held { done() } }
                sink.answerAll()
            }
            sink.onEvent = nil
            handle = nil
            withExtendedLifetime(handle) {}
            try waitUntilLost(host, session, app, "/endless")
        }
    }

    @Test func aCancelledCallClosesTheAppsConnection() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let payload = Payload()
            payload.message.initRoot(Wire.WebSession.GetParams.self).setPath("silent")
            let call = OutgoingCall(session, Wire.WebSession.Methods.get, payload) { _ in }
            while !app.log.contains("waiting") { _ = try host.get(session, "good") }
            call.cancel()
            try waitUntilLost(host, session, app, "/silent")
        }
    }

    private func waitUntilLost(
        _ host: GrainHost, _ session: Capability, _ app: ScriptedApp, _ path: String
    ) throws {
        let isLost = try becomesTrue {
            _ = try host.get(session, "good")
            return app.log.contains("lost " + path)
        }
        #expect(isLost, "the app still works for \(path)")
    }

    @Test func anUploadWaitsForAnAppThatReadsSlowly() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let stream = try upload(host, session, "slowread")
            let chunk = [UInt8](repeating: 0x61, count: 65_536)
            for _ in 0..<200 {
                try host.call(stream, Wire.ByteStream.Methods.write, { $1.setData(chunk) }) { _, _ in }
            }
            try host.call(stream, Wire.ByteStream.Methods.done, { _, _ in }) { _, _ in }
            let answer = try host.call(stream, Wire.WebSession.RequestStream.Methods.getResponse, { _, _ in }) {
                response, _ in
                try response.content.body.bytes.array
            }
            // Each chunk has a line of `10000` before it and an empty one behind; `0` ends the body.
            #expect(answer == Array(String(200 * (65_536 + 9) + 5).utf8))
        }
    }

    @Test func anAnswerBeforeTheEndOfTheUploadIsPassedOn() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let stream = try upload(host, session, "early")
            try host.call(stream, Wire.ByteStream.Methods.write, { $1.setData(Array("x".utf8)) }) { _, _ in }
            try host.call(stream, Wire.WebSession.RequestStream.Methods.getResponse, { _, _ in }) { response, _ in
                #expect(response.clientError.statusCode == .requestEntityTooLarge)
            }
            let again = #expect(throws: CallFailure.self) {
                try host.call(stream, Wire.WebSession.RequestStream.Methods.getResponse, { _, _ in }) { _, _ in }
            }
            #expect(again?.kind == bcr_failed)
        }
    }

    @Test func anUploadIsAsLongAsItWasAnnounced() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let tooLong = try upload(host, session, "x")
            try host.call(tooLong, Wire.ByteStream.Methods.expectSize, { $1.setSize(2) }) { _, _ in }
            #expect(throws: CallFailure.self) {
                try host.call(tooLong, Wire.ByteStream.Methods.write, { $1.setData([1, 2, 3]) }) { _, _ in }
            }
            let tooShort = try upload(host, session, "x")
            try host.call(tooShort, Wire.ByteStream.Methods.expectSize, { $1.setSize(2) }) { _, _ in }
            #expect(throws: CallFailure.self) {
                try host.call(tooShort, Wire.ByteStream.Methods.done, { _, _ in }) { _, _ in }
            }
        }
    }

    @Test func longAnswersComeWholeWhateverWaitsForTheHost() async throws {
        let app = try AppInProcess { peer in
            while let path = peer.nextRequest() { peer.answer(Self.longBody(path)) }
        }
        defer { app.close() }
        try await onOwnThread {
            let host = try GrainHost(port: app.port, command: ["sleep", "1000"])
            defer { host.close() }
            let session = try host.openSession()
            let sinks = (0..<8).map { _ in Sink() }
            var handles: [Capability] = []
            for (index, sink) in sinks.enumerated() {
                handles.append(try startStream(host, session, String(index), sink))
            }
            host.wait { done in
                let look = { if sinks.allSatisfy(\.isOver) { done() } }
                for sink in sinks { sink.onEvent = look }
                look()
            }
            for (index, sink) in sinks.enumerated() {
                sink.onEvent = nil
                #expect(sink.bytes == Array(Self.longBody("/\(index)").utf8))
            }
            withExtendedLifetime(handles) {}
        }
    }

    /// About a MiB in which every place looks different.
    private static func longBody(_ path: String) -> String { (0..<100_000).map { "\(path) \($0)\n" }.joined() }

    private func upload(_ host: GrainHost, _ session: Capability, _ path: String) throws -> Capability {
        try host.call(session, Wire.WebSession.Methods.postStreaming) { _, params in
            params.setPath(path)
            params.setMimeType("text/plain")
        } _: { results, message in
            try #require(message.capability(try results.stream))
        }
    }
}
