import Barchan

/// What somebody wants to see of their grains, as it stands in the address: `/?q=tea&sort=-size&page=2`.
struct GrainQuery: Equatable {
    enum Order: String, CaseIterable {
        case used, title, app, size

        /// What most people want first: the newest, the largest, but A before Z.
        var isDescending: Bool { self == .used || self == .size }
    }

    /// Rows of each list on one page: a hundred keep a browser twice as long.
    static let pageLength = 50
    /// What is searched for is cut to so many characters.
    static let maximumCharacters = 100

    var text = ""
    /// Only grains with this tag.
    var tag: String?
    var order = Order.used
    /// Against the order's own direction; `sort=-title`.
    var isReversed = false
    /// From 1.
    var page = 1

    /// The page that it is a question of.
    let path: String

    init(_ query: [String: String] = [:], at path: String = "/") {
        self.path = path
        text = GrainQuery.trimmed(query["q"] ?? "")
        let tag = GrainQuery.trimmed(query["tag"] ?? "")
        self.tag = tag.isEmpty ? nil : tag
        let sort = query["sort"] ?? ""
        if let order = Order(rawValue: String(sort.drop { $0 == "-" })) {
            self.order = order
            isReversed = sort.hasPrefix("-")
        }
        page = min(max(query["page"].flatMap { Int($0) } ?? 1, 1), 1_000_000)
    }

    private static func trimmed(_ text: String) -> String {
        text.prefix(maximumCharacters).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    var isEverything: Bool { text.isEmpty && tag == nil }
    var isDescending: Bool { order.isDescending != isReversed }

    // MARK: Choosing

    /// Those with the tag that hold every word somewhere in their title, tags or app's title, in the wanted order.
    func found(in grains: [GrainSummary]) -> [GrainSummary] {
        let tag = tag?.lowercased()
        let tagged = grains.filter { grain in tag == nil || grain.tags.contains { $0.lowercased() == tag } }
        let found = searched(tagged) { [$0.title, $0.appTitle] + $0.tags }
        // Keys are made once for each grain; the identifier makes the order the same every time. Grains are large to move about.
        let keys = found.map { (number: number($0), text: key($0), identifier: $0.identifier.text) }
        let sorted = keys.indices.sorted { keys[$0] < keys[$1] }
        return (isDescending ? sorted.reversed() : sorted).map { found[$0] }
    }

    /// Those that hold every word somewhere in their texts.
    func searched<Row>(_ list: [Row], _ texts: (Row) -> [String]) -> [Row] {
        let words = text.lowercased().split(separator: " ")
        if words.isEmpty { return list }
        return list.filter { row in
            let text = texts(row).joined(separator: "\n").lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    private func key(_ grain: GrainSummary) -> String {
        switch order {
        case .title: grain.title.lowercased()
        case .app: "\(grain.appTitle)\n\(grain.title)".lowercased()
        case .used, .size: ""
        }
    }

    private func number(_ grain: GrainSummary) -> Int64 {
        switch order {
        case .used: grain.lastUsed
        case .size: grain.usedBytes
        case .title, .app: 0
        }
    }

    /// The part of a list that is on the page, and how many pages there are.
    func paged<Row>(_ list: [Row]) -> (rows: ArraySlice<Row>, pages: Int) {
        let pages = max((list.count + GrainQuery.pageLength - 1) / GrainQuery.pageLength, 1)
        let start = min((page - 1) * GrainQuery.pageLength, list.count)
        return (list[start..<min(start + GrainQuery.pageLength, list.count)], pages)
    }

    // MARK: Addresses

    /// Where the same is shown in an order; in the other direction when it is shown in that order already.
    func link(sortedBy order: Order) -> String {
        var query = self
        query.isReversed = order == self.order && !isReversed
        query.order = order
        query.page = 1
        return query.address
    }

    func link(toPage page: Int) -> String {
        var query = self
        query.page = page
        return query.address
    }

    /// Everything, in the same order.
    var cleared: GrainQuery { tagged(nil) }

    /// Everything with a tag, in the same order.
    func tagged(_ tag: String?) -> GrainQuery {
        var query = GrainQuery(at: path)
        (query.order, query.isReversed, query.tag) = (order, isReversed, tag)
        return query
    }

    var sort: String { (isReversed ? "-" : "") + order.rawValue }

    var address: String {
        let standard = GrainQuery()
        var fields: [String] = []
        if !text.isEmpty { fields.append("q=\(PercentText.encode(text))") }
        if let tag { fields.append("tag=\(PercentText.encode(tag))") }
        if sort != standard.sort { fields.append("sort=\(sort)") }
        if page != standard.page { fields.append("page=\(page)") }
        return fields.isEmpty ? path : "\(path)?" + fields.joined(separator: "&")
    }
}
