import Barchan
import Glibc

/// systemd's journal, spoken to in its own protocol: a datagram a message, with fields (systemd, "Native Journal Protocol").
final class JournalSocket: Sendable {
    static let defaultPath = "/run/systemd/journal/socket"
    /// A datagram has to fit into the socket's buffer; longer texts are cut.
    static let maximumTextBytes = 32 << 10

    private let socket: OwnedDescriptor

    /// - Throws: ``HostError`` `.unsupported` when nobody listens at `path`.
    init(path: String = JournalSocket.defaultPath) throws(HostError) {
        let number = Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else {
            throw HostError(.resourceExhausted, "open the journal: \(String(cString: strerror(errno)))")
        }
        socket = OwnedDescriptor(takingOwnershipOf: number)
        let error = try ControlSocket.withAddress(of: path) { (address, length) throws(HostError) in
            connect(number, address, length) == 0 ? 0 : errno
        }
        guard error == 0 else {
            throw HostError(
                .unsupported,
                "open the journal at '\(path)': \(String(cString: strerror(error))); without systemd set logFormat to text or json"
            )
        }
    }

    /// Whether standard error leads to the journal (systemd.exec(5), `JOURNAL_STREAM`).
    static var isStandardError: Bool {
        guard let stream = getenv("JOURNAL_STREAM").map({ String(cString: $0) }) else { return false }
        var status = stat()
        return fstat(2, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// - Returns: Whether the journal has it.
    func send(_ message: LogMessage) -> Bool {
        let datagram = JournalSocket.datagram(message)
        return Glibc.send(socket.rawValue, datagram, datagram.count, CInt(MSG_NOSIGNAL)) == datagram.count
    }

    /// `NAME=value` a line; a value with a line break is preceded by its length instead, 64 bits, least byte first.
    static func datagram(_ message: LogMessage) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ name: String, _ text: String) {
            let value = text.utf8.prefix(maximumTextBytes)
            if value.contains(0x0a) {
                bytes += Array("\(name)\n".utf8)
                let count = UInt64(value.count)
                bytes += stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: count >> UInt64($0)) }
            } else {
                bytes += Array("\(name)=".utf8)
            }
            bytes += value
            bytes.append(0x0a)
        }
        add("MESSAGE", message.text)
        add("PRIORITY", priority(message.level))
        add("SYSLOG_IDENTIFIER", "barchan")
        for field in message.fields.prefix(16) { add("BARCHAN_" + fieldName(field.name), field.value) }
        return bytes
    }

    /// The journal takes capital letters, digits and underscores.
    private static func fieldName(_ name: String) -> String {
        String(decoding: name.uppercased().utf8.prefix(40).map { isNameByte($0) ? $0 : 0x5f }, as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
    }

    /// As syslog(3) numbers them.
    private static func priority(_ level: HostLog.Level) -> String {
        switch level {
        case .debug: "7"
        case .info: "6"
        case .warning: "4"
        case .error: "3"
        @unknown default: "5"
        }
    }
}
