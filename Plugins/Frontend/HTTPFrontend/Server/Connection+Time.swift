import HTTP1Server
import NIOCore

extension Connection {
    /// Gives the client `time` to do its part. One timer per connection is set anew only when it would fire too late.
    func expect(_ what: Waiting, within time: TimeAmount) {
        waiting = what
        deadline = what == .nothing ? .distantFuture : .now() + time
        guard what != .nothing, timer == nil || timerDue > deadline else { return }
        timer?.cancel()
        setTimer(at: deadline)
    }

    private func setTimer(at due: NIODeadline) {
        timerDue = due
        timer = loop.eventLoop.scheduleTask(deadline: due) { [weak self] in self?.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard phase != .closed, waiting != .nothing else { return }
        guard deadline <= .now() else { return setTimer(at: deadline) }
        switch waiting {
        case .head where inbound.readableBytes > 0: refuse(RequestFault(408, "The request took too long to arrive."))
        case .body: bodyTimedOut()
        default: context?.close(promise: nil)
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
        loop.eventLoop.execute { self.context?.close(promise: nil) }
    }

    /// Closes as soon as the request under way is answered. May be called from any thread.
    func finishAndClose() {
        loop.eventLoop.execute {
            self.isLast = true
            let isBusy = self.phase == .exchange && self.current?.isUpgraded == false || self.phase == .lingering
            if !isBusy { self.context?.close(promise: nil) }
        }
    }

    /// Sends what is under way, says goodbye and throws away what the client still sends: closing at once would reset the
    /// connection, and the client might never read the answer.
    func closeAfterWrites() {
        phase = .lingering
        expect(.close, within: limits.linger)
        guard let context else { return }
        let connection = Unshared(self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            connection.value.context?.close(mode: .output, promise: nil)
            connection.value.linger(over: connection.value.inbound.readableBytes)
        }
    }

    func linger(over count: Int) {
        lingered += count
        inbound.clear()
        guard lingered <= limits.lingerBytes else {
            context?.close(promise: nil)
            return
        }
        requestRead()
    }
}
