/// A list of field names that may pass. A `*` at the end stands for any rest.
public struct HeaderAllowList: Sendable {
    private let entries: [StaticString]

    public init(_ entries: [StaticString]) { self.entries = entries }

    /// Whether a field of that name may pass; the case of letters does not matter.
    public func contains(_ name: ArraySlice<UInt8>) -> Bool {
        name.span.withUnsafeBufferPointer { name in entries.contains { Self.matches(name, $0) } }
    }

    /// Whether a field of that name may pass; the case of letters does not matter.
    public func contains(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { name in entries.contains { Self.matches(name, $0) } }
    }

    private static func matches(_ name: UnsafeBufferPointer<UInt8>, _ entry: StaticString) -> Bool {
        var length = entry.utf8CodeUnitCount
        guard length > 0 else { return false }
        let isPrefix = entry.utf8Start[length - 1] == 0x2a
        if isPrefix { length -= 1 }
        guard isPrefix ? name.count >= length : name.count == length else { return false }
        for index in 0..<length where Octet.lowercased(name[index]) != entry.utf8Start[index] { return false }
        return true
    }
}

extension HeaderAllowList {
    /// What a browser may say to an app beyond the protocol (specification, section 7.4).
    public static let grainRequest = HeaderAllowList([
        "x-sandstorm-app-*", "oc-total-length", "oc-chunk-size", "x-oc-mtime", "oc-fileid", "oc-chunked", "oc-checksum",
        "oc-chunk-offset", "oc-lazyops", "x-hgarg-*", "x-phabricator-*", "x-requested-with", "x-csrftoken",
        "x-csrf-token",
    ])
    /// What an app may say to a browser beyond the protocol.
    public static let grainResponse = HeaderAllowList(["x-sandstorm-app-*", "x-oc-mtime"])
}
