import Foundation
import Glibc
import Testing

extension EndToEndTests {
    /// A host that may open few files (setrlimit(2), RLIMIT_NOFILE).
    @Suite("Open files", .serialized) struct OpenFiles {
        /// Sockets that are open and say nothing, and close with this.
        private final class Crowd {
            private var sockets: [Int32] = []
            deinit { for socket in sockets { close(socket) } }

            init(_ count: Int, at port: Int) throws {
                for _ in 0..<count { sockets.append(try OpenFiles.connect(to: port)) }
            }
        }

        private static func connect(to port: Int) throws -> Int32 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            address.sin_port = UInt16(port).bigEndian
            let outcome = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard outcome == 0 else { throw TestFailure("connect: \(String(cString: strerror(errno)))") }
            return descriptor
        }

        /// - Parameter limit: How many files the host may have open from its start; nil for what the test's own process may.
        private static func with(
            _ name: String, limit: Int?, _ body: (HostProcess, HostCommand) async throws -> Void
        ) async throws -> String {
            let folder = try TemporaryFolder(), log = Places.artifacts.appending(path: "\(name)-host.log").path
            try? FileManager.default.removeItem(atPath: log)
            let words = limit.map { ["/usr/bin/prlimit", "--nofile=\($0):\($0)"] } ?? []
            // Nobody is let go for being silent.
            let command =
                words + [
                    Places.barchan, "serve", "--data", folder("data"), "--login-link", "--set", "frontend.http.port=0",
                    "--set", "frontend.http.head_timeout=3600", "--set", "frontend.http.idle_timeout=3600",
                ]
            let host = try await HostProcess.launch(Array(command.dropFirst()), by: command[0], log: log)
            try await body(host, HostCommand(data: folder("data")))
            try await host.stop()
            return try String(contentsOfFile: log, encoding: .utf8)
        }

        private static func answers(_ host: HostProcess) async throws -> Bool {
            let (_, code) = try await ChildProcess.run(
                "/usr/bin/curl", ["-s", "-m", "300", "-o", "/dev/null", "-w", "%{http_code}", host.address + "/"])
            return code.hasPrefix("403") || code.hasPrefix("200")
        }

        @Test("who opens more connections than a host may have files locks nobody out")
        func crowd() async throws {
            let log = try await Self.with("open-files-crowd", limit: 256) { host, command in
                let crowd = try Crowd(300, at: host.port)
                for _ in 0..<3 { #expect(try await Self.answers(host)) }
                #expect(try await command.grains().isEmpty)
                withExtendedLifetime(crowd) {}
            }
            #expect(log.contains("at most 128 connections are open at the same time, not max_connections = 1024"))
        }

        @Test("a host that has no file left makes room, and says so once")
        func shortage() async throws {
            let log = try await Self.with("open-files-shortage", limit: nil) { host, _ in
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(host.process.pid)/fd")
                let files = open.count + 24
                let (status, text) = try await ChildProcess.run(
                    "/usr/bin/prlimit", ["--pid", "\(host.process.pid)", "--nofile=\(files):\(files)"])
                try #require(status == 0, "\(text)")
                let crowd = try Crowd(100, at: host.port)
                for _ in 0..<3 { #expect(try await Self.answers(host)) }
                withExtendedLifetime(crowd) {}
            }
            #expect(log.components(separatedBy: "let somebody connect: ").count == 2, "\(log)")
            #expect(log.contains("LimitNOFILE="))
        }
    }
}
