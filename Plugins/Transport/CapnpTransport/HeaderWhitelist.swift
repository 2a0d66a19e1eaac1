import GrainSchemas

/// Names of headers that may cross. A `*` at the end of an entry matches every ending; case does not matter.
struct HeaderWhitelist {
    private let names: [[UInt8]]
    private let prefixes: [[UInt8]]

    static let request = HeaderWhitelist(Wire.WebSession.Context.headerWhitelist)
    static let response = HeaderWhitelist(Wire.WebSession.Response.headerWhitelist)

    init(_ entries: [String]) {
        names = entries.filter { !$0.hasSuffix("*") }.map { Array($0.utf8) }
        prefixes = entries.filter { $0.hasSuffix("*") }.map { Array($0.utf8.dropLast()) }
    }

    func allows(_ name: String) -> Bool {
        let name = name.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        return names.contains(name) || prefixes.contains { name.starts(with: $0) }
    }
}
