import CapnProto

/// Swift literals for the values of a schema (`Value` structs).
enum Literal {
    static func number(_ value: StructReader) -> String {
        switch value.load(0) as UInt16 {
        case 2: "\(value.load(2) as Int8)"
        case 3: "\(value.load(2) as Int16)"
        case 4: "\(value.load(4) as Int32)"
        case 5: "\(value.load(8) as Int64)"
        case 6: "\(value.load(2) as UInt8)"
        case 7, 15: "\(value.load(2) as UInt16)"
        case 8: "\(value.load(4) as UInt32)"
        case 9: "\(value.load(8) as UInt64)"
        case 10: "\(value.load(4) as Float)"
        case 11: "\(value.load(8) as Double)"
        default: "0"
        }
    }

    static func text(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case let scalar where scalar.value < 0x20: "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }

    static func bytes(_ bytes: [UInt8]) -> String { "[\(bytes.map(String.init).joined(separator: ", "))]" }
}
