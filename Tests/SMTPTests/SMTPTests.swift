import Barchan
import BarchanKernel
import Glibc
import SMTP
import Synchronization
import Testing

/// Mail as a server gets it.
@Suite(.timeLimit(.minutes(1))) struct SMTPTests {
    @Test func aMailArrivesAsItWasWritten() async throws {
        let sink = try MailSink()
        var settings = MailSettings()
        settings.server = "smtp://127.0.0.1:\(sink.port)"
        settings.from = "Barchan <barchan@example.org>"
        settings.isEncrypted = false
        let long = String(repeating: "ä b=", count: 40)
        let text = "Hello\n.a dot\n\n\(long)\ntrailing \n"
        try await SMTPSender(settings).send(
            MailMessage(to: "ann@example.org", subject: "Grüße, \(String(repeating: "ü", count: 60))", text: text))
        let mail = try #require(await sink.next())
        #expect(mail.sender == "<barchan@example.org>" && mail.recipients == ["<ann@example.org>"])
        #expect(mail.lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(
            mail.lines.contains("To: ann@example.org") && mail.lines.contains("From: Barchan <barchan@example.org>"))
        #expect(mail.lines.contains("Auto-Submitted: auto-generated"))
        #expect(mail.subject == "Grüße, \(String(repeating: "ü", count: 60))")
        #expect(mail.text == text + "\n" || mail.text == text)
    }

    @Test func aRefusalIsToldInTheServersWords() async throws {
        let sink = try MailSink(refusal: "550 5.1.1 no such mailbox")
        var settings = MailSettings()
        settings.server = "smtp://127.0.0.1:\(sink.port)"
        settings.from = "a@example.org"
        settings.isEncrypted = false
        do {
            try await SMTPSender(settings).send(MailMessage(to: "b@example.org", subject: "s", text: "t"))
            Issue.record("it was sent")
        } catch {
            #expect(error.code == .failed && error.message.contains("550"))
        }
    }

    @Test func aServerWithoutEncryptionGetsNothing() async throws {
        let sink = try MailSink()
        var settings = MailSettings()
        settings.server = "smtp://127.0.0.1:\(sink.port)"
        settings.from = "a@example.org"
        do {
            try await SMTPSender(settings).send(MailMessage(to: "b@example.org", subject: "s", text: "t"))
            Issue.record("it was sent in the clear")
        } catch {
            #expect(error.code == .failed && sink.count == 0)
        }
    }

    @Test func aPasswordForEverybodyIsNone() throws {
        let path = "/tmp/barchan-password-\(getpid())"
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer {
            close(file)
            unlink(path)
        }
        _ = write(file, "secret\n", 7)
        var settings = MailSettings()
        settings.passwordFile = path
        _ = try SMTPSender(settings)
        fchmod(file, 0o644)
        #expect(throws: HostError.self) { try SMTPSender(settings) }
    }
}

/// A mail server on loopback that keeps what it gets.
final class MailSink: Sendable {
    struct Mail: Sendable {
        var sender = ""
        var recipients: [String] = []
        /// As they came, without the dots that the transport added.
        var lines: [String] = []

        var subject: String {
            let start = lines.firstIndex { $0.hasPrefix("Subject: ") } ?? 0
            let rest = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
            let words = ([String(lines[start].dropFirst(9))] + rest).joined().split(separator: " ")
            return String(decoding: words.flatMap { MailSink.decoded(String($0)) }, as: UTF8.self)
        }
        var text: String {
            let body = lines[(lines.firstIndex(of: "") ?? 0)...].dropFirst()
            var joined = body.map { $0.hasSuffix("=") ? String($0.dropLast()) : $0 + "\n" }.joined()
            if joined.hasSuffix("\n\n") { joined.removeLast() }
            var bytes: [UInt8] = [], rest = Array(joined.utf8)[...]
            while let byte = rest.popFirst() {
                guard byte == 0x3d else { bytes.append(byte); continue }
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    let port: UInt16
    private let refusal: String?
    private let listener: CInt
    private let state = Mutex(0)
    private let stream: AsyncStream<Mail>
    private let continuation: AsyncStream<Mail>.Continuation

    init(refusal: String? = nil) throws {
        self.refusal = refusal
        (stream, continuation) = AsyncStream.makeStream()
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw HostError(.failed, "listen for mail: \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.start { [self] in serve() }
    }

    deinit { close(listener) }

    var count: Int { state.withLock { $0 } }

    func next() async -> Mail? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            talk(connection)
            close(connection)
        }
    }

    private func talk(_ connection: CInt) {
        guard let file = fdopen(dup(connection), "r") else { return }
        defer { fclose(file) }
        func say(_ text: String) { _ = send(connection, text + "\r\n", text.utf8.count + 2, CInt(MSG_NOSIGNAL)) }
        func line() -> String? {
            var buffer = [CChar](repeating: 0, count: 4_096)
            guard fgets(&buffer, 4_096, file) != nil else { return nil }
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return String(decoding: bytes.filter { $0 != 0x0d && $0 != 0x0a }, as: UTF8.self)
        }
        say("220 sink")
        var mail = Mail()
        while let command = line() {
            switch command.split(separator: " ").first.map({ $0.uppercased() }) {
            case "MAIL":
                mail.sender = String(command.drop { $0 != "<" }.prefix { $0 != " " })
                say("250 ok")
            case "RCPT":
                mail.recipients.append(String(command.drop { $0 != "<" }.prefix { $0 != " " }))
                say(refusal ?? "250 ok")
            case "DATA":
                say("354 go on")
                while let text = line(), text != "." {
                    mail.lines.append(text.hasPrefix("..") ? String(text.dropFirst()) : text)
                }
                say("250 taken")
                state.withLock { $0 += 1 }
                continuation.yield(mail)
            case "QUIT":
                say("221 bye")
                return
            case "STARTTLS": say("502 not here")
            default: say("250 ok")
            }
        }
    }

    private static func decoded(_ word: String) -> [UInt8] {
        guard word.hasPrefix("=?utf-8?B?"), word.hasSuffix("?=") else { return Array(word.utf8) }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bits = 0, count = 0, bytes: [UInt8] = []
        for byte in word.dropFirst(10).dropLast(2).utf8 {
            guard let value = alphabet.firstIndex(of: byte) else { break }
            bits = (bits << 6 | value) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xff))
            }
        }
        return bytes
    }
}

private enum Thread {
    final class Job: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(Job(run)).toOpaque())
        pthread_detach(thread)
    }
}
