import Barchan
import BarchanKernel
import Glibc
import Testing

/// Files that somebody names are read only when they are files.
@Suite(.timeLimit(.minutes(1))) struct FileBytesTests {
    @Test func aNamedPipeThatNobodyWritesToHoldsNothingUp() throws {
        let path = "/tmp/barchan-pipe-\(getpid())"
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect {
            _ = try FileBytes(path)
        } throws: { error in
            (error as? HostError)?.code == .invalidArgument
        }
    }

    @Test(arguments: ["/tmp", "/dev/zero"]) func whatIsNoFileIsRefused(_ path: String) {
        #expect {
            _ = try FileBytes(path)
        } throws: { error in
            (error as? HostError)?.code == .invalidArgument
        }
    }
}
