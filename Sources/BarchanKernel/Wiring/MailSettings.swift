/// How mail leaves the host.
public struct MailSettings: Sendable, Equatable {
    /// `smtp://host:587`, `smtps://host:465`; empty for no mail.
    public var server = ""
    /// Who it is from: `Barchan <barchan@example.org>`.
    public var from = ""
    /// Empty for no authentication.
    public var user = ""
    /// Absolute path of a file with the password on its first line.
    public var passwordFile = ""
    /// Whether a connection that cannot be encrypted is refused. Only a server on this machine can do without.
    public var isEncrypted = true

    public init() {}
}
