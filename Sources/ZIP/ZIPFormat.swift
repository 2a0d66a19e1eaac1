import Barchan
import Glibc

/// Numbers of the format (APPNOTE.TXT 6.3.10 of PKWARE, and extrafld.txt of Info-ZIP).
enum ZIPFormat {
    static let localSignature: UInt32 = 0x0403_4b50
    static let descriptorSignature: UInt32 = 0x0807_4b50
    static let centralSignature: UInt32 = 0x0201_4b50
    static let endSignature: UInt32 = 0x0605_4b50
    static let end64Signature: UInt32 = 0x0606_4b50
    static let locator64Signature: UInt32 = 0x0706_4b50

    static let localBytes = 30, centralBytes = 46, endBytes = 22, end64Bytes = 56, locator64Bytes = 20

    /// Sizes and checksum stand behind the content.
    static let descriptorFlag: UInt16 = 1 << 3
    /// Encrypted, patched, strongly encrypted, masked.
    static let unreadableFlags: UInt16 = 1 | 1 << 5 | 1 << 6 | 1 << 13

    static let zip64Field: UInt16 = 0x0001
    /// "UT" of Info-ZIP: times to the second, in UTC.
    static let timeField: UInt16 = 0x5455
    /// "up" of Info-ZIP: the name in UTF-8, where the other one is not.
    static let unicodePathField: UInt16 = 0x7075

    static let madeByUnix: UInt16 = 3, madeByDarwin: UInt16 = 19
    static let version: UInt16 = 20, version64: UInt16 = 45

    static func bad(_ reason: String) -> HostError { HostError(.invalidArgument, "read the zip file: \(reason)") }
    static func tooLarge(_ reason: String) -> HostError {
        HostError(.resourceExhausted, "read the zip file: \(reason)")
    }
}

/// Time as MS-DOS has it: local time in steps of two seconds, from 1980 to 2107. Here it is UTC.
enum DOSTime {
    static func fields(of seconds: Int64) -> (time: UInt16, date: UInt16) {
        var moment = time_t(min(max(seconds, 315_532_800), 4_354_819_198)), parts = tm()
        gmtime_r(&moment, &parts)
        let date = (parts.tm_year - 80) << 9 | (parts.tm_mon + 1) << 5 | parts.tm_mday
        return (UInt16(parts.tm_hour << 11 | parts.tm_min << 5 | parts.tm_sec / 2), UInt16(date))
    }

    static func seconds(time: UInt16, date: UInt16) -> Int64 {
        var parts = tm()
        parts.tm_year = Int32(date >> 9) + 80
        parts.tm_mon = max(0, Int32(date >> 5 & 15) - 1)
        parts.tm_mday = max(1, Int32(date & 31))
        parts.tm_hour = Int32(time >> 11)
        parts.tm_min = Int32(time >> 5 & 63)
        parts.tm_sec = Int32(time & 31) * 2
        return Int64(timegm(&parts))
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}

/// Little-endian numbers one after the other; past the end all are nil.
struct ZIPFields {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type = Number.self) -> Number? {
        guard let part = take(MemoryLayout<Number>.size) else { return nil }
        return part.reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.endIndex - position else { return nil }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    /// The extra fields that are left, by their identifiers. Nil when they do not add up.
    mutating func extraFields() -> [(identifier: UInt16, data: ArraySlice<UInt8>)]? {
        var fields: [(UInt16, ArraySlice<UInt8>)] = []
        while !isAtEnd {
            guard let identifier = number(UInt16.self), let size = number(UInt16.self), let data = take(Int(size))
            else { return nil }
            fields.append((identifier, data))
        }
        return fields
    }
}
