import Barchan
import BarchanControl
import Glibc

/// Writes a line to standard output at once, also into a pipe.
func printLine(_ line: String) { write(Array("\(line)\n".utf8), to: 1) }

/// What a package or an app said, without characters that mean something to a terminal.
func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
                // Text that turns the direction of what follows can make a question look like another one.
                return isControl || scalar.properties.generalCategory == .format ? " " : scalar
            }))
}

/// What an app printed, for a terminal: colours stay (SGR; ECMA-48, 8.3.117), as ``printable(_:)`` otherwise.
func terminalText(_ text: String) -> String {
    var result = "", rest = Substring(text).unicodeScalars, hasColours = false
    while let start = rest.firstIndex(of: "\u{1b}") {
        result += printable(String(rest[..<start]))
        rest = rest[start...]
        let length = lengthOfColour(rest)
        hasColours = hasColours || length > 0
        result += length > 0 ? String(rest.prefix(length)) : " "
        rest = rest.dropFirst(max(length, 1))
    }
    return result + printable(String(rest)) + (hasColours ? "\u{1b}[0m" : "")
}

/// Of `ESC [ parameters m` at the start; 0 for anything else.
private func lengthOfColour(_ text: Substring.UnicodeScalarView) -> Int {
    let longest = 64
    var length = 2
    guard text.dropFirst().first == "[" else { return 0 }
    for scalar in text.dropFirst(2).prefix(longest) {
        length += 1
        if scalar == "m" { return length }
        guard ("0"..."9").contains(scalar) || scalar == ";" || scalar == ":" else { return 0 }
    }
    return 0
}

func write(_ bytes: [UInt8], to descriptor: CInt) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}

/// A command's own messages: lines on standard error, from `level` on.
func standardErrorLog(from level: HostLog.Level) -> HostLog { LogOutput.text(from: level) }

/// Relative to the current directory.
func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let directory = getcwd(nil, 0) else { return path }
    defer { free(directory) }
    return "\(String(cString: directory))/\(path)"
}
