import Barchan
import HTTP1Server

/// `/_sandstorm-init?sessionid=…&path=…`: exchanges the session's secret for a cookie (specification, section 6.2).
struct SessionStart {
    static let path = "/_sandstorm-init"

    let secret: Secret
    /// Where the app's page begins; it starts with `/`.
    let path: String

    /// Exactly these two parameters in this order; nil for anything else.
    init?(target: String) {
        let prefix = SessionStart.path + "?sessionid="
        guard target.hasPrefix(prefix) else { return nil }
        let parts = target.dropFirst(prefix.count).split(separator: "&", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("path="), let path = PercentText.decode(parts[1].dropFirst(5)) else {
            return nil
        }
        secret = Secret(String(parts[0]))
        guard let safe = SessionStart.safePath(path) else { return nil }
        self.path = safe
    }

    /// The path with a leading slash, or nil when a browser could read it in another way. Behind our origin, where it is put, `//`
    /// leads nowhere else.
    private static func safePath(_ bytes: [UInt8]) -> String? {
        let path = bytes.first == 0x2f ? bytes : [0x2f] + bytes
        guard !path.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0x5c }) else { return nil }
        return PercentText.encodeForLocation(path)
    }
}

/// The cookie that goes with a grain's host name.
enum SessionCookie {
    static let plainName = "sandstorm-sid"
    static let hostName = "__Host-sandstorm-sid"

    /// On localhost and over HTTPS browsers keep Secure cookies, and only those with SameSite=None come along in a frame that
    /// belongs to another site; Partitioned ties them to our page.
    static func line(_ secret: Secret, site: Site) -> String {
        site.hasSecureGrains
            ? "\(hostName)=\(secret.text); Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
            : "\(plainName)=\(secret.text); Path=/; HttpOnly"
    }

    static func name(site: Site) -> String { site.hasSecureGrains ? hostName : plainName }

    static func isOurs(_ name: some Sequence<UInt8>) -> Bool {
        name.elementsEqual(plainName.utf8) || name.elementsEqual(hostName.utf8)
    }
}

/// Percent-encoding where addresses are put together and taken apart.
enum PercentText {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == 0x25 else {
                result.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(value), let low = rest.next().flatMap(value) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }

    /// For a query's value: everything but letters, digits and `-._~` is encoded.
    static func encode(_ text: some StringProtocol) -> String {
        encode(text.utf8) { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
            default: false
            }
        }
    }

    /// Leaves an address as it is but for what may not stand in one (RFC 3986) and a reader could take in another way.
    static func encodeForLocation(_ bytes: [UInt8]) -> String {
        encode(bytes) { $0 > 0x20 && $0 < 0x7f && $0 != 0x5c }
    }

    private static func encode(_ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
        var result: [UInt8] = []
        for byte in bytes {
            if isKept(byte) {
                result.append(byte)
            } else {
                result.append(contentsOf: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
