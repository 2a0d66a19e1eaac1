/// Puts an answer's head right whose meaning is clear though it is not written as RFC 9112 wants, as it allows who reads answers.
///
/// Only for answers of an app to its own bridge: they are taken apart and never passed on as they came, so that nobody behind can
/// read them in another way. Whatever is wrong besides is left for the parser to refuse.
enum HeadMending {
    /// - Parameter head: From the first byte up to and including an empty line, with lines that end in LF or CR LF.
    /// - Returns: The head without empty lines in front (section 2.2), with CR LF behind every line (2.2), continued lines joined by a space
    ///   (5.2) and no blanks in front of a colon (5.1).
    static func mended(_ head: [UInt8]) -> [UInt8] {
        let lines = head.split(separator: Octet.lineFeed, omittingEmptySubsequences: false).dropLast().map(
            withoutReturn)
        var mended: [UInt8] = []
        mended.reserveCapacity(head.count + lines.count)
        for (number, line) in lines.drop(while: \.isEmpty).enumerated() {
            // A blank right behind the start line continues nothing (section 2.2); it stays, and is refused.
            if number > 1, let first = line.first, Octet.isBlank(first) {
                mended.removeLast(2)
                mended.append(Octet.space)
                mended += line.trimmed()
            } else {
                mended += number > 0 ? closedUp(line) : line
            }
            mended += [Octet.carriageReturn, Octet.lineFeed]
        }
        return mended
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == Octet.carriageReturn ? line.dropLast() : line
    }

    /// The field line without blanks between its name and the colon.
    private static func closedUp(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let name = line.prefix(while: Octet.isToken)
        let rest = line[name.endIndex...].drop(while: Octet.isBlank)
        return rest.first == Octet.colon ? name + rest : line
    }
}
