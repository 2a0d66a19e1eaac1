import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

/// Figures, for people: `BARCHAN_FIGURES=1 swift test --filter BridgeFigures`, with BARCHAN_BRIDGE naming a release build.
@Suite(.enabled(if: getenv("BARCHAN_FIGURES") != nil), .serialized) struct BridgeFigures {
    @Test func fromStartToViewInfo() async throws {
        var times: [Double] = []
        for _ in 0..<101 {
            try await onOwnThread {
                let start = now()
                let host = try GrainHost(port: 1, command: ["sleep", "100"])
                try host.call(host.view, Wire.UiView.Methods.getViewInfo, { _, _ in }) { _, _ in }
                times.append(Double(now() - start) / 1e6)
                host.close()
            }
        }
        times.sort()
        print("start to getViewInfo: median \(times[50]) ms, min \(times[0]) ms")
    }

    @Test func perRequest() async throws { try await onOwnThread(measureRequests) }

    private func measureRequests() throws {
        let port = try Place.freePort()
        let host = try GrainHost(port: port, command: ["python3", "-c", Self.server(port)])
        defer { host.close() }
        let session = try host.openSession()
        _ = try host.get(session, "x")
        print("resident after the first request: \(host.memory)")
        idle(host)
        print("resident when idle: \(host.memory)")
        for size in [200, 1_000_000] {
            let count = size < 1_000 ? 10_000 : 300
            let before = host.processorNanoseconds
            let start = now()
            for _ in 0..<count { _ = try host.get(session, String(size)) }
            let processor = Double(host.processorNanoseconds - before) / Double(count) / 1e3
            let wall = Double(now() - start) / Double(count) / 1e3
            print("\(size) bytes: \(processor) µs of processor in the bridge, \(wall) µs in all, per request")
        }
        print("resident after: \(host.memory)")
        idle(host)
        print("resident when idle again: \(host.memory)")
    }

    /// As long as the bridge waits before it gives memory back, and a little.
    private func idle(_ host: GrainHost) {
        var timer: Timer?
        host.wait { done in timer = Timer(on: host.loop, afterMicroseconds: 2_500_000, done) }
        withExtendedLifetime(timer) {}
    }

    private func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A server that answers `/N` with N bytes, written for little overhead.
    private static func server(_ port: UInt16) -> String {
        """
        import socket
        s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR,1); s.bind(('127.0.0.1',\(port))); s.listen(50)
        cache={}
        while True:
            c,_=s.accept()
            d=c.recv(65536)
            while d:
                n=d.split(b' ',2)[1]
                if n not in cache:
                    try: k=int(n[1:])
                    except ValueError: k=2
                    cache[n]=b'HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: %d\\r\\n\\r\\n'%k+b'x'*k
                c.sendall(cache[n])
                d=c.recv(65536)
            c.close()
        """
    }
}

extension GrainHost {
    /// Time on a processor so far.
    var processorNanoseconds: UInt64 {
        UInt64(Place.contents("/proc/\(process)/schedstat").split(separator: " ").first ?? "") ?? 0
    }

    var memory: String {
        Place.contents("/proc/\(process)/smaps_rollup").split(separator: "\n")
            .filter {
                $0.hasPrefix("Rss") || $0.hasPrefix("Pss:") || $0.hasPrefix("Private_Dirty")
                    || $0.hasPrefix("Private_Clean")
            }
            .map { $0.split(separator: " ").prefix(2).joined(separator: " ") + " KiB" }.joined(separator: ", ")
    }
}
