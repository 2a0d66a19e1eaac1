import Barchan
import CLinux
import Glibc

/// What happens on a socket, told on its loop.
protocol ClientSocketOwner: AnyObject {
    /// Bytes that were asked for. They are gone when this returns.
    func received(_ bytes: UnsafeRawBufferPointer)
    /// There is room again; always told after ``ClientSocket/isWritable`` was false.
    func becameWritable()
    /// The client sends no more, and everything that it sent was read; whether it still reads is not known. Comes again whenever
    /// bytes are asked for.
    func inputEnded()
    /// It is closed, by whomever. Comes once.
    func closed()
}

/// The socket of one client. Reads only when it is asked to, writes at once what the kernel takes. On its loop only.
final class ClientSocket: @unchecked Sendable {
    /// Bytes that may wait for the client before the writer is held back, and that still wait when it goes on.
    private static let highWater = 65_536, lowWater = 32_768
    // Edges: a request costs no call of epoll_ctl(2). TCP tells of room only where there was none.
    private static let events =
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
    private static let broken = EPOLLHUP.rawValue | EPOLLERR.rawValue
    private static let end = EPOLLRDHUP.rawValue | broken

    private let descriptor: CInt
    private var owner: (any ClientSocketOwner)?
    private var loop: LoopContext
    private var watch: (any LoopEntry)?
    private(set) var isOpen = true
    /// The client sends no more.
    private(set) var isInputOver = false
    private var mayRead = false, mayBeAtEnd = false, mayWrite = true
    private var wantsRead = false
    private var unsent = ByteQueue()
    private var hasTakenSome = false
    private var whenSent: (() -> Void)?

    /// Takes over a connected socket that does not block.
    init(_ descriptor: CInt, on loop: LoopContext) {
        self.descriptor = descriptor
        self.loop = loop
    }

    deinit { if isOpen { Glibc.close(descriptor) } }

    func start(for owner: any ClientSocketOwner) {
        self.owner = owner
        watchNow()
    }

    private func watchNow() {
        watch = loop.host.watch(descriptor, for: Self.events) { [self] in ready($0) }
        if watch == nil { close() }
    }

    /// Leaves the loop; `arrive` goes on with it on another one.
    func leave() {
        watch?.cancel()
        watch = nil
        mayRead = false
    }

    func arrive(on loop: LoopContext) {
        self.loop = loop
        // Tells again what there is to tell.
        if isOpen { watchNow() }
    }

    /// The client's address in network order, 4 or 16 bytes; nil when the kernel does not say.
    var remoteAddress: [UInt8]? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        let family = CInt(address.ss_family)
        return withUnsafeBytes(of: &address) { bytes in
            switch family {
            case AF_INET: withUnsafeBytes(of: bytes.load(as: sockaddr_in.self).sin_addr) { Array($0) }
            case AF_INET6: withUnsafeBytes(of: bytes.load(as: sockaddr_in6.self).sin6_addr) { Array($0) }
            default: nil
            }
        }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        watch?.cancel()
        watch = nil
        Glibc.close(descriptor)
        let owner = owner
        self.owner = nil
        whenSent = nil
        owner?.closed()
    }

    func closeOutput() { if isOpen { shutdown(descriptor, CInt(SHUT_WR)) } }

    private func ready(_ events: UInt32) {
        if isInputOver, events & Self.broken != 0 { return close() }
        if events & (EPOLLIN.rawValue | Self.end) != 0 { mayRead = true }
        if events & Self.end != 0 { mayBeAtEnd = true }
        if !mayWrite, events & (EPOLLOUT.rawValue | Self.end) != 0 {
            mayWrite = true
            flush()
        }
        if wantsRead { receive() } else if mayBeAtEnd { noticeEnd() }
    }

    // MARK: Reading

    /// Asks for bytes once. They come later, never from within this call.
    func requestRead() {
        guard isOpen, !wantsRead else { return }
        guard !isInputOver else { return loop.host.post { [self] in owner?.inputEnded() } }
        wantsRead = true
        if mayRead { loop.host.post { [self] in receive() } }
    }

    private func receive() {
        guard isOpen, wantsRead, mayRead else { return }
        let buffer = loop.readBuffer
        let count = recv(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_DONTWAIT))
        if count > 0 {
            wantsRead = false
            // A short read empties a stream socket; what comes next has an edge of its own. The end may have come with this.
            if count < buffer.count, !mayBeAtEnd { mayRead = false }
            owner?.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if count < 0, errno == EAGAIN {
            mayRead = false
        } else if count == 0 {
            endInput()
        } else if errno != EINTR {
            close()
        } else {
            receive()
        }
    }

    /// Nobody reads, and the client may be gone: what it sent before is worth keeping, a bare end is the end.
    private func noticeEnd() {
        guard isOpen else { return }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        if count == 0 { endInput() } else if count < 0 && errno != EAGAIN && errno != EINTR { close() }
    }

    private func endInput() {
        guard !isInputOver else { return }
        isInputOver = true
        wantsRead = false
        owner?.inputEnded()
    }

    // MARK: Writing

    var isAllSent: Bool { unsent.isEmpty }
    var isWritable: Bool { unsent.count <= Self.highWater }

    /// Whether the client has taken some of what waits for it since this was asked last, and some still waits.
    func hasProgressed() -> Bool {
        defer { hasTakenSome = false }
        return hasTakenSome && !isAllSent
    }

    func send(_ bytes: [UInt8]) {
        guard isOpen, !bytes.isEmpty else { return }
        guard unsent.isEmpty else { return unsent.append(bytes[...]) }
        let count = mayWrite ? bytes.withUnsafeBytes { transmit($0) } : 0
        guard let count, count < bytes.count else { return }
        unsent = ByteQueue(bytes, from: count)
    }

    /// Sends `first`, `middle` and `last` in this order, as one.
    func send(_ middle: [UInt8], between first: [UInt8], and last: [UInt8]) {
        guard isOpen else { return }
        let count = first.count + middle.count + last.count
        var sent = 0
        if unsent.isEmpty, mayWrite {
            guard let taken = transmit(first, middle, last) else { return }
            sent = taken
        }
        guard sent < count else { return }
        for part in [first, middle, last] {
            unsent.append(part[min(sent, part.count)...])
            sent -= min(sent, part.count)
        }
        // Until the kernel says that it has no room it does not tell when there is some.
        if mayWrite { flush() }
    }

    /// Calls `body` when everything sent so far is with the kernel, unless the socket is closed before.
    func whenAllSent(_ body: @escaping () -> Void) {
        if unsent.isEmpty { if isOpen { body() } } else { whenSent = body }
    }

    private func flush() {
        guard isOpen, !unsent.isEmpty else { return }
        let wasLow = unsent.count <= Self.lowWater
        guard let count = unsent.withUnsafeBytes({ transmit($0) }) else { return }
        unsent.drop(count)
        if count > 0 { hasTakenSome = true }
        if unsent.isEmpty {
            unsent = ByteQueue()
            let told = whenSent
            whenSent = nil
            told?()
        }
        if !wasLow, unsent.count <= Self.lowWater { owner?.becameWritable() }
    }

    /// What the kernel took of the three at once; nil when the socket is closed now.
    private func transmit(_ first: [UInt8], _ middle: [UInt8], _ last: [UInt8]) -> Int? {
        first.withUnsafeBytes { first in
            middle.withUnsafeBytes { middle in
                last.withUnsafeBytes { last in
                    var parts = (iovec(first), iovec(middle), iovec(last))
                    return withUnsafeMutableBytes(of: &parts) { transmit($0.bindMemory(to: iovec.self)) }
                }
            }
        }
    }

    private func transmit(_ parts: UnsafeMutableBufferPointer<iovec>) -> Int? {
        var message = msghdr()
        message.msg_iov = parts.baseAddress
        message.msg_iovlen = parts.count
        while true {
            let count = sendmsg(descriptor, &message, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
            if count >= 0 { return count }
            if errno == EAGAIN {
                mayWrite = false
                return 0
            }
            guard errno == EINTR else {
                close()
                return nil
            }
        }
    }

    /// What the kernel took; nil when the socket is closed now.
    private func transmit(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var done = 0
        while done < bytes.count {
            let count = Glibc.send(
                descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done,
                CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
            if count > 0 {
                done += count
            } else if errno == EAGAIN {
                mayWrite = false
                return done
            } else if errno != EINTR {
                close()
                return nil
            }
        }
        return done
    }
}

extension iovec {
    /// Nothing is written through it.
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
