import CLinux
import Glibc
import GrainRecording
import Testing

@testable import HTTPBridge

/// The recorded host, played to our bridge with the recorded app behind it.
@Suite struct ReplayTests {
    @Test func theRecordedHostGetsTheRecordedAnswers() throws {
        let text = Array(Place.contents(Place.fixtures + "wire.txt").utf8)
        var replay = try Replay(try Recording(parsing: text), playing: .host)
        let app = try TestApp()
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        let command = [
            Place.bridge, "--config", Place.fixtures + "bridge-config.bin", "--api-socket", "", "--proxy-port", "0",
            String(app.port), "--",
        ]
        let process = try GrainHost.spawn(command + app.command(), descriptor3: ends[1])
        close(ends[1])
        defer {
            close(ends[0])
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
        var output = replay.start()
        while true {
            let sent = output.withUnsafeBytes { send(ends[0], $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            try #require(sent == output.count)
            if replay.isOver { break }
            var waited = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, 30_000) > 0 else { break }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(ends[0], &bytes, bytes.count, 0)
            guard count > 0 else { break }
            output = try replay.receive(bytes[..<count])
        }
        replay.finish()
        #expect(replay.differences.isEmpty, "\(replay.differences)")
        #expect(replay.comparedCount > 30)
    }
}
