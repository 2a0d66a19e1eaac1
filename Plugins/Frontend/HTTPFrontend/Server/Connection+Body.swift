import Barchan
import HTTP1Server

extension Connection {
    typealias Waiter = CheckedContinuation<Result<[UInt8]?, HostError>, Never>

    /// The next piece of the body in what was received, or nil when there is none.
    func takeBody(of exchange: Exchange) throws(RequestFault) -> [UInt8]? {
        while !inbound.isEmpty, !exchange.taker.isOver {
            let taker = exchange.taker
            let result = inbound.withUnsafeBytes { bytes -> Result<(BodyTaker.Step, BodyTaker), RequestFault> in
                var taker = taker
                do throws(RequestFault) { return .success((try taker.decode(bytes), taker)) } catch {
                    return .failure(error)
                }
            }
            let (step, next) = try result.get()
            exchange.taker = next
            let piece = inbound.piece(step.data)
            inbound.drop(step.consumed)
            if !piece.isEmpty { return piece }
        }
        return nil
    }

    /// Asks the client for more of the body.
    func awaitBody(of exchange: Exchange) {
        if exchange.head.expectsContinue, !exchange.sentContinue {
            exchange.sentContinue = true
            socket.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        expect(.body, within: limits.stall)
        socket.requestRead()
    }

    /// Gives whoever waits for bytes what there is.
    func serveReader() {
        guard let exchange = current, exchange.waiter != nil else { return }
        if exchange.isUpgraded { return serveUpgraded(exchange) }
        guard exchange.head.framing != .none else { return }
        do throws(RequestFault) {
            if let piece = try takeBody(of: exchange) { return deliver(.success(piece), to: exchange) }
            if exchange.taker.isOver { return deliver(.success(nil), to: exchange) }
            awaitBody(of: exchange)
        } catch {
            fail(exchange, error)
        }
    }

    private func serveUpgraded(_ exchange: Exchange) {
        guard !inbound.isEmpty else { return socket.requestRead() }
        deliver(.success(inbound.take(min(inbound.count, 65_536))), to: exchange)
    }

    /// The body cannot be read on; the answer will say so unless it is on its way already.
    func fail(_ exchange: Exchange, _ fault: RequestFault) {
        exchange.fault = fault
        isLast = true
        deliver(.failure(HostError(.invalidArgument, "read the body of a request: \(fault.reason)")), to: exchange)
    }

    func deliver(_ result: Result<[UInt8]?, HostError>, to exchange: Exchange) {
        if waiting == .body { expectNothing() }
        guard let waiter = exchange.waiter else { return }
        exchange.waiter = nil
        waiter.resume(returning: result)
    }

    /// A reader asks for bytes.
    func pull(_ waiter: Waiter, for exchange: Exchange) {
        guard current === exchange, phase == .exchange else {
            let gone = HostError(.disconnected, "read from the browser: the request is over")
            return waiter.resume(returning: exchange.isUpgraded ? .success(nil) : .failure(gone))
        }
        if let fault = exchange.fault {
            return waiter.resume(
                returning: .failure(HostError(.invalidArgument, "read the body of a request: \(fault.reason)")))
        }
        if exchange.isBodyUnwanted { return waiter.resume(returning: .success(nil)) }
        exchange.waiter = waiter
        serveReader()
    }

    func abandonBody(of exchange: Exchange) {
        exchange.isBodyUnwanted = true
        deliver(.success(nil), to: exchange)
    }
}

/// The long body of a request, pulled from the socket.
final class BodyReader: ByteReader, @unchecked Sendable {
    private let connection: Connection
    private let exchange: Unshared<Exchange>

    init(_ connection: Connection, _ exchange: Exchange) {
        self.connection = connection
        self.exchange = Unshared(exchange)
    }

    func next() async throws(HostError) -> [UInt8]? {
        let (connection, exchange) = (connection, exchange)
        return try await withCheckedContinuation { waiter in
            connection.perform { connection.pull(waiter, for: exchange.value) }
        }.get()
    }

    func cancel() {
        let (connection, exchange) = (connection, exchange)
        connection.perform { connection.abandonBody(of: exchange.value) }
    }
}

/// What a browser sends once its connection is a web socket: frames, unparsed.
final class UpgradedReader: ByteReader, @unchecked Sendable {
    private let reader: BodyReader

    init(_ connection: Connection, _ exchange: Exchange) { reader = BodyReader(connection, exchange) }

    func next() async throws(HostError) -> [UInt8]? { try await reader.next() }
    func cancel() { reader.cancel() }
}
