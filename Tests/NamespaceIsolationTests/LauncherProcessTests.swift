import BarchanConformance
import CLinux
import Glibc
import SandboxLauncher
import Testing

/// How the launcher, or a program that stands for it, is started.
@Suite(.timeLimit(.minutes(10)))
struct LauncherProcessTests {
    /// Some threads of root's go before others; nothing that they start may.
    @Test func aProgramStartsAtTheNicenessOfTheHost() async throws {
        try await skipping {
            let host = clinux_niceness(getpid())
            let said = try await onThread { () -> Result<(program: String, thread: CInt), any Error> in
                Result {
                    // Of this thread, which ends with it.
                    guard clinux_set_niceness(host - 3) == 0 else {
                        throw ConformanceSkip("only root's threads can go before others")
                    }
                    let (socket, process) = try LauncherProcess.spawn(["/bin/sh", "-c", "nice >&3"])
                    defer {
                        close(socket)
                        waitpid(process, nil, 0)
                    }
                    var bytes = [UInt8](repeating: 0, count: 16)
                    let count = recv(socket, &bytes, bytes.count, 0)
                    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                    return (text, clinux_niceness(0))
                }
            }.get()
            #expect(said.program == "\(host)\n")
            #expect(said.thread == host - 3)
        }
    }
}
