/// Where an app may send the browser: to its own host. With `redirects=allow` in Connection-Allowlist a Location that leads
/// elsewhere would carry data out.
///
/// Two steps, and the second does not rely on the first: a location is understood as browsers do and written anew in bytes that nobody
/// reads in two ways, and what has been written is sent only if it is a plain reference or begins with the origin.
enum RedirectRules {
    /// The Location to send to a browser on `origin`.
    /// - Parameter alias: Another name that the app knows its own host by.
    /// - Returns: Nil when the browser would leave.
    static func location(_ location: String, origin: String, alias: String? = nil) -> String? {
        guard let written = written(location, origin, alias), staysHome(Array(written.utf8), origin: origin) else {
            return nil
        }
        return written
    }

    // MARK: What a browser makes of it

    private static func written(_ location: String, _ origin: String, _ alias: String?) -> String? {
        let separator = Array("://".utf8)
        guard let name = origin.utf8.firstRange(of: separator) else { return nil }
        let ownScheme = String(origin[..<name.lowerBound])
        guard let parts = LocationParts(location, ownScheme: ownScheme) else { return nil }
        let address = PercentText.encodeForLocation(Array(parts.path + parts.rest))
        if let authority = parts.authority {
            let own = hostName(origin[name.upperBound...].utf8)
            guard let named = hostName(authority), named == own || named == alias else { return nil }
            return origin + address
        }
        // What is in front of a colon would be read as a scheme (RFC 3986, section 4.2).
        let first = parts.path.prefix { $0 != 0x2f }
        return (first.contains(0x3a) ? "./" : "") + address
    }

    /// The host that an address names. The port does not count, because a server in a grain adds the one that it listens on itself.
    /// - Returns: Nil for one with a user, or written in any but the usual way: those are nobody's.
    private static func hostName(_ authority: some Collection<UInt8>) -> String? {
        let bytes = Array(authority)
        let end = bytes.firstIndex(of: 0x3a) ?? bytes.endIndex
        let port = bytes[end...].dropFirst()
        guard end > 0, bytes[..<end].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x40 && $0 != 0x25 }),
            port.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            port.isEmpty || UInt16(String(decoding: port, as: UTF8.self)) != nil
        else { return nil }
        return String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    }

    // MARK: What may be sent

    /// Whether an address is a plain relative reference or the origin with a path, whoever reads it.
    private static func staysHome(_ address: [UInt8], origin: String) -> Bool {
        guard address.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x5c }), !address.isEmpty else { return false }
        if address.starts(with: origin.utf8) {
            return [nil, 0x2f, 0x3f, 0x23].contains(address.dropFirst(origin.utf8.count).first)
        }
        return !address.starts(with: [0x2f, 0x2f]) && !hasScheme(address)
    }

    private static func hasScheme(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstIndex(where: { [0x3a, 0x2f, 0x3f, 0x23].contains($0) }) else { return false }
        return bytes[end] == 0x3a
    }
}
