import Barchan
import BarchanKernel
import CCurlMail
import Glibc

/// Sends mail through a server that speaks SMTP (RFC 5321), by libcurl.
public struct SMTPSender: MailSender {
    /// For one message, from the connection to the server's last word.
    static let timeoutSeconds = 60

    private let settings: MailSettings
    private let password: Secret?
    private let clock: any HostClock

    /// Reads the password.
    /// - Throws: ``HostError`` `.invalidArgument` when it cannot be read, or others than its owner and group may.
    public init(_ settings: MailSettings, clock: any HostClock = SystemHostClock()) throws(HostError) {
        self.settings = settings
        self.clock = clock
        password = settings.passwordFile.isEmpty ? nil : try SMTPSender.password(in: settings.passwordFile)
    }

    private static func password(in path: String) throws(HostError) -> Secret {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            throw HostError(
                .invalidArgument, "read mail.passwordFile '\(path)': \(String(cString: strerror(errno)))")
        }
        let descriptor = OwnedDescriptor(takingOwnershipOf: number)
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & 0o007 == 0 else {
            throw HostError(
                .invalidArgument, "read mail.passwordFile '\(path)': everybody may read it; chmod 600 it")
        }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor.rawValue, &bytes, bytes.count)
        guard count >= 0 else {
            throw HostError(
                .invalidArgument, "read mail.passwordFile '\(path)': \(String(cString: strerror(errno)))")
        }
        return Secret(String(decoding: bytes.prefix(count).prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self))
    }

    public func send(_ message: MailMessage) async throws(HostError) {
        let identifier = SessionID.random().text
        let bytes = MailText.bytes(
            message, from: settings.from, date: clock.wallSeconds(), identifier: identifier)
        let failure = await onThread { self.perform(bytes, to: message.to) }
        if let failure {
            throw HostError(.failed, "send a mail through '\(settings.server)': \(failure)")
        }
    }

    /// Blocks. Nil when the server has taken the message.
    private func perform(_ bytes: [UInt8], to recipient: String) -> String? {
        var words = [CChar](repeating: 0, count: Int(BARCHAN_MAIL_ERROR_BYTES))
        let sender = "<\(MailText.address(of: settings.from))>"
        let code = withCStrings([
            settings.server, settings.user, password?.text ?? "", sender, "<\(recipient)>",
        ]) { texts in
            bytes.withUnsafeBytes { buffer in
                var mail = barchan_mail()
                mail.url = texts[0]
                mail.user = settings.user.isEmpty ? nil : texts[1]
                mail.password = texts[2]
                mail.sender = texts[3]
                mail.recipient = texts[4]
                mail.starttls = settings.isEncrypted && settings.server.hasPrefix("smtp:") ? 1 : 0
                mail.bytes = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                mail.length = buffer.count
                mail.timeout_seconds = SMTPSender.timeoutSeconds
                return barchan_mail_send(&mail, &words)
            }
        }
        guard code != 0 else { return nil }
        return String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

private func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> Result
) -> Result {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies.map { UnsafePointer($0) })
}

/// Runs what blocks on a thread of its own.
private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withUnsafeContinuation { continuation in
        let job = Unmanaged.passRetained(Job { continuation.resume(returning: work()) })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, job.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            // Slower for others for once, but nothing is lost.
            job.takeRetainedValue().run()
        }
    }
}

private final class Job: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
