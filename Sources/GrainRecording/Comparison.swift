/// Finds the first difference between what two pointers lead to. Fields that one side lacks count as unset, so that an
/// older or newer schema alone is none.
struct Comparison {
    let recorded: FlatMessage
    let actual: FlatMessage

    /// - Returns: Nil when there is none, otherwise where and what.
    func difference(_ recordedPointer: Int?, _ actualPointer: Int?, path: String = "") -> String? {
        let left = recordedPointer.flatMap(recorded.follow), right = actualPointer.flatMap(actual.follow)
        guard let left, let right else {
            let present = left ?? right
            if present == nil || isUnset(present, in: left == nil ? actual : recorded) { return nil }
            return "\(name(path)) is \(left == nil ? "new" : "missing")"
        }
        guard left.kind == right.kind else { return "\(name(path)) is of another kind" }
        switch left.kind {
        case .structure: return structures(left, right, 0, path)
        case .composite, .pointers: return lists(left, right, path)
        case .bytes, .plain: return contents(left, right, path)
        case .capability: return left.count == right.count ? nil : "\(name(path)) is another capability"
        }
    }

    private func lists(_ left: FlatMessage.Place, _ right: FlatMessage.Place, _ path: String) -> String? {
        guard left.count == right.count else {
            return "\(name(path)) has \(right.count) elements instead of \(left.count)"
        }
        for element in 0..<left.count {
            if let found = structures(left, right, element, "\(path)[\(element)]") { return found }
        }
        return nil
    }

    private func structures(
        _ left: FlatMessage.Place, _ right: FlatMessage.Place, _ element: Int, _ path: String
    ) -> String? {
        for word in 0..<max(left.dataWords, right.dataWords) {
            let one: UInt64 = left.field(word * 8, bytes: 8, ofElement: element).map { recorded.load($0) } ?? 0
            let other: UInt64 = right.field(word * 8, bytes: 8, ofElement: element).map { actual.load($0) } ?? 0
            if one != other {
                return "\(name(path)) word \(word) is \(hex(other)) instead of \(hex(one))"
            }
        }
        for index in 0..<max(left.pointers, right.pointers) {
            let found = difference(
                left.pointer(index, ofElement: element), right.pointer(index, ofElement: element),
                path: "\(path).\(index)")
            if let found { return found }
        }
        return nil
    }

    private func contents(_ left: FlatMessage.Place, _ right: FlatMessage.Place, _ path: String) -> String? {
        let one = recorded.contents(of: left), other = actual.contents(of: right)
        if one == other { return nil }
        return "\(name(path)) is \(excerpt(other)) instead of \(excerpt(one))"
    }

    /// A pointer to nothing but zeros means the same as none.
    private func isUnset(_ place: FlatMessage.Place?, in message: FlatMessage) -> Bool {
        guard let place else { return true }
        switch place.kind {
        case .structure:
            let isZero = (0..<place.dataWords).allSatisfy {
                place.field($0 * 8, bytes: 8).map { message.load($0) as UInt64 } ?? 0 == 0
            }
            return isZero
                && (0..<place.pointers).allSatisfy { isUnset(place.pointer($0).flatMap(message.follow), in: message) }
        case .bytes: return place.count <= 1 && message.contents(of: place).allSatisfy { $0 == 0 }
        case .composite, .pointers, .plain: return place.count == 0
        case .capability: return false
        }
    }

    private func name(_ path: String) -> String { path.isEmpty ? "the value" : "field \(path.dropFirst())" }
    private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

    private func excerpt(_ bytes: ArraySlice<UInt8>) -> String {
        let text = bytes.prefix(60).map { 0x20..<0x7f ~= $0 ? String(UnicodeScalar($0)) : "·" }.joined()
        return "'\(text)\(bytes.count > 60 ? "…" : "")' (\(bytes.count) bytes)"
    }
}
