import Barchan
import HTTP1Server

extension Connection {
    /// Gives the client `time` to do its part. One timer per connection is set anew only when it would fire too late.
    func expect(_ what: Waiting, within time: Duration) {
        let now = uptimeNanoseconds()
        waiting = what
        // Of a head or a short body the time runs from its beginning: bytes that come one by one do not make it younger.
        if what == .idle || (what != .close || phase == .lingering) && waitingSince.load(ordering: .relaxed) == 0 {
            waitingSince.store(now, ordering: .relaxed)
        }
        deadline = now + time.nanoseconds
        guard timer == nil || timerDue > deadline else { return }
        timer?.cancel()
        setTimer(at: deadline, now)
    }

    /// The client has nothing to do.
    func expectNothing() {
        waiting = .nothing
        waitingSince.store(0, ordering: .relaxed)
        deadline = .max
    }

    private func setTimer(at due: UInt64, _ now: UInt64) {
        timerDue = due
        // Cancelled where the connection closes, which is before it goes. A weak reference would make every other one slower.
        timer = loop.host.after(nanoseconds: due - min(now, due)) { [unowned self] in timerFired() }
    }

    func stopTimer() {
        timer?.cancel()
        timer = nil
    }

    private func timerFired() {
        timer = nil
        guard phase != .closed, waiting != .nothing else { return }
        let now = uptimeNanoseconds()
        guard deadline <= now else { return setTimer(at: deadline, now) }
        switch waiting {
        case .head where !inbound.isEmpty: refuse(RequestFault(408, "The request took too long to arrive."))
        case .body: bodyTimedOut()
        // Who takes an answer slowly has the time again for each piece of it.
        case _ where (phase != .exchange || waiting == .write) && socket.hasProgressed():
            expect(waiting, within: limits.stall)
        default: socket.close()
        }
    }

    private func bodyTimedOut() {
        let fault = RequestFault(408, "The body of the request took too long to arrive.")
        if phase == .shortBody { return refuse(fault) }
        guard let exchange = current else { return }
        fail(exchange, fault)
    }

    // MARK: The end

    /// Closes now. May be called from any thread.
    func closeSoon() {
        perform { self.socket.close() }
    }

    /// Closes as soon as the request under way is answered, which may still be on its way. May be called from any thread.
    func finishAndClose() {
        perform {
            self.isLast = true
            if self.current?.isUpgraded == true { return self.socket.close() }
            if self.phase == .head, self.inbound.isEmpty, self.waiting != .write {
                self.expect(.idle, within: self.limits.lastRequest)
            }
        }
    }

    /// Closes; who is owed an answer is told to ask again. May be called from any thread.
    func giveUp() {
        perform {
            switch self.phase {
            case .exchange where self.current?.isAnswerBegun == true: self.socket.close()
            case .head where self.inbound.isEmpty: self.socket.close()
            case .head, .shortBody, .exchange:
                self.refuse(RequestFault(503, "The server is stopping. Try again in a moment."))
            case .lingering, .closed: break
            }
        }
    }

    /// Sends what is under way, says goodbye and throws away what the client still sends: closing at once would reset the
    /// connection, and the client might never read the answer.
    func closeAfterWrites() {
        phase = .lingering
        expect(.close, within: socket.isAllSent ? limits.linger : limits.stall)
        socket.whenAllSent { [self] in
            expect(.close, within: limits.linger)
            socket.closeOutput()
            linger(over: inbound.count)
        }
    }

    func linger(over count: Int) {
        lingered += count
        inbound.clear()
        guard lingered <= limits.lingerBytes else { return socket.close() }
        socket.requestRead()
    }
}
