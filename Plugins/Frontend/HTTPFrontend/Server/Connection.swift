import Barchan
import HTTP1Server
import Synchronization

/// One client: reads a request, has it answered, sends the answer, and so on.
///
/// Nothing is read while nobody wants it, so a client is held back by the app it talks to. Everything here runs on the
/// connection's loop; other threads come in through ``perform(_:)``.
final class Connection: ClientSocketOwner, @unchecked Sendable {
    enum Phase { case head, shortBody, exchange, lingering, closed }
    enum Waiting { case nothing, head, idle, body, write, close }

    /// Where the connection is; a connection moves to the loop of the grain it talks to.
    private(set) var loop: LoopContext
    /// The same for other threads.
    private let home: Mutex<LoopContext>
    let socket: ClientSocket
    private let loops: ServerLoops
    let limits: ServerLimits
    let service: any RequestService
    let table: ConnectionTable
    /// When we began to wait for the client, in nanoseconds: for a request, more of its body, or that it takes the answer; 0 while we do not.
    let waitingSince = Atomic<UInt64>(uptimeNanoseconds())

    let opened = uptimeNanoseconds()
    /// Whose it is; of a proxy's, who asked last.
    let client = Mutex("")

    var inbound = ByteQueue()
    var headParser: HeadParser
    var phase = Phase.head
    var current: Exchange?
    var writeWaiter: CheckedContinuation<Void, Never>?
    var lingered = 0
    var isLast = false
    let memory = ConnectionMemory()

    var waiting = Waiting.nothing
    /// In nanoseconds of the loops' clock.
    var deadline = UInt64.max
    var timer: (any LoopEntry)?
    var timerDue = UInt64.max

    /// - Parameter descriptor: A client's socket, taken over.
    init(
        _ descriptor: CInt, on loop: LoopContext, of loops: ServerLoops, limits: ServerLimits,
        service: any RequestService, table: ConnectionTable
    ) {
        self.loop = loop
        self.loops = loops
        home = Mutex(loop)
        socket = ClientSocket(descriptor, on: loop)
        self.limits = limits
        self.service = service
        self.table = table
        headParser = HeadParser(limits: limits.request)
    }

    // MARK: Events

    /// - Parameter hasRoom: Whether the table took it.
    func start(hasRoom: Bool) {
        socket.start(for: self)
        guard socket.isOpen else { return }
        memory.remoteAddress = socket.remoteAddress
        client.withLock { $0 = ClientAddress.key(of: memory) }
        memory.isProxy = limits.proxies.contains(socket.remoteAddress)
        guard hasRoom else {
            return refuse(RequestFault(503, "The server has no room for another connection. Try again in a moment."))
        }
        if table.isClosing { isLast = true }
        expect(.head, within: isLast ? limits.lastRequest : limits.head)
        socket.requestRead()
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        if phase == .lingering { return linger(over: bytes.count) }
        inbound.append(bytes)
        proceed()
    }

    func becameWritable() {
        guard phase == .head, waiting == .write else { return resumeWriter() }
        expect(.idle, within: isLast ? limits.lastRequest : limits.idle)
        readHead()
    }

    /// A client that has closed one direction only (RFC 9293, section 3.6) gets its answers; a browser that went away looks the
    /// same, and the app must not work for it. So each piece of an answer has a moment to come.
    func inputEnded() {
        switch phase {
        case .head where waiting == .write, .lingering where !socket.isAllSent: return
        case .head where !socket.isAllSent: return closeAfterWrites()
        default: break
        }
        guard phase == .exchange, let exchange = current, !exchange.isUpgraded, exchange.taker.isOver else {
            return socket.close()
        }
        if waiting != .write { expect(.close, within: limits.halfClosed) }
    }

    func closed() {
        guard phase != .closed else { return }
        phase = .closed
        stopTimer()
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
        // Who takes no answers cannot have more of them made.
        guard socket.isWritable else { return expect(.write, within: limits.stall) }
        guard !inbound.isEmpty else { return socket.requestRead() }
        do throws(RequestFault) {
            let parser = headParser
            let found = inbound.withUnsafeBytes { bytes -> Result<(Int?, HeadParser), RequestFault> in
                var parser = parser
                do throws(RequestFault) { return .success((try parser.endOfHead(in: bytes), parser)) } catch {
                    return .failure(error)
                }
            }
            let (end, next) = try found.get()
            headParser = next
            guard let end else {
                if waiting != .head { expect(.head, within: limits.head) }
                return socket.requestRead()
            }
            let head = try headParser.parse(inbound.take(end))
            begin(Exchange(head: head, limits: limits.request, trace: memory.traces.next()))
        } catch {
            refuse(error)
        }
    }

    private func begin(_ exchange: Exchange) {
        current = exchange
        expectNothing()
        switch exchange.head.framing {
        case .none:
            // One read ahead: that is how a client that goes away is noticed. Not one for each of many requests that came together.
            if inbound.isEmpty { socket.requestRead() }
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
        expectNothing()
        let upgraded = exchange.head.asksForWebSocket ? UpgradedReader(self, exchange) : nil
        let request = Request(
            head: exchange.head, body: body, upgraded: upgraded, memory: memory, trace: exchange.trace)
        if memory.isProxy, request.head.contains("x-real-ip") {
            client.withLock { $0 = ClientAddress.key(of: request) }
        }
        if let wanted = memory.session?.loop, wanted !== loop.host, let other = loops.context(of: wanted) {
            return move(to: other) { self.serve(request, exchange) }
        }
        serve(request, exchange)
    }

    private func serve(_ request: Request, _ exchange: Exchange) {
        if socket.isInputOver, exchange.taker.isOver { inputEnded() }
        let box = Unshared(exchange)
        let here = loop
        exchange.pending = service.begin(request) { answer in
            // A grain on the same loop answers there, and nothing of this connection is under way then.
            if here.host.isCurrent { return self.answered(answer, for: box.value) }
            here.host.post { self.answered(answer, for: box.value) }
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
        let response = service.refusal(
            fault, host: current?.head.host, current?.trace ?? memory.traces.next())
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
        expect(.idle, within: limits.idle)
        readHead()
    }

    // MARK: Threads

    /// Runs `body` on the connection's loop. From any thread.
    func perform(_ body: @escaping @Sendable () -> Void) {
        let place = home.withLock { $0 }
        place.host.post { [self] in
            // Only this loop's thread moves the connection away from it, so this holds until `body` is done.
            if home.withLock({ $0 }) === place { body() } else { perform(body) }
        }
    }

    /// Goes on with `body` on another loop. What was posted here before runs here before.
    private func move(to other: LoopContext, _ body: @escaping () -> Void) {
        let body = Unshared(body)
        loop.host.post { [self] in
            socket.leave()
            stopTimer()
            loop = other
            home.withLock { $0 = other }
            other.host.post { [self] in
                socket.arrive(on: other)
                body.value()
            }
        }
    }
}

/// Carries what stays on one event loop through a closure that has to be Sendable.
struct Unshared<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
