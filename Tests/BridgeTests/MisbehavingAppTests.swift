import CCapnpRPC
import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

/// Whatever an app answers, the call it answers fails with a sentence and the next one works.
@Suite struct MisbehavingAppTests {
    static let broken: [String: String] = [
        "nothing": "", "ssh": "SSH-2.0-x\r\n\r\n", "half": "HTTP/1.1 200 OK\r\nContent-Le",
        "cut": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "status300": "HTTP/1.1 300 Many\r\n\r\n",
        "status203": "HTTP/1.1 203 Other\r\n\r\n", "switch": "HTTP/1.1 101 Go\r\n\r\n",
        "lengths": "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
        "coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "return": "HTTP/1.1 200 OK\rContent-Length: 2\r\n\r\nok", "blank": "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
        "nul": "HTTP/1.1 200 OK\r\nLocation: a\u{0}b\r\n\r\n",
        "long": "HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
        "many": "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 1_000) + "\r\n",
    ]

    @Test func everyBrokenAnswerIsOneFailedCall() async throws {
        try await onOwnThread {
            let app = try ScriptedApp(Self.broken)
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            for path in Self.broken.keys.sorted() {
                let error = #expect(throws: CallFailure.self, "\(path)") { try host.get(session, path) }
                #expect(error?.kind == bcr_failed, "\(path): \(error?.text ?? "")")
                #expect(error?.text.isEmpty == false, "\(path)")
            }
            #expect(try host.get(session, "good").count == 1)
        }
    }

    /// As programs write them that began as scripts for CGI (RFC 9112, sections 2.2, 5.1, 5.2 and 6.3).
    static let sloppy: [String: String] = [
        "bare": "HTTP/1.1 200 OK\nContent-Type: text/x\nContent-Length: 2\n\nok",
        "fold": "HTTP/1.1 200 OK\r\nContent-Type:\r\n text/x\r\nContent-Length: 2\r\n\r\nok",
        "front": "\r\nHTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\nok",
        "colon": "HTTP/1.1 200 OK\r\nContent-Type : text/x\r\nContent-Length : 2\r\n\r\nok",
        "twice": "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        "both":
            "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "identity": "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nTransfer-Encoding: identity\r\n\r\nok",
    ]

    @Test func aSloppyAnswerIsUnderstood() async throws {
        try await onOwnThread {
            let app = try ScriptedApp(Self.sloppy)
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            for path in Self.sloppy.keys.sorted() {
                let results = try host.get(session, path)
                #expect(results.count == 1, "\(path)")
                #expect(results.first?.contains("mimeType=\"text/x\"") == true, "\(path): \(results)")
                #expect(results.first?.contains("bytes=\"ok\"") == true, "\(path): \(results)")
            }
        }
    }

    @Test func aBodyInAnswerToHeadFails() async throws {
        try await onOwnThread {
            let app = try ScriptedApp(["good": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"])
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            #expect(throws: CallFailure.self) { try host.get(session, "bad", isHead: true) }
            #expect(try host.get(session, "good", isHead: true).first?.contains("bytes=\"\"") == true)
        }
    }

    @Test func anAnswerInTwoPiecesOfKnownLengthIsOneResult() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let result = try host.get(session, "two")
            #expect(result.count == 1 && result[0].contains("bytes=\"abcdef\""))
        }
    }

    @Test func aStreamThatIsCutIsNotDone() async throws {
        try await onOwnThread {
            let body = String(repeating: "x", count: 20_000)
            let app = try ScriptedApp(["cut": "HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n" + body])
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let sink = Sink()
            let handle = try startStream(host, session, "cut", sink)
            if !sink.isOver { host.wait { done in sink.onEvent = { if sink.isOver { done() } } } }
            #expect(sink.bytes.count == 20_000)
            #expect(!sink.events.contains(.done))
            withExtendedLifetime(handle) {}
        }
    }

    @Test func errorBodiesThatAreCodedKeepTheirCoding() async throws {
        try await onOwnThread {
            let app = try ScriptedApp([
                "gz": "HTTP/1.1 404 No\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n\u{1f}\u{8b}"
            ])
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            try host.call(session, Wire.WebSession.Methods.get, { $1.setPath("gz") }) { response, _ in
                let body = try response.clientError.nonHtmlBody
                #expect(try body.encoding == "gzip")
                #expect(try body.data.array == [0x1f, 0x8b])
            }
        }
    }

    /// A page in ISO 8859-1, with its type, and bytes that are no text at all.
    @Test func errorBodiesThatAreNotUTF8AreUnchanged() async throws {
        try await onOwnThread {
            let app = try ScriptedApp([
                "latin1": "HTTP/1.1 404 No\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>f\u{fc}r\u{ff}",
                "bytes": "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\n\u{ff}\u{fe}x",
                "utf8": "HTTP/1.1 404 No\r\nContent-Type: text/plain\r\n\r\nf\u{c3}\u{bc}r",
            ])
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            try host.call(session, Wire.WebSession.Methods.get, { $1.setPath("latin1") }) { response, _ in
                let body = try response.clientError.nonHtmlBody
                let (type, bytes) = (try body.mimeType, try body.data.array)
                #expect(type == "text/html; charset=iso-8859-1")
                #expect(bytes == Array("<p>f".utf8) + [0xfc] + Array("r".utf8) + [0xff])
                #expect(!response.clientError.hasDescriptionHtml)
            }
            try host.call(session, Wire.WebSession.Methods.get, { $1.setPath("bytes") }) { response, _ in
                let body = try response.serverError.nonHtmlBody
                let (type, bytes) = (try body.mimeType, try body.data.array)
                #expect(type == "text/html")
                #expect(bytes == [0xff, 0xfe, 0x78])
            }
            try host.call(session, Wire.WebSession.Methods.get, { $1.setPath("utf8") }) { response, _ in
                let page = try response.clientError.descriptionHtml
                #expect(page == "f\u{fc}r")
                #expect(!response.clientError.hasNonHtmlBody)
            }
        }
    }

    /// What a browser would make of it (WHATWG URL Standard, section 1.3); what is UTF-8 is kept as it is.
    @Test func locationsThatAreNotUTF8ArePercentEncoded() async throws {
        try await onOwnThread {
            let app = try ScriptedApp([
                "latin1": "HTTP/1.1 302 Go\r\nLocation: /f\u{fc}r?a%20b=\u{ff}\r\n\r\n",
                "utf8": "HTTP/1.1 302 Go\r\nLocation: /f\u{c3}\u{bc}r a\r\n\r\n",
            ])
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            for (path, expected) in [("latin1", "/f%FCr?a%20b=%FF"), ("utf8", "/f\u{fc}r a")] {
                try host.call(session, Wire.WebSession.Methods.get, { $1.setPath(path) }) { response, _ in
                    let location = try response.redirect.location
                    #expect(location == expected)
                }
            }
        }
    }

    @Test func unknownThingsAreRefusedAsTheHostExpects() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let unknownSession = #expect(throws: CallFailure.self) {
                try host.call(host.view, Wire.UiView.Methods.newSession, { $1.setSessionType(1) }) { _, _ in }
            }
            #expect(unknownSession?.kind == bcr_failed)
            let unknownMethod = #expect(throws: CallFailure.self) {
                try host.call(host.view, Wire.ByteStream.Methods.done, { _, _ in }) { _, _ in }
            }
            #expect(unknownMethod?.kind == bcr_unimplemented)
            let session = try host.openSession()
            let noWebSocket = #expect(throws: CallFailure.self) {
                try host.call(session, Wire.WebSession.Methods.openWebSocket) { payload, params in
                    params.setPath("good")
                    params.setClientStream(capability: payload.index(of: Capability(to: Sink(), on: host.loop)))
                } _: { _, _ in
                }
            }
            #expect(noWebSocket?.kind == bcr_failed)
        }
    }
}

/// A GET whose answer is a stream.
/// - Returns: The handle that keeps the stream flowing.
func startStream(_ host: GrainHost, _ session: Capability, _ path: String, _ sink: Sink) throws -> Capability {
    try host.call(session, Wire.WebSession.Methods.get) { payload, params in
        params.setPath(path)
        params.initContext().setResponseStream(capability: payload.index(of: Capability(to: sink, on: host.loop)))
    } _: { response, message in
        try #require(message.capability(try response.content.body.stream))
    }
}
