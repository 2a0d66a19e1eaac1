/// Accept and Accept-Encoding: names with a quality from 0 to 1.
public struct QualityList: Sendable {
    public private(set) var text: [UInt8] = []

    public init() {}

    public var isEmpty: Bool { text.isEmpty }

    /// Appends `name`, with `; q=` when the quality is below 1.
    public mutating func append(_ name: String, quality: Float) {
        if !text.isEmpty { text.append(contentsOf: ", ".utf8) }
        text.append(contentsOf: name.utf8)
        let thousandths = Self.thousandths(quality)
        guard thousandths < 1_000 else { return }
        text.append(contentsOf: "; q=".utf8)
        text.append(contentsOf: Self.written(thousandths))
    }

    /// Three digits are what the grammar allows; what is no number counts as 1.
    private static func thousandths(_ quality: Float) -> Int {
        guard quality == quality, quality < 1 else { return 1_000 }
        return quality > 0 ? Int((quality * 1_000).rounded()) : 0
    }

    private static func written(_ thousandths: Int) -> [UInt8] {
        guard thousandths > 0 else { return [0x30] }
        var digits = [thousandths / 100, thousandths / 10 % 10, thousandths % 10]
        while digits.last == 0 { digits.removeLast() }
        return [0x30, 0x2e] + digits.map { UInt8(truncatingIfNeeded: 0x30 + $0) }
    }
}
