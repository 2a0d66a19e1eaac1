import CCapnpRPC
import CLinux
import Glibc

/// Gives memory back when nothing has happened for a while: most grains are idle most of the time.
final class MemoryTrim {
    private static let quietMicroseconds: UInt64 = 1_000_000
    private static let keptBytes: Int32 = 1 << 20

    private let loop: EventLoop
    private var timer: Timer?
    private var isBusy = false
    private let release: () -> Void

    /// - Parameter release: Lets go of what only a busy bridge needs.
    init(_ loop: EventLoop, _ release: @escaping () -> Void) {
        self.loop = loop
        self.release = release
        // Buffers of a busy bridge stay where they are until it is idle; mapping each anew costs page faults.
        mallopt(M_MMAP_THRESHOLD, Self.keptBytes)
        mallopt(M_TRIM_THRESHOLD, 2 * Self.keptBytes)
    }

    /// Something happens.
    func noteActivity() {
        isBusy = true
        if timer == nil { arm() }
    }

    private func arm() {
        timer = Timer(on: loop, afterMicroseconds: Self.quietMicroseconds) { [unowned self] in
            guard !isBusy else {
                isBusy = false
                return arm()
            }
            timer = nil
            release()
            malloc_trim(0)
            // Last of all, because whatever runs behind it brings its pages back.
            bcr_loop_before_sleep(loop.handle, { _ in clinux_drop_program_pages() }, nil)
        }
    }
}
