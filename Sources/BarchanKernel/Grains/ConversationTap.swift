import Barchan
import Glibc

/// Stands between the transport and a grain and writes down what passes, for a person who looks for a mistake.
///
/// A thread of its own, blocking: a side that does not read holds the other back, as it does without.
final class ConversationTap: @unchecked Sendable {
    // Handed to the thread, which alone uses it.
    private let host: OwnedDescriptor
    private let grain: OwnedDescriptor
    private let file: OwnedDescriptor
    private var room = maximumBytes

    /// A recording ends here; the conversation goes on.
    static let maximumBytes = 256 << 20
    private static let pieceBytes = 64 << 10

    private init(host: consuming OwnedDescriptor, grain: consuming OwnedDescriptor, file: consuming OwnedDescriptor) {
        self.host = host
        self.grain = grain
        self.file = file
    }

    /// Puts a tap on a grain's socket.
    /// - Parameters:
    ///   - grain: The host's end of the grain's socket.
    ///   - path: Where the recording is written, in place of an older one, for the host's user only.
    /// - Returns: What the transport gets instead of `grain`.
    static func start(on grain: consuming OwnedDescriptor, path: String) throws(HostError) -> OwnedDescriptor {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else {
            throw HostError(.failed, "record a grain into '\(path)': \(String(cString: strerror(errno)))")
        }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        let sockets = try SocketPair()
        let tap = Unmanaged.passRetained(ConversationTap(host: sockets.grainEnd, grain: grain, file: file))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ConversationTap>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, tap.toOpaque())
        guard result == 0 else {
            tap.release()
            throw HostError(.resourceExhausted, "record a grain: \(String(cString: strerror(result)))")
        }
        pthread_detach(thread)
        return sockets.hostEnd
    }

    private func run() {
        var watched = [
            pollfd(fd: host.rawValue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: grain.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        // A descriptor below zero is left out by poll(2).
        while watched.contains(where: { $0.fd >= 0 }) {
            guard poll(&watched, 2, -1) >= 0 || errno == EINTR else { return }
            for index in 0..<2 where watched[index].revents != 0 {
                let (from, to, name) =
                    index == 0
                    ? (host.rawValue, grain.rawValue, "host>app") : (grain.rawValue, host.rawValue, "app>host")
                if !pass(from, to, name) { watched[index].fd = -1 }
            }
        }
    }

    /// - Returns: False at the end of what `from` says.
    private func pass(_ from: CInt, _ to: CInt, _ name: String) -> Bool {
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            count = max(0, recv(from, buffer.baseAddress, buffer.count, 0))
        }
        guard !bytes.isEmpty else {
            shutdown(to, CInt(SHUT_WR))
            return false
        }
        note(bytes, name)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(to, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func note(_ bytes: [UInt8], _ name: String) {
        guard room > 0 else { return }
        var line = Array("\(name) \(bytes.count) ".utf8)
        let digits = Array("0123456789abcdef".utf8)
        line.reserveCapacity(line.count + bytes.count * 2 + 1)
        for byte in bytes {
            line.append(digits[Int(byte >> 4)])
            line.append(digits[Int(byte & 15)])
        }
        line.append(0x0a)
        room -= line.count
        if room <= 0 { line = Array("# The recording ends here: it is as long as recordings get.\n".utf8) }
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file.rawValue, $0.baseAddress, $0.count) }
            guard count > 0 else {
                room = 0
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}

/// Which grains are to be recorded when they start the next time.
actor RecordingBook {
    private let directory: String
    private var wanted: Set<GrainID> = []

    init(directory: String) { self.directory = directory }

    /// - Returns: Where the recording will be.
    func begin(_ grain: GrainID) throws(HostError) -> String {
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw HostError(.failed, "make '\(directory)': \(String(cString: strerror(errno)))")
        }
        wanted.insert(grain)
        unlink(path(of: grain))
        return path(of: grain)
    }

    func end(_ grain: GrainID) throws(HostError) {
        guard wanted.remove(grain) != nil else {
            throw HostError(.notFound, "end the recording of grain '\(grain)': it is not recorded")
        }
    }

    /// Where the grain is to be recorded, or nil.
    func file(for grain: GrainID) -> String? { wanted.contains(grain) ? path(of: grain) : nil }

    private func path(of grain: GrainID) -> String { "\(directory)/\(grain.text).wire" }
}
