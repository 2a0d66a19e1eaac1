import CLinux
import Glibc
import Testing

@testable import BarchanKernel

@Suite struct SocketPairTests {
    /// Whoever is sent a descriptor has to close it, and may wait for that as long as the sender likes.
    @Test func noDescriptorReachesTheHost() throws {
        let pair = try SocketPair()
        var value: CInt = 0, length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(pair.hostEnd.rawValue, SOL_SOCKET, 83 /* SO_PASSRIGHTS */, &value, &length) == 0 else {
            return print("skipped: no socket can refuse descriptors here, Linux 6.16 is needed")
        }
        #expect(value == 0)
        let sent: [CInt] = [0]
        let toHost = clinux_send(pair.grainEnd.rawValue, "x", 1, sent, 1), error = errno
        #expect(toHost < 0 && error == EPERM)
        // The other way, and bytes alone, are as ever.
        let toGrain = clinux_send(pair.hostEnd.rawValue, "x", 1, sent, 1)
        let bytes = clinux_send(pair.grainEnd.rawValue, "x", 1, nil, 0)
        #expect(toGrain == 1 && bytes == 1)
    }
}
