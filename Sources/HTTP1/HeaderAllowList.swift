/// A list of field names that may pass. A `*` at the end stands for any rest.
public struct HeaderAllowList: Sendable {
    private let entries: [StaticString]

    public init(_ entries: [StaticString]) { self.entries = entries }

    /// Whether a field of that name may pass; the case of letters does not matter.
    public func contains(_ name: some Collection<UInt8>) -> Bool {
        entries.contains { Self.matches(name, $0) }
    }

    private static func matches(_ name: some Collection<UInt8>, _ entry: StaticString) -> Bool {
        let last = entry.utf8CodeUnitCount - 1
        guard last >= 0, entry.utf8Start[last] == 0x2a else { return name.equalsIgnoringCase(entry) }
        guard name.count >= last else { return false }
        return zip(name, 0..<last).allSatisfy { Octet.lowercased($0) == entry.utf8Start[$1] }
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
