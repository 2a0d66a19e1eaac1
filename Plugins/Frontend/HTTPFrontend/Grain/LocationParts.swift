/// A Location taken apart as a browser does it that follows it from a page of ours (WHATWG URL Standard, section 4.4).
struct LocationParts {
    /// `http` or `https`, in lower case, when the location names one.
    let scheme: String?
    /// Host and port as they are written; nil in a reference to where the browser is.
    let authority: ArraySlice<UInt8>?
    /// `\` counts as `/` here, and is one.
    let path: ArraySlice<UInt8>
    /// Query and fragment, with their `?` or `#`.
    let rest: ArraySlice<UInt8>

    /// - Parameter own: The scheme of the page: `http:x` is relative to a page that came over `http`, and a host `x` on others.
    /// - Returns: Nil for a scheme that is not a web server's.
    init?(_ location: String, ownScheme own: String) {
        let bytes = LocationParts.seen(Array(location.utf8))
        let end = bytes.firstIndex { $0 == 0x3f || $0 == 0x23 } ?? bytes.endIndex
        rest = bytes[end...]
        var place = ArraySlice(bytes[..<end].map { $0 == 0x5c ? 0x2f : $0 })
        scheme = LocationParts.takeScheme(from: &place)
        guard [nil, "http", "https"].contains(scheme) else { return nil }
        if place.starts(with: [0x2f, 0x2f]) || scheme != nil && scheme != own {
            let name = place.drop { $0 == 0x2f }
            let nameEnd = name.firstIndex(of: 0x2f) ?? name.endIndex
            authority = name[..<nameEnd]
            path = name[nameEnd...]
        } else {
            authority = nil
            path = place
        }
    }

    /// What the parser begins with: no controls and spaces around, no tabs and line ends within.
    private static func seen(_ bytes: [UInt8]) -> [UInt8] {
        var kept = bytes[...]
        while let last = kept.last, last <= 0x20 { kept.removeLast() }
        return kept.drop { $0 <= 0x20 }.filter { ![0x09, 0x0a, 0x0d].contains($0) }
    }

    private static func takeScheme(from place: inout ArraySlice<UInt8>) -> String? {
        guard let end = place.firstIndex(of: 0x3a), let first = place.first, isLetter(first),
            place[..<end].allSatisfy(isSchemeByte)
        else { return nil }
        defer { place = place[(end + 1)...] }
        return String(decoding: place[..<end], as: UTF8.self).lowercased()
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte >= 0x30 && byte <= 0x39 || [0x2b, 0x2d, 0x2e].contains(byte)
    }
}
