import Barchan

/// Text of one line that one person writes and others read: titles, names, labels.
enum TextLine {
    /// What ends a line, or turns the direction of what stands beside it, so that a title looks like another one.
    static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }

    /// The start of a text that nobody can correct, with spaces for what is forbidden.
    static func stripped(_ text: String, maximumCharacters: Int) -> String {
        var start = String(text.prefix(maximumCharacters))
        // One character may have any number of marks; a scalar has four bytes at most.
        if start.utf8.count > 16 * maximumCharacters {
            start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(4 * maximumCharacters)))
        }
        return trimmed(String(String.UnicodeScalarView(start.unicodeScalars.map { isForbidden($0) ? " " : $0 })))
    }

    /// The text without the spaces around it.
    /// - Parameter what: What it is, as the error says it: "a title".
    /// - Throws: ``HostError`` `.invalidArgument`.
    static func checked(
        _ text: String, as what: String, maximumCharacters: Int, for attempt: String
    ) throws(HostError) -> String {
        let text = trimmed(text)
        func refusal(_ reason: String) -> HostError { HostError(.invalidArgument, "\(attempt): \(what) \(reason)") }
        let isSeen = text.unicodeScalars.contains {
            !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint && !isForbidden($0)
        }
        guard isSeen else { throw refusal("needs a character that can be seen") }
        guard !text.unicodeScalars.contains(where: isForbidden) else {
            throw refusal(
                "is one line, without tabs, line ends and other control characters, and without those that turn the "
                    + "direction of text (U+202A to U+202E, U+2066 to U+2069); leave them out")
        }
        guard text.count <= maximumCharacters else {
            throw refusal("has at most \(maximumCharacters) characters, and this one \(text.count)")
        }
        guard text.utf8.count <= 16 * maximumCharacters else {
            throw refusal("has at most \(16 * maximumCharacters) bytes, and this one \(text.utf8.count)")
        }
        return text
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
