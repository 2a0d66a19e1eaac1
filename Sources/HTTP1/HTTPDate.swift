/// Dates as they occur in Expires: the algorithm of RFC 6265, section 5.1.1.
///
/// It takes all the forms in use: `Wed, 15 Nov 1995 06:25:24 GMT`, `Wednesday, 15-Nov-95 06:25:24 GMT`,
/// `Wed, 15-Nov-1995 06:25:24 GMT`, `Wed, 15-Nov-95 06:25:24 GMT` and `Wed Nov 15 06:25:24 1995`.
public enum HTTPDate {
    /// Seconds since 1970-01-01T00:00:00Z; nil when it is no date.
    public static func seconds(parsing text: ArraySlice<UInt8>) -> Int64? {
        var date = Parts()
        for token in text.split(whereSeparator: isDelimiter) { date.read(token) }
        return date.seconds
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x20...0x2f, 0x3b...0x40, 0x5b...0x60, 0x7b...0x7e: true
        default: false
        }
    }

    private struct Parts {
        private var time: (hour: Int64, minute: Int64, second: Int64)?
        private var day: Int64?
        private var month: Int64?
        private var year: Int64?

        mutating func read(_ token: ArraySlice<UInt8>) {
            if time == nil, let found = Self.time(token) {
                time = found
            } else if day == nil, let found = Self.number(token, digits: 1...2) {
                day = found
            } else if month == nil, let found = Self.month(token) {
                month = found
            } else if year == nil, let found = Self.number(token, digits: 2...4) {
                year = found < 70 ? found + 2_000 : found < 100 ? found + 1_900 : found
            }
        }

        var seconds: Int64? {
            guard let time, let day, let month, let year, year >= 1_601, time.hour < 24, time.minute < 60,
                time.second < 60, day >= 1, day <= Self.length(of: month, in: year)
            else { return nil }
            let days = Self.days(year: year, month: month, day: day)
            return days * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second
        }

        private static func time(_ token: ArraySlice<UInt8>) -> (Int64, Int64, Int64)? {
            let parts = token.split(separator: Octet.colon, omittingEmptySubsequences: false)
            guard parts.count == 3, let hour = number(parts[0], digits: 1...2),
                let minute = number(parts[1], digits: 1...2), let second = number(parts[2], digits: 1...2)
            else { return nil }
            return (hour, minute, second)
        }

        private static func number(_ token: ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int64? {
            digits.contains(token.count) ? token.decimalNumber() : nil
        }

        private static func month(_ token: ArraySlice<UInt8>) -> Int64? {
            let names: [StaticString] = [
                "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
            ]
            guard token.count >= 3 else { return nil }
            return names.firstIndex { token.prefix(3).equalsIgnoringCase($0) }.map { Int64($0 + 1) }
        }

        private static func length(of month: Int64, in year: Int64) -> Int64 {
            switch month {
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        }

        /// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
        private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
            let shifted = month <= 2 ? year - 1 : year
            let era = shifted / 400
            let yearOfEra = shifted - era * 400
            let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
            return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        }
    }
}
