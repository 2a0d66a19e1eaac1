/// The fields of one message, in order, as they came: no copy per field.
public struct HTTPFields: Sendable {
    private struct Entry {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// One field. Values are without the blanks around them.
    public struct Field: Sendable {
        public let name: ArraySlice<UInt8>
        public let value: ArraySlice<UInt8>
    }

    private let bytes: [UInt8]
    private var entries: [Entry] = []

    init(of bytes: [UInt8]) { self.bytes = bytes }

    public var count: Int { entries.count }

    public subscript(index: Int) -> Field {
        Field(name: bytes[entries[index].name], value: bytes[entries[index].value])
    }

    /// The first value of that name; the case of letters does not matter.
    public func first(_ name: StaticString) -> ArraySlice<UInt8>? {
        for entry in entries where isNamed(entry, name) { return bytes[entry.value] }
        return nil
    }

    /// Every value of that name, in order.
    public func all(_ name: StaticString) -> [ArraySlice<UInt8>] {
        var values: [ArraySlice<UInt8>] = []
        for entry in entries where isNamed(entry, name) { values.append(bytes[entry.value]) }
        return values
    }

    private func isNamed(_ entry: Entry, _ name: StaticString) -> Bool {
        entry.name.count == name.utf8CodeUnitCount && bytes[entry.name].equalsIgnoringCase(name)
    }

    /// Reads field lines from `start` up to and including the empty line.
    /// - Returns: The position behind the empty line.
    mutating func parse(from start: Int, limits: HTTPLimits) throws(HTTPError) -> Int {
        var position = start
        while true {
            let end = try lineEnd(from: position)
            if end == position { return end + 2 }
            guard entries.count < limits.fieldCount else { throw .tooManyFields }
            entries.append(try field(in: position..<end))
            position = end + 2
        }
    }

    /// Where the CR of a line is; the LF follows it.
    private func lineEnd(from start: Int) throws(HTTPError) -> Int {
        try HTTP1.lineEnd(in: bytes, from: start)
    }

    private func field(in line: Range<Int>) throws(HTTPError) -> Entry {
        if Octet.isBlank(bytes[line.lowerBound]) { throw .lineFolded }
        var colon = line.lowerBound
        while colon < line.upperBound, Octet.isToken(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == Octet.colon else {
            throw .fieldNameMalformed
        }
        var value = colon + 1..<line.upperBound
        for index in value where !Octet.isFieldContent(bytes[index]) { throw .fieldValueMalformed }
        while let first = value.first, Octet.isBlank(bytes[first]) { value = first + 1..<value.upperBound }
        while let last = value.last, Octet.isBlank(bytes[last]) { value = value.lowerBound..<last }
        return Entry(name: line.lowerBound..<colon, value: value)
    }
}

/// Where the CR LF of the line at `start` begins. A CR or LF that is alone is an error.
func lineEnd(in bytes: [UInt8], from start: Int) throws(HTTPError) -> Int {
    var index = start
    while index < bytes.count {
        switch bytes[index] {
        case Octet.carriageReturn:
            guard index + 1 < bytes.count, bytes[index + 1] == Octet.lineFeed else { throw .lineEndMalformed }
            return index
        case Octet.lineFeed: throw .lineEndMalformed
        default: index += 1
        }
    }
    throw .endedEarly
}
