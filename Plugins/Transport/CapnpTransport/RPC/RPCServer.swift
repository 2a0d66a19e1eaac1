import CCapnpRPC
import CapnProto

/// An object that the grain can call. Its methods run on the loop's thread.
protocol RPCServer: AnyObject {
    /// Answers through `incoming`, now or later.
    func called(_ interfaceID: UInt64, _ method: UInt16, _ params: RPCMessage, _ incoming: RPCIncoming)
    /// Nobody refers to it any more.
    func dropped()
    /// Whether long bytes behind the first pointer of the parameters come as the message's ``RPCMessage/data``, and only there.
    var lendsData: Bool { get }
}

extension RPCServer {
    func dropped() {}
    var lendsData: Bool { false }
}

/// What the facade refers to.
private final class RPCServerBox {
    let server: any RPCServer
    let loop: RPCLoop

    init(_ server: any RPCServer, _ loop: RPCLoop) {
        self.server = server
        self.loop = loop
    }
}

extension RPCLoop {
    /// Makes `server` callable, and keeps it while somebody refers to it. To be called on the thread.
    func export(_ server: any RPCServer) -> RPCCapability {
        let box = Unmanaged.passRetained(RPCServerBox(server, self)).toOpaque()
        let handle = bcr_server_create(
            self.handle, server.lendsData,
            { context, incoming, interfaceID, method, params in
                let box = Unmanaged<RPCServerBox>.fromOpaque(unwrapped(context)).takeUnretainedValue()
                let answer = RPCIncoming(incoming, on: box.loop)
                do throws(MessageError) {
                    box.server.called(interfaceID, method, try RPCMessage(params, on: box.loop), answer)
                } catch { answer.fail(RPCError(error)) }
            },
            { Unmanaged<RPCServerBox>.fromOpaque(unwrapped($0)).takeRetainedValue().server.dropped() }, box)
        return RPCCapability(owning: handle, on: self)
    }
}

/// A call that waits for its answer. Answer it on the loop's thread; one that is let go of fails.
final class RPCIncoming: @unchecked Sendable {
    // Only the thread answers, and a deinitializer runs once.
    private var handle: OpaquePointer?
    /// What the facade calls when the caller gives up; lives until the answer is there.
    private var cancellation: Unmanaged<Cancellation>?
    private var told: (() -> Void)?
    let loop: RPCLoop

    fileprivate init(_ handle: OpaquePointer, on loop: RPCLoop) {
        self.handle = handle
        self.loop = loop
    }

    deinit {
        guard let handle else { return }
        let cancellation = cancellation, told = UncheckedSendable(told)
        // Nothing refers to this any more: it is the posted closure that owns the three.
        loop.post {
            bcr_incoming_fail(handle, bcr_failed, "nobody answers this call")
            cancellation?.release()
            told.value?()
        }
    }

    /// Whether it still waits.
    var isWaiting: Bool { handle != nil }

    /// Calls `body`, on the loop's thread, when the call is answered, which it is not yet. Only one can be told.
    func onAnswer(_ body: @escaping () -> Void) { told = body }

    /// Calls `body` at most once, when the caller does not want the answer any more. Answer nevertheless.
    func onCancel(_ body: @escaping () -> Void) {
        guard let handle, cancellation == nil else { return }
        let cancellation = Unmanaged.passRetained(Cancellation(body))
        self.cancellation = cancellation
        bcr_incoming_on_cancel(
            handle, { Unmanaged<Cancellation>.fromOpaque(unwrapped($0)).takeUnretainedValue().body() },
            cancellation.toOpaque())
    }

    /// Answers with an empty struct.
    func reply() {
        guard let handle = take() else { return }
        bcr_incoming_reply(handle, nil)
    }

    func reply(_ results: MessageBuilder, capabilities: [RPCCapability] = []) {
        guard let handle = take() else { return }
        withPayload(results, capabilities) { bcr_incoming_reply(handle, $0) }
    }

    /// Answers with somebody else's answer, but for the capabilities in it.
    func reply(_ results: RPCMessage, carrying capabilities: [RPCCapability?]) {
        guard let handle = take() else { return }
        results.withPayload(carrying: capabilities) { bcr_incoming_reply(handle, $0) }
    }

    func fail(_ error: RPCError) {
        guard let handle = take() else { return }
        bcr_incoming_fail(handle, error.code, error.text)
    }

    private func take() -> OpaquePointer? {
        defer {
            handle = nil
            told?()
            told = nil
        }
        // The facade does not call it once the call is answered, which is now.
        defer {
            if let cancellation { loop.post { cancellation.release() } }
            cancellation = nil
        }
        return handle
    }
}

private final class Cancellation {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}
