import CLinux
import Glibc

/// Gives memory back when nothing has happened for a while: most grains are idle most of the time.
final class MemoryTrim {
    private static let quietMicroseconds: UInt64 = 1_000_000

    private let loop: EventLoop
    private var timer: Timer?
    private var isBusy = false

    init(_ loop: EventLoop) { self.loop = loop }

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
            malloc_trim(0)
        }
    }
}
