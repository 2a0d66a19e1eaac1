/// Text in a page of our own making.
public enum HTMLText {
    /// As it has to stand between tags, or between quotation marks of either kind.
    public static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x26, 0x3c, 0x3e, 0x22, 0x27].contains($0) }) else { return text }
        var result = ""
        // Scalars: a character may be `<` with an accent, and is not equal to `<` then.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
