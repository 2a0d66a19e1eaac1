/// A value of a TOML document.
indirect enum TOMLValue {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case array([TOMLValue])
    case table(TOMLTable)
    /// A kind of value that no key of a configuration takes: a fraction or a date.
    case other

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var table: TOMLTable? {
        guard case .table(let table) = self else { return nil }
        return table
    }
}

/// A table, filled while its document is read.
final class TOMLTable {
    private(set) var entries: [String: TOMLValue] = [:]
    /// Its header or inline form was there, so another one is a mistake.
    var isDefined = false
    /// An inline table takes no more entries.
    var isInline = false

    var keys: [String] { entries.keys.sorted() }
    subscript(name: String) -> TOMLValue? { entries[name] }

    /// - Returns: Whether the name was free.
    func add(_ value: TOMLValue, named name: String) -> Bool {
        guard entries[name] == nil, !isInline else { return false }
        entries[name] = value
        return true
    }

    /// The table under `name`, made when nothing is there; nil when something else is.
    func subtable(_ name: String) -> TOMLTable? {
        if let value = entries[name] { return value.table.flatMap { $0.isInline ? nil : $0 } }
        guard !isInline else { return nil }
        let table = TOMLTable()
        entries[name] = .table(table)
        return table
    }
}
