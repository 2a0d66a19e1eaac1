import CCapnpRPC
import CapnProto
import GrainSchemas
import HTTP1

/// One session with the app: every call on it becomes a request.
final class WebSessionObject: RPCObject {
    fileprivate typealias Methods = Wire.WebSession.Methods
    fileprivate typealias Context = Wire.WebSession.Context.Reader

    private let app: AppServer
    private let log: Log
    private let headers: SessionHeaders
    private let onDrop: () -> Void

    init(app: AppServer, log: Log, headers: SessionHeaders, onDrop: @escaping () -> Void) {
        self.app = app
        self.log = log
        self.headers = headers
        self.onDrop = onDrop
    }

    func dropped() { onDrop() }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.interfaceID == Wire.WebSession.interfaceID else { throw .unimplemented(call) }
        do {
            try dispatch(call, params)
        } catch let failure as CallFailure {
            throw failure
        } catch let error as HTTPError {
            throw .failed("write the request to the app: \(error.reason)")
        } catch {
            throw .failed("read the request: \(error)")
        }
    }

    private func dispatch(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        switch call.ordinal {
        case Methods.get.ordinal: try get(call, params)
        case Methods.post.ordinal: try post(call, params)
        case Methods.put.ordinal: try put(call, params)
        case Methods.patch.ordinal: try patch(call, params)
        case Methods.delete.ordinal: try delete(call, params)
        case Methods.options.ordinal: try options(call, params)
        case Methods.postStreaming.ordinal: try postStreaming(call, params)
        case Methods.putStreaming.ordinal: try putStreaming(call, params)
        case Methods.openWebSocket.ordinal: try openWebSocket(call, params)
        default: try dispatchDAV(call, params)
        }
    }

    private func get(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.GetParams.self)
        let isHead = params.ignoreBody
        let writer = try begin(isHead ? "HEAD" : "GET", try params.path)
        try send(writer, try params.context, call, message, as: isHead ? .head : .ordinary, isSafe: true)
    }

    private func post(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.PostParams.self)
        try sendContent("POST", try params.path, try params.content, try params.context, call, message)
    }

    private func put(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.PutParams.self)
        let content = try params.content
        var writer = try begin("PUT", try params.path)
        try describe(try content.content, type: try content.mimeType, encoding: try content.encoding, in: &writer)
        try send(writer, try params.context, call, message, body: try content.content)
    }

    private func patch(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.PatchParams.self)
        try sendContent("PATCH", try params.path, try params.content, try params.context, call, message)
    }

    private func delete(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.DeleteParams.self)
        try send(try begin("DELETE", try params.path), try params.context, call, message)
    }

    private func options(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.OptionsParams.self)
        try send(
            try begin("OPTIONS", try params.path), try params.context, call, message, results: .options, isSafe: true)
    }

    private func postStreaming(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.PostStreamingParams.self)
        var writer = try begin("POST", try params.path)
        try describe(type: try params.mimeType, encoding: try params.encoding, in: &writer)
        let upload = try upload(writer, try params.context, message)
        var payload = Payload()
        let index = payload.index(of: upload)
        payload.message.initRoot(Wire.WebSession.PostStreamingResults.self).setStream(capability: index)
        call.reply(payload)
    }

    private func putStreaming(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.PutStreamingParams.self)
        var writer = try begin("PUT", try params.path)
        try describe(type: try params.mimeType, encoding: try params.encoding, in: &writer)
        let upload = try upload(writer, try params.context, message)
        var payload = Payload()
        let index = payload.index(of: upload)
        payload.message.initRoot(Wire.WebSession.PutStreamingResults.self).setStream(capability: index)
        call.reply(payload)
    }

    private func openWebSocket(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.OpenWebSocketParams.self)
        guard let client = message.capability(try params.clientStream) else {
            throw CallFailure.failed("openWebSocket: there is no stream for what the app sends")
        }
        var writer = try RequestWriter(method: "GET", root: headers.root, path: try params.path)
        writer.field("Upgrade", constant: "websocket")
        writer.field("Connection", constant: "Upgrade")
        // The two ends of the real handshake are the browser and its host; this key stands for nobody.
        writer.field("Sec-WebSocket-Key", constant: "mj9i153gxeYNlGDoKdoXOQ==")
        let protocols = try params.protocol.map { try $0.text() }
        if !protocols.isEmpty { try writer.field("Sec-WebSocket-Protocol", protocols.joined(separator: ", ")) }
        writer.field("Sec-WebSocket-Version", constant: "13")
        writer.append(headers.lines)
        try writer.write(try params.context)
        writer.finish()
        WebSocketBridge(app: app, log: log, client: client, call: call).start(writer.bytes)
    }
}

// MARK: Requests

extension WebSessionObject {
    fileprivate func begin(_ method: StaticString, _ path: String) throws(HTTPError) -> RequestWriter {
        var writer = try RequestWriter(method: method, root: headers.root, path: path)
        writer.field("Connection", constant: app.pool.isKeeping ? "keep-alive" : "close")
        return writer
    }

    fileprivate func sendContent(
        _ method: StaticString, _ path: String, _ content: Wire.WebSession.PostContent.Reader, _ context: Context,
        _ call: IncomingCall, _ message: ReceivedMessage
    ) throws {
        var writer = try begin(method, path)
        let body = try content.content
        try describe(body, type: try content.mimeType, encoding: try content.encoding, in: &writer)
        try send(writer, context, call, message, body: body)
    }

    /// Content-Type, Content-Length when the body is known, Content-Encoding.
    fileprivate func describe(
        _ body: DataReader? = nil, type: String, encoding: String, in writer: inout RequestWriter
    ) throws(HTTPError) {
        if !type.isEmpty { try writer.field("Content-Type", type) }
        if let body { try writer.field("Content-Length", String(body.count)) }
        if !encoding.isEmpty { try writer.field("Content-Encoding", encoding) }
    }

    /// Adds what the session and the context say, sends it all and lets the answer find `call`.
    fileprivate func send(
        _ request: RequestWriter, _ context: Context, _ call: IncomingCall, _ message: ReceivedMessage,
        body: DataReader? = nil, as kind: ResponseParser.Request = .ordinary, results: AppExchange.Results = .response,
        isSafe: Bool = false
    ) throws {
        var writer = request
        writer.append(headers.languages)
        writer.append(headers.lines)
        try writer.write(context)
        writer.finish()
        if let body { body.withUnsafeBytes { writer.body($0) } }
        let sink = message.capability(try context.responseStream)
        let exchange = AppExchange(with: app, log: log, answerTo: kind, results: results, sink: sink)
        exchange.answer(call)
        exchange.start(writer.bytes, isSafe: isSafe)
    }

    /// A request whose body follows; its head is not complete yet.
    fileprivate func upload(
        _ request: RequestWriter, _ context: Context, _ message: ReceivedMessage
    ) throws -> Capability {
        var writer = request
        writer.append(headers.languages)
        writer.append(headers.lines)
        try writer.write(context)
        let sink = message.capability(try context.responseStream)
        let exchange = AppExchange(with: app, log: log, answerTo: .ordinary, sink: sink)
        return Capability(to: RequestUpload(head: writer, exchange: exchange), on: app.loop)
    }
}

// MARK: WebDAV

extension WebSessionObject {
    private func dispatchDAV(_ call: IncomingCall, _ params: ReceivedMessage) throws {
        switch call.ordinal {
        case Methods.propfind.ordinal: try propfind(call, params)
        case Methods.proppatch.ordinal: try proppatch(call, params)
        case Methods.mkcol.ordinal: try mkcol(call, params)
        case Methods.copy.ordinal: try copy(call, params)
        case Methods.move.ordinal: try move(call, params)
        case Methods.lock.ordinal: try lock(call, params)
        case Methods.unlock.ordinal: try unlock(call, params)
        case Methods.acl.ordinal: try acl(call, params)
        case Methods.report.ordinal: try report(call, params)
        default: throw CallFailure.unimplemented(call)
        }
    }

    private func propfind(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.PropfindParams.self)
        var writer = try begin("PROPFIND", try params.path)
        let body = try describeXML(try params.xmlContent, in: &writer)
        switch params.depth {
        case .zero: writer.field("Depth", constant: "0")
        case .one: writer.field("Depth", constant: "1")
        case .infinity, nil: writer.field("Depth", constant: "infinity")
        }
        try send(writer, text: body, try params.context, call, message, isSafe: true)
    }

    private func proppatch(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.ProppatchParams.self)
        try sendXML("PROPPATCH", try params.path, try params.xmlContent, try params.context, call, message)
    }

    private func mkcol(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.MkcolParams.self)
        try sendContent("MKCOL", try params.path, try params.content, try params.context, call, message)
    }

    private func copy(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.CopyParams.self)
        var writer = try begin("COPY", try params.path)
        try describeDestination(try params.destination, noOverwrite: params.noOverwrite, in: &writer)
        writer.field("Depth", constant: params.shallow ? "0" : "infinity")
        try send(writer, try params.context, call, message)
    }

    private func move(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.MoveParams.self)
        var writer = try begin("MOVE", try params.path)
        try describeDestination(try params.destination, noOverwrite: params.noOverwrite, in: &writer)
        try send(writer, try params.context, call, message)
    }

    private func lock(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.LockParams.self)
        var writer = try begin("LOCK", try params.path)
        let body = try describeXML(try params.xmlContent, in: &writer)
        writer.field("Depth", constant: params.shallow ? "0" : "infinity")
        try send(writer, text: body, try params.context, call, message)
    }

    private func unlock(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.UnlockParams.self)
        var writer = try begin("UNLOCK", try params.path)
        try writer.field("Lock-Token", try params.lockToken)
        try send(writer, try params.context, call, message)
    }

    private func acl(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.AclParams.self)
        try sendXML("ACL", try params.path, try params.xmlContent, try params.context, call, message)
    }

    private func report(_ call: IncomingCall, _ message: ReceivedMessage) throws {
        let params = try message.reader.root(Wire.WebSession.ReportParams.self)
        try sendContent("REPORT", try params.path, try params.content, try params.context, call, message)
    }

    /// What is written there lies below the same root as what is asked for, and by the same rule.
    ///
    /// The base path has no slash at its end and the destination none at its start (specification, section 27). The original bridge
    /// puts nothing between them, which is no address any more and which nginx refuses; packages in the field bring that bridge along.
    private func describeDestination(
        _ destination: String, noOverwrite: Bool, in writer: inout RequestWriter
    ) throws(HTTPError) {
        try writer.field("Destination", base: headers.basePath, root: headers.root, path: destination)
        writer.field("Overwrite", constant: noOverwrite ? "F" : "T")
    }

    private func describeXML(_ xml: String, in writer: inout RequestWriter) throws(HTTPError) -> String {
        writer.field("Content-Type", constant: "application/xml;charset=utf-8")
        try writer.field("Content-Length", String(xml.utf8.count))
        return xml
    }

    private func sendXML(
        _ method: StaticString, _ path: String, _ xml: String, _ context: Context, _ call: IncomingCall,
        _ message: ReceivedMessage
    ) throws {
        var writer = try begin(method, path)
        let body = try describeXML(xml, in: &writer)
        try send(writer, text: body, context, call, message)
    }

    private func send(
        _ request: RequestWriter, text: String, _ context: Context, _ call: IncomingCall, _ message: ReceivedMessage,
        isSafe: Bool = false
    ) throws {
        var writer = request
        writer.append(headers.languages)
        writer.append(headers.lines)
        try writer.write(context)
        writer.finish()
        writer.body(Array(text.utf8))
        let sink = message.capability(try context.responseStream)
        let exchange = AppExchange(with: app, log: log, answerTo: .ordinary, sink: sink)
        exchange.answer(call)
        exchange.start(writer.bytes, isSafe: isSafe)
    }
}
