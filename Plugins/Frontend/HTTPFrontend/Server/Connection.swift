import Barchan
import HTTP1Server
import NIOCore
import Synchronization

/// One client: reads a request, has it answered, sends the answer, and so on.
///
/// Nothing is read while nobody wants it, so a client is held back by the app it talks to. Everything here runs on the
/// connection's event loop; other threads come in through ``closeSoon()`` and the two readers.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase { case head, shortBody, exchange, lingering, closed }
    enum Waiting { case nothing, head, idle, body, write, close }

    let loop: LoopContext
    let limits: ServerLimits
    let service: any RequestService
    let table: ConnectionTable
    /// When we began to wait for a request, in nanoseconds; 0 while there is one.
    let waitingSince = Atomic<UInt64>(0)

    var context: ChannelHandlerContext?
    var inbound = ByteBuffer()
    var headParser: HeadParser
    var phase = Phase.head
    var current: Exchange?
    var writeWaiter: CheckedContinuation<Void, Never>?
    /// A read is asked for and has not come.
    var isReading = false
    var lingered = 0
    var isLast = false
    let memory = ConnectionMemory()

    var waiting = Waiting.nothing
    var deadline = NIODeadline.distantFuture
    var timer: Scheduled<Void>?
    var timerDue = NIODeadline.distantFuture

    init(loop: LoopContext, limits: ServerLimits, service: any RequestService, table: ConnectionTable) {
        self.loop = loop
        self.limits = limits
        self.service = service
        self.table = table
        headParser = HeadParser(limits: limits.request)
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        memory.remoteAddress = context.remoteAddress?.bytes
        guard table.add(self) else {
            return refuse(RequestFault(503, "The server has no room for another connection. Try again in a moment."))
        }
        expect(.head, within: limits.head)
        waitingSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
        requestRead()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = false
        var bytes = unwrapInboundIn(data)
        if phase == .lingering { return linger(over: bytes.readableBytes) }
        if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
        proceed()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeWriter() }
    }

    func channelInactive(context: ChannelHandlerContext) { ended() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    private func ended() {
        guard phase != .closed else { return }
        phase = .closed
        timer?.cancel()
        timer = nil
        table.remove(self)
        resumeWriter()
        guard let exchange = current else { return }
        current = nil
        exchange.cancel()
        let gone = HostError(.disconnected, "read from the browser: it closed the connection")
        deliver(exchange.isUpgraded ? .success(nil) : .failure(gone), to: exchange)
    }

    // MARK: Requests

    /// Does what the bytes that are there allow.
    func proceed() {
        switch phase {
        case .head: readHead()
        case .shortBody: collectShortBody()
        case .exchange: serveReader()
        case .lingering, .closed: break
        }
    }

    private func readHead() {
        guard inbound.readableBytes > 0 else { return requestRead() }
        do throws(RequestFault) {
            let parser = headParser
            let found = inbound.withUnsafeReadableBytes { bytes -> Result<(Int?, HeadParser), RequestFault> in
                var parser = parser
                do throws(RequestFault) { return .success((try parser.endOfHead(in: bytes), parser)) } catch {
                    return .failure(error)
                }
            }
            let (end, next) = try found.get()
            headParser = next
            guard let end, let bytes = inbound.readBytes(length: end) else {
                if waiting != .head { expect(.head, within: limits.head) }
                return requestRead()
            }
            begin(Exchange(head: try headParser.parse(bytes), limits: limits.request))
        } catch {
            refuse(error)
        }
    }

    private func begin(_ exchange: Exchange) {
        current = exchange
        expect(.nothing, within: .nanoseconds(0))
        waitingSince.store(0, ordering: .relaxed)
        switch exchange.head.framing {
        case .none:
            // One read ahead: taking the socket out of epoll and putting it back costs two system calls per request.
            requestRead()
            dispatch(exchange, .none)
        case .length(let length) where length < limits.shortBodyBytes:
            phase = .shortBody
            exchange.collected.reserveCapacity(Int(length))
            collectShortBody()
        case .length(let length): dispatch(exchange, .stream(BodyReader(self, exchange), length: length))
        case .chunked: dispatch(exchange, .stream(BodyReader(self, exchange), length: nil))
        }
    }

    private func collectShortBody() {
        guard let exchange = current else { return }
        do {
            while let piece = try takeBody(of: exchange) { exchange.collected.append(contentsOf: piece) }
        } catch { return refuse(error) }
        guard exchange.taker.isOver else { return awaitBody(of: exchange) }
        dispatch(exchange, .bytes(exchange.collected))
    }

    private func dispatch(_ exchange: Exchange, _ body: RequestBody) {
        phase = .exchange
        expect(.nothing, within: .nanoseconds(0))
        let reader = UpgradedReader(self, exchange)
        let request = Request(head: exchange.head, body: body, upgraded: reader, memory: memory)
        let box = Unshared(exchange)
        exchange.pending = service.begin(request) { answer in
            self.loop.eventLoop.execute { self.answered(answer, for: box.value) }
        }
        if exchange.pending != nil { return }
        exchange.task = Task(executorPreference: loop) { [service] in
            let answer = await service.answer(request)
            await self.send(answer, for: box.value)
        }
    }

    /// What `begin` led to.
    private func answered(_ answer: Answer, for exchange: Exchange) {
        exchange.pending = nil
        if case .response(let response) = answer, sendAtOnce(response, for: exchange) { return }
        let box = Unshared(exchange)
        exchange.task = Task(executorPreference: loop) { await self.send(answer, for: box.value) }
    }

    /// Answers what is no proper request, and reads no further.
    func refuse(_ fault: RequestFault) {
        guard phase != .closed, phase != .lingering else { return }
        let response = service.refusal(fault, host: current?.head.host)
        let exchange = current
        exchange?.cancel()
        current = nil
        isLast = true
        writeHead(of: response, head: exchange?.head, length: nil)
        if let exchange {
            deliver(.failure(HostError(.invalidArgument, "read a request: \(fault.reason)")), to: exchange)
        }
        closeAfterWrites()
    }

    /// Ready for the next request, or done.
    func finish(_ exchange: Exchange) {
        guard phase != .closed, current === exchange else { return }
        current = nil
        if isLast || !exchange.taker.isOver { return closeAfterWrites() }
        phase = .head
        waitingSince.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
        expect(.idle, within: limits.idle)
        readHead()
    }

    func requestRead() {
        guard !isReading else { return }
        isReading = true
        context?.read()
    }
}

/// Carries what stays on one event loop through a closure that has to be Sendable.
struct Unshared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
