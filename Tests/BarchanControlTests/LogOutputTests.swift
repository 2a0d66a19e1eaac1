import Barchan
import Glibc
import Testing

@testable import BarchanControl

@Suite struct LogOutputTests {
    private static let message = LogMessage(
        time: 1_767_323_045, level: .warning, text: "grain 'x' said \u{1b}[31m", fields: [KeyValue("trace", "00ff")])

    @Test func aLineForPeopleHasNoControlCharacters() {
        #expect(LogOutput.textLine(Self.message) == "2026-01-02T03:04:05Z warning: grain 'x' said  [31m (trace 00ff)")
    }

    @Test func aLineOfJSONHasTheFields() throws {
        let value = try JSONParser.parse(Array(LogOutput.jsonLine(Self.message).utf8))
        #expect(value["time"]?.text == "2026-01-02T03:04:05Z")
        #expect(value["level"]?.text == "warning")
        #expect(value["message"]?.text == "grain 'x' said \u{1b}[31m")
        #expect(value["trace"]?.text == "00ff")
    }

    /// The example values of systemd's description of the protocol: a line, or name, length, value where it has line breaks.
    @Test func theJournalGetsItsOwnProtocol() {
        var message = Self.message
        message.text = "plain"
        #expect(
            String(decoding: JournalSocket.datagram(message), as: UTF8.self)
                == "MESSAGE=plain\nPRIORITY=4\nSYSLOG_IDENTIFIER=barchan\nBARCHAN_TRACE=00ff\n")
        message.text = "two\nlines"
        let start: [UInt8] =
            Array("MESSAGE\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0] + Array("two\nlines\nPRIORITY=4\n".utf8)
        #expect(JournalSocket.datagram(message).starts(with: start))
    }

    @Test func fieldNamesCannotForgeFields() {
        var message = Self.message
        message.fields = [KeyValue("a=b\nc é", "v\nPRIORITY=0")]
        let text = String(decoding: JournalSocket.datagram(message), as: UTF8.self)
        #expect(text.contains("\nBARCHAN_A_B_C___\n"))
        #expect(!text.contains("\na=b"))
    }

    @Test func aMessageReachesWhoListens() throws {
        var name = Array("/tmp/barchan-journal-XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
        guard mkdtemp(&name) != nil else { throw HostError(.failed, "mkdtemp") }
        let directory = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = "\(directory)/socket"
        defer {
            unlink(path)
            rmdir(directory)
        }
        #expect(throws: HostError.self) { try JournalSocket(path: path) }
        let listener = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        let status = try ControlSocket.withAddress(of: path) { (address, length) throws(HostError) in
            bind(listener, address, length)
        }
        #expect(status == 0)
        #expect(try JournalSocket(path: path).send(Self.message))
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(listener, &buffer, buffer.count, 0)
        #expect(Array(buffer.prefix(max(0, count))) == JournalSocket.datagram(Self.message))
    }

    @Test func standardErrorIsTheJournalOnlyWhenItIs() {
        setenv("JOURNAL_STREAM", "1:2", 1)
        #expect(!JournalSocket.isStandardError)
        var status = stat()
        fstat(2, &status)
        setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
        #expect(JournalSocket.isStandardError)
        unsetenv("JOURNAL_STREAM")
    }
}
