import Barchan
import HTTP1Server

/// The token of a request, wherever it stands.
struct APICredentials: Equatable {
    var token: Secret
    /// Without the token that stood in it.
    var target: String
    /// What the target was, when one did; that token opens nothing when the header has one.
    var path: TokenPath?

    /// Nil when the request has none.
    init?(_ head: CheckedHead, isShared: Bool) throws(RequestFault) {
        let takesBasic = !isShared || APICredentials.mayUseBasic(head)
        path = TokenPath(head.target)
        var given: Secret?
        if let field = head.value(of: "authorization") {
            given = try APICredentials.token(in: field, takesBasic: takesBasic)
        }
        guard let token = given ?? (takesBasic ? path?.token : nil) else { return nil }
        self.token = token
        target = path?.rest ?? head.target
        guard !TokenPath.mayName(target) else {
            throw RequestFault(403, "A token in an address stands at its beginning, once: /.sandstorm-token/TOKEN/…")
        }
    }

    /// Nil when there is none in it.
    private static func token(in field: String, takesBasic: Bool) throws(RequestFault) -> Secret? {
        let parts = field.split(separator: " ", maxSplits: 1)
        let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        switch parts.first?.lowercased() {
        case "bearer": return Secret(value)
        case "basic" where takesBasic:
            guard let password = password(value) else {
                throw RequestFault(400, "The Authorization is not a user's name and a password in base 64.")
            }
            // An empty password is none: git asks without one first.
            return password.isEmpty ? nil : Secret(password)
        default: throw RequestFault(403, "This host takes no Authorization of that kind.")
        }
    }

    /// Clients that know passwords only; others get the host of their token (specification, section 8.3).
    static func mayUseBasic(_ head: CheckedHead) -> Bool {
        let agent = head.value(of: "user-agent") ?? ""
        let known = [
            "git/", "GitHub-Hookshot/", "mirall/", "Mozilla/5.0 (iOS) ownCloud-iOS/",
            "Mozilla/5.0 (Android) ownCloud-android/", "litmus/",
        ]
        return known.contains(where: agent.hasPrefix) || agent.contains(" mirall/")
    }

    private static func password(_ text: String) -> String? {
        guard let bytes = Base64.bytes(text), let colon = bytes.firstIndex(of: 0x3a) else { return nil }
        return String(decoding: bytes[(colon + 1)...], as: UTF8.self)
    }
}

extension Base64 {
    /// Nil when `text` is not base 64, with or without its padding.
    static func bytes(_ text: String) -> [UInt8]? {
        var bits: UInt32 = 0, count = 0, bytes: [UInt8] = []
        let digits = Array(text.utf8), end = digits.lastIndex { $0 != 0x3d } ?? -1
        guard digits.count - 1 - end <= 2 else { return nil }
        for digit in digits.prefix(end + 1) {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> UInt32(count) & 0xff))
            }
        }
        return bytes
    }
}
