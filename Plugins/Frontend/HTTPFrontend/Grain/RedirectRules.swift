/// Where an app may send the browser: to its own host. With `redirects=allow` in Connection-Allowlist a Location that leads
/// elsewhere would carry data out.
enum RedirectRules {
    /// Whether a browser on `origin` that follows `location` stays there.
    ///
    /// Browsers take `\` for `/`, drop tabs and line ends, and complete `http:x`; so anything but a plain relative reference or
    /// the origin itself is refused.
    static func staysHome(_ location: String, origin: String) -> Bool {
        let bytes = Array(location.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != 0x5c }) else { return false }
        if bytes.starts(with: [0x2f]) { return !bytes.starts(with: [0x2f, 0x2f]) }
        if hasScheme(bytes) {
            guard bytes.count >= origin.utf8.count,
                String(decoding: bytes.prefix(origin.utf8.count), as: UTF8.self).lowercased() == origin
            else { return false }
            guard bytes.count > origin.utf8.count else { return true }
            return [0x2f, 0x3f, 0x23].contains(bytes[origin.utf8.count])
        }
        return true
    }

    private static func hasScheme(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstIndex(where: { [0x3a, 0x2f, 0x3f, 0x23].contains($0) }) else { return false }
        return bytes[end] == 0x3a
    }
}
