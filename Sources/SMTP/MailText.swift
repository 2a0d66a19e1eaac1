import Barchan
import BarchanKernel

/// A message as it goes to the server (RFC 5322, MIME: RFC 2045 and 2047). Only ASCII, lines of at most 76 characters.
enum MailText {
    /// - Parameters:
    ///   - from: Of whoever runs the host: `Name <a@b>` or `a@b`.
    ///   - date: Seconds since 1970-01-01T00:00:00Z.
    static func bytes(_ message: MailMessage, from: String, date: Int64, identifier: String) -> [UInt8] {
        let domain = address(of: from).split(separator: "@").last ?? "localhost"
        let fields = [
            "Date: \(dateText(date))", "From: \(oneLine(from))", "To: \(oneLine(message.to))",
            "Subject: \(encodedWord(message.subject))", "Message-ID: <\(identifier)@\(domain)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
            // So that no program answers (RFC 3834).
            "Auto-Submitted: auto-generated",
        ]
        return Array((fields.joined(separator: "\r\n") + "\r\n\r\n" + quotedPrintable(message.text)).utf8)
    }

    /// What stands in angle brackets, or everything.
    static func address(of mailbox: String) -> String {
        guard let start = mailbox.lastIndex(of: "<"), let end = mailbox.lastIndex(of: ">"), start < end else {
            return mailbox
        }
        return String(mailbox[mailbox.index(after: start)..<end])
    }

    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 || $0 >= 0x7f ? 0x3f : $0 }, as: UTF8.self)
    }

    /// Plain where that is possible, else words of base 64 that hold whole characters.
    static func encodedWord(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), text.utf8.count < 64, !text.contains("=?") {
            return text
        }
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if (words.last?.count ?? 0) + bytes.count > 42 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?utf-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    /// RFC 2045, section 6.7; a dot at the start of a line is the transport's matter.
    static func quotedPrintable(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = [], column = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isPlain = (0x21...0x7e).contains(byte) && byte != 0x3d || (byte == 0x20 && !isLast)
                let piece = isPlain ? [byte] : [0x3d, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
                if column + piece.count > 75 {
                    result += [0x3d, 0x0d, 0x0a]
                    column = 0
                }
                result += piece
                column += piece.count
            }
            result += [0x0d, 0x0a]
            column = 0
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `Sat, 28 Nov 2026 02:55:00 +0000`.
    static func dateText(_ seconds: Int64) -> String {
        let days = seconds / 86_400, rest = seconds % 86_400
        let (year, month, day) = civil(days)
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        let clock = "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        return "\(names[Int(days % 7)]), \(day) \(months[Int(month) - 1]) \(year) \(clock) +0000"
    }

    /// The date of a day since 1970-01-01 in the Gregorian calendar, counted from a 1 March so that leap days come last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468, era = shifted / 146_097, ofEra = shifted % 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * ofYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - part.count))
            for index in 0..<4 {
                result.append(index > part.count ? 0x3d : alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
