import CCapnpRPC
import CapnProto
import GrainSchemas

/// Asks now and then whether the maker of a streamed answer is still there (specification, section 9.2): an app may pass on
/// somebody else's stream, whose end nobody else would notice. On the loop's thread only.
final class HandlePing {
    private let holder: HandleHolder
    private let loop: RPCLoop
    private let nanoseconds: UInt64
    private let lost: () -> Void
    private var timer: OpaquePointer?

    init(_ holder: HandleHolder, on loop: RPCLoop, everyNanoseconds: UInt64, lost: @escaping () -> Void) {
        self.holder = holder
        self.loop = loop
        nanoseconds = everyNanoseconds
        self.lost = lost
        wait()
    }

    /// Nobody needs to know any more.
    func stop() {
        guard let timer else { return }
        self.timer = nil
        bcr_timer_free(timer)
        Unmanaged.passUnretained(self).release()
    }

    private func wait() {
        timer = bcr_timer_start(
            loop.handle, nanoseconds,
            { Unmanaged<HandlePing>.fromOpaque(unwrapped($0)).takeUnretainedValue().ask() },
            Unmanaged.passRetained(self).toOpaque())
    }

    private func ask() {
        defer { withExtendedLifetime(self) {} }
        stop()
        guard let handle = holder.current else { return }
        let params = MessageBuilder(capacityWords: 1)
        _ = params.initRoot(Wire.Handle.PingParams.self)
        RPCCall.start(Wire.Handle.Methods.ping, on: handle, params) { [self] answer in
            // Old apps do not know the call; that says nothing.
            if case .failure(let error) = answer, error.kind == .disconnected { return lost() }
            if holder.current != nil { wait() }
        }
    }
}
