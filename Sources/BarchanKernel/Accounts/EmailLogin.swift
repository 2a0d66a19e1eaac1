import Barchan
import Synchronization

/// Logs people in by a code that is sent to their address (specification, section 15).
///
/// Codes live in memory: after a restart one asks for another. A code works only together with the secret of the page that
/// asked for it, so that neither who guesses codes nor who reads mail alone gets far.
final class EmailLogin: LoginMethod {
    static let codeDigits = 8
    static let lifetime: Int64 = 3_600
    static let tries = 5
    static let codesPerAddressAndHour = 5
    static let maximumChallenges = 1_000
    static let maximumMailsUnderWay = 16

    private struct Challenge {
        let address: String
        /// Nil when nobody is known by the address; no answer is right then.
        let code: Secret?
        let expires: Int64
        var tries = 0
    }

    let name = "email"
    private let accounts: AccountBook
    private let mail: any MailSender
    private let issueToken: @Sendable (AccountID) async throws(HostError) -> Secret
    private let log: HostLog
    private let rates: RateLimits
    private let challenges = Mutex<[Secret: Challenge]>([:])
    private let underWay = Mutex(0)

    init(
        accounts: AccountBook, mail: any MailSender, rates: RateLimits, log: HostLog,
        issueToken: @escaping @Sendable (AccountID) async throws(HostError) -> Secret
    ) {
        self.accounts = accounts
        self.mail = mail
        self.rates = rates
        self.log = log
        self.issueToken = issueToken
    }

    private var now: Int64 { accounts.clock.wallSeconds() }

    func begin(_ claim: String, at address: FrontendAddress) async throws(HostError) -> Secret {
        let recipient = try EmailAddress.checked(claim)
        guard rates.take("email \(recipient)", limit: EmailLogin.codesPerAddressAndHour, every: .seconds(3_600)) else {
            throw HostError(
                .resourceExhausted, "send a code: too many were asked for in the last hour; wait, or use the last one")
        }
        let account = try await accounts.account(named: recipient)
        let isWanted = account.map { !$0.isSuspended } ?? accounts.settings.admitsUnknownAddresses
        let code = isWanted ? EmailLogin.randomCode() : nil
        let challenge = Secret.random()
        remember(Challenge(address: recipient, code: code, expires: now + EmailLogin.lifetime), as: challenge)
        if let code { send(code, to: recipient, account?.identifier, at: address) }
        return challenge
    }

    func finish(_ challenge: Secret, _ answer: String) async throws(HostError) -> Credential {
        let refused = HostError(
            .permissionDenied, "log in: the code is wrong, too old or was tried too often; ask for a new one")
        let digits = answer.filter { !$0.isWhitespace && $0 != "-" }
        let address = challenges.withLock { challenges -> String? in
            guard var found = challenges[challenge] else { return nil }
            found.tries += 1
            let isOver = found.expires <= now || found.tries > EmailLogin.tries
            let isRight = !isOver && found.code == Secret(digits)
            challenges[challenge] = isOver || isRight ? nil : found
            return isRight ? found.address : nil
        }
        guard let address else { throw refused }
        return .email(address)
    }

    private func remember(_ challenge: Challenge, as secret: Secret) {
        challenges.withLock { challenges in
            challenges = challenges.filter { $0.value.expires > now }
            if challenges.count >= EmailLogin.maximumChallenges {
                // Those that nobody can solve go first: asking for strangers pushes nobody out.
                let oldest = challenges.min {
                    ($0.value.code == nil ? 0 : 1, $0.value.expires) < ($1.value.code == nil ? 0 : 1, $1.value.expires)
                }
                if let oldest { challenges[oldest.key] = nil }
            }
            challenges[secret] = challenge
        }
    }

    /// In the background, so that the answer takes no longer for those who are known.
    private func send(_ code: Secret, to recipient: String, _ account: AccountID?, at address: FrontendAddress) {
        guard
            underWay.withLock({ count in
                guard count < EmailLogin.maximumMailsUnderWay else { return false }
                count += 1
                return true
            })
        else {
            return log(
                .warning, "send a code: \(EmailLogin.maximumMailsUnderWay) mails wait for the mail server already")
        }
        Task {
            do throws(HostError) {
                let text = try await text(code, account, at: address)
                try await mail.send(MailMessage(to: recipient, subject: "Your code for Barchan", text: text))
            } catch {
                log(.warning, "send a code: \(error.message)")
            }
            underWay.withLock { $0 -= 1 }
        }
    }

    private func text(_ code: Secret, _ account: AccountID?, at address: FrontendAddress) async throws(HostError)
        -> String
    {
        var text = "Somebody, probably you, wants to log in at \(address.baseURL).\n\nYour code is: \(code.text)\n"
        if let account {
            text +=
                "\nOr open this link, which works once:\n\(address.loginLink(token: try await issueToken(account)))\n"
        }
        return text + "\nBoth work for an hour. If it was not you, do nothing.\n"
    }

    private static func randomCode() -> Secret {
        var generator = SystemRandomNumberGenerator()
        return Secret(
            (0..<codeDigits).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined())
    }
}
