import Glibc
import Synchronization

/// A mail server on loopback that keeps what it gets.
public final class MailSink: Sendable {
    public struct Mail: Sendable {
        public var sender = ""
        public var recipients: [String] = []
        /// As they came, without the dots that the transport added.
        public var lines: [String] = []

        public var subject: String {
            let start = lines.firstIndex { $0.hasPrefix("Subject: ") } ?? 0
            let rest = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
            let words = ([String(lines[start].dropFirst(9))] + rest).joined().split(separator: " ")
            return String(decoding: words.flatMap { MailSink.decoded(String($0)) }, as: UTF8.self)
        }
        public var text: String {
            let body = lines[(lines.firstIndex(of: "") ?? 0)...].dropFirst()
            var joined = body.map { $0.hasSuffix("=") ? String($0.dropLast()) : $0 + "\n" }.joined()
            if joined.hasSuffix("\n\n") { joined.removeLast() }
            var bytes: [UInt8] = [], rest = Array(joined.utf8)[...]
            while let byte = rest.popFirst() {
                guard byte == 0x3d else { bytes.append(byte); continue }
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: UInt16
    private let refusal: String?
    private let listener: CInt
    private let state = Mutex(0)
    private let stream: AsyncStream<Mail>
    private let continuation: AsyncStream<Mail>.Continuation

    public init(refusal: String? = nil) throws {
        self.refusal = refusal
        (stream, continuation) = AsyncStream.makeStream()
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw Failure(description: "listen for mail: \(String(cString: strerror(errno)))") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.start { [self] in serve() }
    }

    deinit { close(listener) }

    public var count: Int { state.withLock { $0 } }

    public func next() async -> Mail? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            talk(connection)
            close(connection)
        }
    }

    private func talk(_ connection: CInt) {
        guard let file = fdopen(dup(connection), "r") else { return }
        defer { fclose(file) }
        func say(_ text: String) { _ = send(connection, text + "\r\n", text.utf8.count + 2, CInt(MSG_NOSIGNAL)) }
        func line() -> String? {
            var buffer = [CChar](repeating: 0, count: 4_096)
            guard fgets(&buffer, 4_096, file) != nil else { return nil }
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return String(decoding: bytes.filter { $0 != 0x0d && $0 != 0x0a }, as: UTF8.self)
        }
        say("220 sink")
        var mail = Mail()
        while let command = line() {
            switch command.split(separator: " ").first.map({ $0.uppercased() }) {
            case "MAIL":
                mail.sender = String(command.drop { $0 != "<" }.prefix { $0 != " " })
                say("250 ok")
            case "RCPT":
                mail.recipients.append(String(command.drop { $0 != "<" }.prefix { $0 != " " }))
                say(refusal ?? "250 ok")
            case "DATA":
                say("354 go on")
                while let text = line(), text != "." {
                    mail.lines.append(text.hasPrefix("..") ? String(text.dropFirst()) : text)
                }
                say("250 taken")
                state.withLock { $0 += 1 }
                continuation.yield(mail)
            case "QUIT":
                say("221 bye")
                return
            case "STARTTLS": say("502 not here")
            default: say("250 ok")
            }
        }
    }

    private static func decoded(_ word: String) -> [UInt8] {
        guard word.hasPrefix("=?utf-8?B?"), word.hasSuffix("?=") else { return Array(word.utf8) }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bits = 0, count = 0, bytes: [UInt8] = []
        for byte in word.dropFirst(10).dropLast(2).utf8 {
            guard let value = alphabet.firstIndex(of: byte) else { break }
            bits = (bits << 6 | value) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xff))
            }
        }
        return bytes
    }
}

private enum Thread {
    final class Job: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(Job(run)).toOpaque())
        pthread_detach(thread)
    }
}
