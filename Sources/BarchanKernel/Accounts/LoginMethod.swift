import Barchan

/// A way to prove who one is. Others besides e-mail come as further types.
protocol LoginMethod: Sendable {
    /// Part of what is remembered, so it never changes.
    var name: String { get }

    /// Sets somebody a task, or sends them what solves it. Takes as long and answers the same whether or not anybody is
    /// known by `claim`.
    /// - Returns: What the answer has to come with.
    func begin(_ claim: String, at address: FrontendAddress) async throws(HostError) -> Secret

    /// What a right answer proves. A task is done with after it.
    /// - Throws: ``HostError`` `.permissionDenied` for a wrong or late one.
    func finish(_ challenge: Secret, _ answer: String) async throws(HostError) -> Credential
}

/// What somebody has proved to be, in the terms of one method.
struct Credential: Hashable, Sendable {
    var method: String
    /// Unique within the method.
    var subject: String

    static func email(_ address: String) -> Credential { Credential(method: "email", subject: address) }
    var emailAddress: String? { method == "email" ? subject : nil }
}

/// Sends mail.
public protocol MailSender: Sendable {
    /// Returns when the server has taken the message.
    /// - Throws: ``HostError`` `.failed` with what the server said.
    func send(_ message: MailMessage) async throws(HostError)
}

public struct MailMessage: Sendable, Equatable {
    public var to: String
    public var subject: String
    public var text: String

    public init(to: String, subject: String, text: String) {
        self.to = to
        self.subject = subject
        self.text = text
    }
}

enum EmailAddress {
    /// An address in the one form by which it is remembered: lower case, without quoting or comments (RFC 5321, section
    /// 4.1.2, dot-strings only). Nothing in it can end a line or a field of a mail.
    static func checked(_ text: String) throws(HostError) -> String {
        let address = text.lowercased().filter { $0 != " " }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...255).contains(parts[1].utf8.count),
            parts[0].utf8.allSatisfy(isLocal), !parts[0].hasPrefix("."), !parts[0].hasSuffix("."),
            parts[1].utf8.allSatisfy(isDomain), !parts[1].hasPrefix("-"), !parts[1].hasPrefix(".")
        else { throw HostError(.invalidArgument, "use an e-mail address: '\(text.prefix(100))' is none") }
        return address
    }

    private static func isLocal(_ byte: UInt8) -> Bool { isDomain(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte) }

    private static func isDomain(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x2e
    }
}
