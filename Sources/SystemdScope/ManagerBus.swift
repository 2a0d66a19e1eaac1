import Barchan
import Glibc

/// Which bus a service manager is asked through.
public enum ManagerAddress: Sendable, Equatable {
    /// That of the machine's service manager.
    case system
    /// That of the user's own.
    case user
    /// An address as in D-Bus Specification, "Server Addresses".
    case other(String)
}

/// A connection to the bus of a service manager, for one caller at a time. Everything on it ends at the same deadline.
final class ManagerBus {
    private let library: SystemdLibrary
    private let bus: OpaquePointer
    private let deadline: ContinuousClock.Instant

    /// - Throws: ``HostError`` when nobody answers there in time.
    init(_ address: ManagerAddress, until deadline: ContinuousClock.Instant) throws(HostError) {
        library = try SystemdLibrary()
        self.deadline = deadline
        var opened: OpaquePointer?
        let result = ManagerBus.open(address, library, &opened)
        guard let opened else { throw ManagerBus.failure("connect to the bus of systemd", result) }
        bus = opened
        guard result >= 0 else { throw ManagerBus.failure("connect to the bus of systemd", result) }
        while case let state = library.isReady(bus), state <= 0 {
            guard state == 0 else { throw ManagerBus.failure("connect to the bus of systemd", state) }
            try advance("connect to the bus of systemd", nil)
        }
    }

    deinit { _ = library.closeUnreference(bus) }

    private static func open(
        _ address: ManagerAddress, _ library: SystemdLibrary, _ bus: inout OpaquePointer?
    ) -> CInt {
        switch address {
        case .system: return library.openSystem(&bus)
        case .user: return library.openUser(&bus)
        case .other(let text):
            let made = library.new(&bus)
            guard made >= 0, let bus else { return made }
            let result = library.setAddress(bus, text)
            guard result >= 0 else { return result }
            _ = library.setBusClient(bus, 1)
            return library.start(bus)
        }
    }

    /// Calls a method and reads the first value of the answer, a text or an object path; nil when it has none.
    /// - Parameter arguments: Writes them.
    func call(
        _ destination: String, _ path: String, _ interface: String, _ method: String,
        _ arguments: (borrowing OutgoingArguments) throws(HostError) -> Void
    ) throws(HostError) -> String? {
        let what = "call \(method) of \(interface)"
        var made: OpaquePointer?
        let result = library.newCall(bus, &made, destination, path, interface, method)
        guard result >= 0, let message = made else { throw ManagerBus.failure(what, result) }
        defer { _ = library.unreference(message) }
        try arguments(OutgoingArguments(library: library, message: message))
        return try send(message, what)
    }

    private func send(_ message: OpaquePointer, _ what: String) throws(HostError) -> String? {
        // sd_bus_error: name, message, and whether they are to be freed.
        var error: (UnsafePointer<CChar>?, UnsafePointer<CChar>?, CInt) = (nil, nil, 0)
        defer { library.freeError(&error) }
        var reply: OpaquePointer?
        let result = library.call(bus, message, try remaining(what), &error, &reply)
        guard result >= 0, let reply else {
            let said = [error.0, error.1].compactMap { $0.map { String(cString: $0) } }.joined(separator: ": ")
            throw said.isEmpty ? ManagerBus.failure(what, result) : HostError(.failed, "\(what): \(said)")
        }
        defer { _ = library.unreference(reply) }
        return text(reply, "o") ?? text(reply, "s")
    }

    /// The next signal of this name for which `match` finds something.
    /// - Parameter match: Gets its values.
    func awaitSignal<Found>(
        _ interface: String, _ member: String, _ match: ([String]) -> Found?, values: [IncomingValue]
    ) throws(HostError) -> Found {
        while true {
            var received: OpaquePointer?
            try advance("wait for \(member) of \(interface)", &received)
            guard let message = received else { continue }
            defer { _ = library.unreference(message) }
            guard library.isSignal(message, interface, member) > 0, let found = read(values, of: message).flatMap(match)
            else { continue }
            return found
        }
    }

    /// Nil when they are not of these types.
    private func read(_ values: [IncomingValue], of message: OpaquePointer) -> [String]? {
        var texts: [String] = []
        for value in values {
            switch value {
            case .number:
                var number: UInt32 = 0
                guard library.readBasic(message, CChar(bitPattern: UInt8(ascii: "u")), &number) > 0 else { return nil }
                texts.append(String(number))
            case .text, .path:
                guard let text = text(message, value == .text ? "s" : "o") else { return nil }
                texts.append(text)
            }
        }
        return texts
    }

    private func text(_ message: OpaquePointer, _ type: Unicode.Scalar) -> String? {
        var text: UnsafePointer<CChar>?
        guard library.readBasic(message, CChar(type.value), &text) > 0 else { return nil }
        return text.map { String(cString: $0) }
    }

    /// Does what there is to do, or waits for something.
    private func advance(
        _ what: String, _ message: UnsafeMutablePointer<OpaquePointer?>?
    ) throws(HostError) {
        let done = library.process(bus, message)
        guard done >= 0 else { throw ManagerBus.failure(what, done) }
        guard done == 0 else { return }
        let waited = library.wait(bus, try remaining(what))
        guard waited >= 0 || waited == -EINTR else { throw ManagerBus.failure(what, waited) }
    }

    /// In microseconds.
    private func remaining(_ what: String) throws(HostError) -> UInt64 {
        let left = deadline - .now
        guard left > .zero else { throw ManagerBus.failure(what, -ETIMEDOUT) }
        return UInt64(left.components.seconds) * 1_000_000 + UInt64(left.components.attoseconds / 1_000_000_000_000) + 1
    }

    static func failure(_ what: String, _ result: CInt) -> HostError {
        let code: HostError.Code = result == -EACCES || result == -EPERM ? .permissionDenied : .failed
        return HostError(code, "\(what): \(String(cString: strerror(-result)))")
    }
}

/// The type of a value in a signal.
enum IncomingValue { case number, text, path }

/// The arguments of a call that is being made.
struct OutgoingArguments: ~Copyable {
    fileprivate let library: SystemdLibrary
    fileprivate let message: OpaquePointer

    func append(_ text: String) throws(HostError) { try check(library.appendBasic(message, code("s"), text)) }

    func append(_ truth: Bool) throws(HostError) {
        var value: CInt = truth ? 1 : 0
        try check(library.appendBasic(message, code("b"), &value))
    }

    func append(_ numbers: [UInt32]) throws(HostError) {
        try check(library.appendArray(message, code("u"), numbers, numbers.count * MemoryLayout<UInt32>.stride))
    }

    /// - Parameter type: `a` array, `r` structure, `v` variant.
    func container(
        _ type: Unicode.Scalar, of contents: String, _ fill: () throws(HostError) -> Void
    ) throws(HostError) {
        try check(library.openContainer(message, code(type), contents))
        try fill()
        try check(library.closeContainer(message))
    }

    private func code(_ type: Unicode.Scalar) -> CChar { CChar(type.value) }

    private func check(_ result: CInt) throws(HostError) {
        guard result >= 0 else { throw ManagerBus.failure("write a message for systemd", result) }
    }
}
