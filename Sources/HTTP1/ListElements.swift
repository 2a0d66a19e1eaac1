/// The elements of a field that is a list: what stands between commas, quoted strings kept together.
public struct ListElements: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>
    private let separator: UInt8

    /// - Parameter separator: `,` for lists, `;` for parameters.
    public init(of field: ArraySlice<UInt8>, separatedBy separator: Unicode.Scalar = ",") {
        rest = field
        self.separator = UInt8(truncatingIfNeeded: separator.value)
    }

    /// The next element without the blanks around it. Empty elements are skipped.
    public mutating func next() -> ArraySlice<UInt8>? {
        while !rest.isEmpty {
            let end = elementEnd()
            let element = rest[rest.startIndex..<end].trimmed()
            rest = end < rest.endIndex ? rest[(end + 1)...] : rest[end...]
            if !element.isEmpty { return element }
        }
        return nil
    }

    private func elementEnd() -> Int {
        var index = rest.startIndex
        var isQuoted = false
        while index < rest.endIndex {
            let byte = rest[index]
            if isQuoted, byte == Octet.backslash {
                index += 1
            } else if byte == Octet.quote {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                return index
            }
            index += 1
        }
        return rest.endIndex
    }
}

/// `name=value`, the value without its quotes. Nil without `=`.
func parameter(_ element: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, value: [UInt8])? {
    guard let equals = element.firstIndex(of: Octet.equals) else { return nil }
    let name = element[element.startIndex..<equals].trimmed()
    return (name, unquoted(element[(equals + 1)...].trimmed()))
}

/// A quoted string without quotes and backslashes; anything else as it is.
func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.count >= 2, text.first == Octet.quote, text.last == Octet.quote else { return Array(text) }
    var value: [UInt8] = []
    var isEscaped = false
    for byte in text.dropFirst().dropLast() {
        if !isEscaped, byte == Octet.backslash {
            isEscaped = true
        } else {
            value.append(byte)
            isEscaped = false
        }
    }
    return value
}
