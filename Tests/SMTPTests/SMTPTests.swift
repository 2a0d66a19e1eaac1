import Barchan
import BarchanKernel
import Glibc
import MailSink
import SMTP
import Testing

/// Mail as a server gets it.
@Suite(.timeLimit(.minutes(10))) struct SMTPTests {
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
