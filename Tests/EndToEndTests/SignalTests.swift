import Foundation
import Glibc
import Testing

extension EndToEndTests {
    /// What a host does with signals, and with whoever started it.
    @Suite("Signals", .serialized) struct Signals {
        private static func log(_ name: String) -> String {
            let path = Places.artifacts.appending(path: "\(name)-host.log").path
            try? FileManager.default.removeItem(atPath: path)
            return path
        }

        /// - Parameter words: Before the host's own, of a program that runs another.
        private static func start(
            _ name: String, in folder: TemporaryFolder, by words: [String] = [], settings: [String] = []
        ) async throws -> (HostProcess, log: String) {
            let log = log(name)
            let serve = [
                Places.barchan, "serve", "--data", folder("data"), "--login-link", "--set", "frontend.http.port=0",
            ]
            let command = words + serve + settings.flatMap { ["--set", $0] }
            return (try await HostProcess.launch(Array(command.dropFirst()), by: command[0], log: log), log)
        }

        private static func end(of host: HostProcess) async throws -> Int32 {
            try await within(.seconds(300), "the host to end") { await host.process.end() }
        }

        @Test("a closed terminal ends the host as SIGTERM does, unless that is ignored")
        func hangUp() async throws {
            let folder = try TemporaryFolder()
            let (host, log) = try await Self.start(
                "signal-hang-up", in: folder, by: ["/usr/bin/env", "--default-signal=HUP"])
            host.process.signal(SIGHUP)
            #expect(try await Self.end(of: host) == 0)
            #expect(try String(contentsOfFile: log, encoding: .utf8).hasSuffix(" info: stopped\n"))
            #expect(!FileManager.default.fileExists(atPath: folder("data/control.sock")))

            let (other, _) = try await Self.start("signal-nohup", in: folder, by: ["/usr/bin/nohup"])
            other.process.signal(SIGHUP)
            #expect(try await HostCommand(data: folder("data")).grains().isEmpty)
            try await other.stop()
        }

        @Test("a host whose log nobody reads serves and ends")
        func stuckLog() async throws {
            let folder = try TemporaryFolder(), pipe = folder("log")
            try #require(mkfifo(pipe, 0o600) == 0)
            let reader = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            try #require(reader >= 0)
            defer { close(reader) }
            for size in [4096, 1] {
                let bytes = [UInt8](repeating: 0x2e, count: size)
                while write(reader, bytes, size) > 0 {}
            }
            try #require(errno == EAGAIN)
            let words = ["/bin/sh", "-c", "exec \"$@\" 2>'\(pipe)'", "sh"]
            let (host, _) = try await Self.start("signal-log", in: folder, by: words, settings: ["host.log=debug"])
            #expect(try await HostCommand(data: folder("data")).grains().isEmpty)
            try await host.stop()
        }

        @Test("a launcher that does not answer keeps no host from ending, and a second signal ends it at once")
        func stuckLauncher() async throws {
            for isImpatient in [false, true] {
                let name = "signal-launcher-\(isImpatient)"
                try await Stage.with(name, apps: ["hello"]) { stage in
                    let page = try await stage.person.create("New greeting")
                    try await page.waitInFrame(for: "document.body.innerText.includes('Hello')", "the greeting")
                    let process = stage.host.process, all = descendants(of: process.pid)
                    let launchers = all.filter { pid in
                        (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8))?
                            .contains("barchan-sandbox\0") == true
                    }
                    try #require(!launchers.isEmpty)
                    for launcher in launchers { kill(launcher, SIGSTOP) }
                    process.signal(SIGTERM)
                    let socket = stage.command.data + "/control.sock"
                    try await within(.seconds(300), "the host to wait for its grains") {
                        while FileManager.default.fileExists(atPath: socket) {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                    // A terminal that is closed may send more than one, which is not impatience.
                    process.signal(isImpatient ? SIGINT : SIGHUP)
                    let status = try await Self.end(of: stage.host)
                    // A machine that held up this test may have let the host end by itself.
                    let log = try String(
                        contentsOf: Places.artifacts.appending(path: "\(name)-host.log"), encoding: .utf8)
                    #expect(status == 0 && log.contains("ended by force") || isImpatient && status == 128 + SIGINT)
                    for launcher in launchers { kill(launcher, SIGCONT) }
                    try await waitForEnd(of: all)
                }
            }
        }

        @Test("the service manager hears that the host is alive")
        func watchdog() async throws {
            let folder = try TemporaryFolder(), path = folder("notify")
            let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(manager) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let outcome = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(manager, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(outcome == 0)
            var limit = timeval(tv_sec: 300, tv_usec: 0)
            setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            let words = ["/usr/bin/env", "NOTIFY_SOCKET=\(path)", "WATCHDOG_USEC=200000"]
            let (host, _) = try await Self.start("signal-watchdog", in: folder, by: words)
            var said: [String: Int] = [:]
            while said["WATCHDOG=1", default: 0] < 3 {
                var bytes = [UInt8](repeating: 0, count: 256)
                let count = recv(manager, &bytes, bytes.count, 0)
                try #require(count > 0, "it says nothing more; so far \(said)")
                said[String(decoding: bytes.prefix(count), as: UTF8.self), default: 0] += 1
            }
            try await host.stop()
        }
    }
}
