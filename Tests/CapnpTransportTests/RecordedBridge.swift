import Barchan
import CLinux
import Glibc
import Synchronization

@testable import CapnpTransport

/// The grain's end of a recorded conversation.
///
/// It waits for each call and each answer that the host made in the recording before it goes on. Messages without an
/// effect of their own (Finish, Release) may come at other places than then. Where the host numbers its questions
/// otherwise, the recorded answers are renumbered.
final class RecordedBridge: Sendable {
    private let records: [WireRecord]
    private let descriptor: CInt
    private let turns: AsyncStream<Void>
    private let turnGiver: AsyncStream<Void>.Continuation

    /// Methods that the host calls of itself; for the others the test is told that it is its turn.
    private static let ownCalls: Set<UInt64> = [
        0xcd57_3877_29cf_e35f, 0x99ff_c2f3_f69a_6a9f, 0xf001_fc1d_5e57_4a07,
    ]

    init(_ text: String, _ descriptor: CInt) {
        records = WireRecord.records(text)
        self.descriptor = descriptor
        (turns, turnGiver) = AsyncStream.makeStream()
    }

    deinit { close(descriptor) }

    /// Returns when everything up to the next call of the test has been played.
    func turn() async {
        for await _ in turns { return }
    }

    func play() async throws {
        // Reads block, so this does not run on the tasks' own threads.
        let failure = Mutex<HostError?>(nil)
        await withUnsafeContinuation { done in
            let job = Job { [self] in
                do throws(HostError) { try playAll() } catch { failure.withLock { $0 = error } }
                turnGiver.finish()
                done.resume()
            }
            job.startThread()
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func playAll() throws(HostError) {
        var seen: [WireMessage] = []
        var questions: [UInt32: UInt32] = [:], exports: [UInt32: UInt32] = [:]
        for record in records {
            if record.isFromApp {
                var bytes = record.bytes
                WireMessage.renumber(&bytes, questions, exports)
                try write(bytes)
            } else {
                guard let wanted = WireMessage(record.bytes), wanted.matters else { continue }
                if wanted.isCall, wanted.interfaceID != 0xdbb4_d798_ea67_e2e7 || wanted.methodID != 0,
                    !Self.ownCalls.contains(wanted.interfaceID)
                {
                    turnGiver.yield()
                }
                let found = try find(wanted, &seen)
                if wanted.isCall {
                    questions[wanted.id] = found.id
                    exports[WireMessage.lastCapability(record.bytes)] = found.lastCapability
                }
            }
        }
    }

    private func find(_ wanted: WireMessage, _ seen: inout [WireMessage]) throws(HostError) -> WireMessage {
        while true {
            if let index = seen.firstIndex(where: { $0.answers(wanted) }) { return seen.remove(at: index) }
            guard let bytes = nextMessage() else {
                throw HostError(.disconnected, "the host closed the connection where \(wanted) was expected")
            }
            guard let message = WireMessage(bytes) else { continue }
            if message.matters { seen.append(message) }
            guard message.kind != .abort else { throw HostError(.failed, "the host gave up") }
        }
    }

    private func nextMessage() -> [UInt8]? {
        let head = read(8)
        guard head.count == 8, head[0] == 0 else { return nil }
        let words = Int(head[4]) | Int(head[5]) << 8 | Int(head[6]) << 16
        return head + read(words * 8)
    }

    private func read(_ count: Int) -> [UInt8] {
        let lent = OwnedDescriptor(takingOwnershipOf: descriptor)
        let bytes = readBytes(lent, count)
        _ = lent.release()
        return bytes
    }

    private func write(_ bytes: [UInt8]) throws(HostError) {
        let lent = OwnedDescriptor(takingOwnershipOf: descriptor)
        writeBytes(lent, bytes)
        _ = lent.release()
        // The host must have taken it in before it is asked for anything else, as it had in the recording.
        var unread: CInt = 0
        repeat {
            guard ioctl(descriptor, UInt(TIOCOUTQ), &unread) == 0 else { return }
            sched_yield()
        } while unread > 0
    }
}

/// A closure on a thread of its own.
private final class Job: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func startThread() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }
}
