/// An element of Accept, Accept-Encoding and Accept-Language: a name, and how much it is wanted.
public struct WeightedElement: Sendable, Equatable {
    /// With its parameters, but without `q` and what follows that.
    public let name: String
    /// 0 to 1; what is no number counts as 1.
    public let quality: Float

    public init(parsing element: ArraySlice<UInt8>) {
        guard element.contains(Octet.semicolon) else {
            name = String(decoding: element, as: UTF8.self)
            quality = 1
            return
        }
        var name = ""
        var quality: Float = 1
        for part in ListElements(of: element, separatedBy: ";") {
            if part.count > 2, Octet.lowercased(part[part.startIndex]) == 0x71,
                part[part.startIndex + 1] == Octet.equals
            {
                quality = Self.quality(part.dropFirst(2))
                break
            }
            name += (name.isEmpty ? "" : "; ") + String(decoding: part, as: UTF8.self)
        }
        self.name = name
        self.quality = quality
    }

    /// The elements of a field that may come several times; those beyond `limit` are left out.
    public static func list(parsing fields: [ArraySlice<UInt8>], limit: Int = 64) -> [WeightedElement] {
        var elements: [WeightedElement] = []
        for field in fields {
            for element in ListElements(of: field) where elements.count < limit {
                elements.append(WeightedElement(parsing: element))
            }
        }
        return elements
    }

    private static func quality(_ digits: ArraySlice<UInt8>) -> Float {
        guard let value = Float(String(decoding: digits.prefix(8), as: UTF8.self)), value >= 0 else { return 1 }
        return min(value, 1)
    }
}
