/// A value of a TOML document.
public indirect enum TOMLValue {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case array([TOMLValue])
    case table(TOMLTable)
    /// A kind of value that nothing here takes: a fraction or a date.
    case other

    /// How a person names this kind of value.
    public var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "true or false"
        case .array(let elements):
            elements.allSatisfy { $0.string != nil } ? "a list of strings" : "a list of other things than strings"
        case .table: "a section"
        case .other: "a fraction or a date"
        }
    }

    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    public var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    public var boolean: Bool? {
        guard case .boolean(let flag) = self else { return nil }
        return flag
    }

    public var array: [TOMLValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    public var table: TOMLTable? {
        guard case .table(let table) = self else { return nil }
        return table
    }
}

/// A table, filled while its document is read and left alone afterwards.
public final class TOMLTable {
    private var entries: [String: TOMLValue] = [:]
    private var lines: [String: Int] = [:]
    /// The entries made by `[[name]]`: their last table is what a header behind them continues.
    private var lists: Set<String> = []
    /// Its header or inline form was there, so another one is a mistake.
    var isDefined = false
    /// An inline table takes no more entries.
    var isInline = false

    /// Ordered.
    public var keys: [String] { entries.keys.sorted() }
    public subscript(name: String) -> TOMLValue? { entries[name] }
    /// Where `name` stands first, from 1; nil when it is not there.
    public func line(of name: String) -> Int? { lines[name] }

    /// - Returns: Whether the name was free.
    func add(_ value: TOMLValue, named name: String, line: Int) -> Bool {
        guard entries[name] == nil, !isInline else { return false }
        entries[name] = value
        lines[name] = line
        return true
    }

    /// The table under `name`, made when nothing is there; nil when something else is.
    func subtable(_ name: String, line: Int) -> TOMLTable? {
        guard let value = entries[name] else {
            let table = TOMLTable()
            return add(.table(table), named: name, line: line) ? table : nil
        }
        let table = lists.contains(name) ? value.array?.last?.table : value.table
        return table?.isInline == false ? table : nil
    }

    /// One more table in the list under `name`; nil when something else is there.
    func appendTable(named name: String, line: Int) -> TOMLTable? {
        let table = TOMLTable()
        if lists.contains(name), let elements = entries[name]?.array {
            entries[name] = .array(elements + [.table(table)])
            return table
        }
        guard add(.array([.table(table)]), named: name, line: line) else { return nil }
        lists.insert(name)
        return table
    }
}
