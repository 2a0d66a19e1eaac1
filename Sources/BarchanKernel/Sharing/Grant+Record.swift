import Barchan
import Sealing

/// A grant as it is remembered.
extension Grant {
    var fields: RecordFields {
        var fields = RecordFields()
        switch giver {
        case .account(let account): fields["giver"] = "account \(account)"
        case .grant(let grant): fields["giver"] = "grant \(grant)"
        @unknown default: break
        }
        switch recipient {
        case .account(let account): fields["to"] = "account \(account)"
        case .link: fields["to"] = "link"
        case .program(let isAnonymous): fields["to"] = isAnonymous ? "anonymous-program" : "program"
        @unknown default: break
        }
        switch offer.assignment {
        case .everything: fields["gives"] = "everything"
        case .defaultRole: fields["gives"] = "default"
        case .role(let index): fields["gives"] = "role \(index)"
        @unknown default: break
        }
        if !offer.label.isEmpty { fields["label"] = offer.label }
        fields["expires"] = offer.expires.map { String($0) }
        if offer.isSingleUse { fields["single"] = "1" }
        fields["created"] = String(created)
        if isRevoked { fields["revoked"] = "1" }
        if isGivenUp { fields["given-up"] = "1" }
        if isUsedUp { fields["used-up"] = "1" }
        fields["expires-unused"] = expiresUnused.map { String($0) }
        return fields
    }

    /// - Throws: ``HostError`` `.corrupt` for what ``fields`` does not write: half a grant is none.
    init(_ identifier: GrantID, _ fields: RecordFields) throws(HostError) {
        guard let giver = Grant.giver(fields["giver"] ?? ""), let recipient = Grant.recipient(fields["to"] ?? ""),
            let assignment = Grant.assignment(fields["gives"] ?? "")
        else { throw HostError(.corrupt, "read grant '\(identifier)': its record is not one of a grant") }
        let offer = ShareOffer(
            assignment, label: fields["label"] ?? "", expires: fields.integer("expires"),
            isSingleUse: fields["single"] != nil)
        self.init(
            identifier: identifier, giver: giver, recipient: recipient, offer: offer,
            created: fields.integer("created") ?? 0)
        isRevoked = fields["revoked"] != nil
        isGivenUp = fields["given-up"] != nil
        isUsedUp = fields["used-up"] != nil
        expiresUnused = fields.integer("expires-unused")
    }

    private static func giver(_ text: String) -> Giver? {
        switch words(text) {
        case ("account", let account?): AccountID(account).map { .account($0) }
        case ("grant", let grant?): GrantID(grant).map { .grant($0) }
        default: nil
        }
    }

    private static func recipient(_ text: String) -> Recipient? {
        switch words(text) {
        case ("account", let account?): AccountID(account).map { .account($0) }
        case ("link", nil): .link
        case ("program", nil): .program(isAnonymous: false)
        case ("anonymous-program", nil): .program(isAnonymous: true)
        default: nil
        }
    }

    private static func assignment(_ text: String) -> ShareOffer.Assignment? {
        switch words(text) {
        case ("everything", nil): .everything
        case ("default", nil): .defaultRole
        case ("role", let index?): Int(index).map { .role($0) }
        default: nil
        }
    }

    private static func words(_ text: String) -> (String, String?) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        return (words.first ?? "", words.count > 1 ? words[1] : nil)
    }
}

extension RecordKey {
    static func grant(_ grant: GrantID, in grain: GrainID) -> RecordKey { RecordKey("grant/\(grain)/\(grant)") }
    static func grantPrefix(_ grain: GrainID) -> RecordKey { RecordKey("grant/\(grain)/") }
    /// By SHA-256, so that reading the records opens nothing.
    static func grantToken(_ secret: Secret) -> RecordKey {
        RecordKey("grant-token/\(SHA256.hexadecimal(Array(secret.text.utf8)))")
    }
    /// A grain that was shared with an account; whether it still is, its grants say.
    static func shared(_ grain: GrainID, with account: AccountID) -> RecordKey {
        RecordKey("shared/\(account)/\(grain)")
    }
    static func sharedPrefix(_ account: AccountID) -> RecordKey { RecordKey("shared/\(account)/") }
    static func viewInfo(_ grain: GrainID) -> RecordKey { RecordKey("view-info/\(grain)") }
}
