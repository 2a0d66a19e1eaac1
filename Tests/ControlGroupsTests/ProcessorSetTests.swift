import CLinux
import Glibc
import Testing

@testable import ControlGroups

@Suite struct ProcessorSetTests {
    private func leavingFirst(_ words: [UInt64], of all: [UInt64]) -> ProcessorSet? {
        ProcessorSet(words: words).leavingFirst(of: ProcessorSet(words: all))
    }

    @Test func theFirstThatAllMayUseIsLeft() {
        #expect(leavingFirst([0b1111], of: [0b1111]) == ProcessorSet(words: [0b1110]))
        #expect(leavingFirst([0b1100, 1], of: [0b1100, 1]) == ProcessorSet(words: [0b1000, 1]))
        #expect(leavingFirst([0, 1 << 63 | 1], of: [0, 1 << 63 | 1]) == ProcessorSet(words: [0, 1 << 63]))
        // Its own choice is among the others already.
        #expect(leavingFirst([0b1000], of: [0b1110]) == ProcessorSet(words: [0b1000]))
    }

    @Test func theOnlyOneCannotBeLeft() {
        #expect(leavingFirst([0b10], of: [0b10]) == nil)
        #expect(leavingFirst([0b10], of: [0b110]) == nil)
        #expect(leavingFirst([0], of: [0]) == nil)
    }

    @Test func aThreadHasThoseItWasBoundTo() async throws {
        // A thread of its own, whose processors nobody else needs.
        let found = await withCheckedContinuation { (done: CheckedContinuation<[ProcessorSet?], Never>) in
            detachThread {
                let all = ProcessorSet(of: 0)
                let rest = all?.leavingFirst(of: all ?? ProcessorSet(words: []))
                rest?.bind(0)
                done.resume(returning: [all, rest, ProcessorSet(of: 0)])
            }
        }
        #expect(found[0] != nil && found[2] == (found[1] ?? found[0]))
        #expect(ProcessorSet(of: 1 << 30 /* above any thread's number */) == nil)
    }

    private func detachThread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }
}
