import Barchan
import BarchanKernel
import CLinux
import Glibc
import Synchronization

/// Answers commands on the host's control socket.
public final class ControlServer: Sendable {
    public typealias Handler = @Sendable (JSONValue) async throws(HostError) -> JSONValue

    private let path: String
    private let listener: OwnedDescriptor
    private let handler: Handler
    private let log: HostLog
    private let isClosed = Atomic(false)
    /// A command more has to wait in the socket's own queue.
    private let underWay = Mutex(0)
    private static let maximumUnderWay = 16
    /// Between two tries when the process has no descriptor left.
    private static let pauseMilliseconds: CInt = 100

    /// The caller holds the lock of the data directory, so a socket that lies there is a dead host's.
    public init(dataDirectory: String, log: HostLog, handler: @escaping Handler) throws(HostError) {
        path = ControlSocket.path(in: dataDirectory)
        self.handler = handler
        self.log = log
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else {
            throw HostError(.resourceExhausted, "listen on '\(path)': \(String(cString: strerror(errno)))")
        }
        listener = OwnedDescriptor(takingOwnershipOf: number)
        unlink(path)
        // The mode of a socket file comes from the descriptor's; nobody can connect before listen.
        fchmod(number, 0o600)
        let error = try ControlSocket.withAddress(of: path) { (address, length) throws(HostError) in
            bind(number, address, length) == 0 && chmod(path, 0o600) == 0 && listen(number, 16) == 0 ? 0 : errno
        }
        guard error == 0 else { throw HostError(.failed, "listen on '\(path)': \(String(cString: strerror(error)))") }
        let result = OwnThread.start { [self] in run() }
        guard result == 0 else {
            throw HostError(.resourceExhausted, "listen on '\(path)': \(String(cString: strerror(result)))")
        }
    }

    /// Removes the socket. Requests under way are still answered.
    public func close() {
        isClosed.store(true, ordering: .releasing)
        unlink(path)
        // Wakes the thread out of accept.
        shutdown(listener.rawValue, CInt(SHUT_RDWR))
    }

    private func run() {
        while !isClosed.load(ordering: .acquiring) {
            let number = accept(listener.rawValue, nil, nil)
            guard number >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                // Shut down, by `close`.
                guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) else { return }
                // Who asks waits for a descriptor that somebody closes.
                poll(nil, 0, ControlServer.pauseMilliseconds)
                continue
            }
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            receive(OwnedDescriptor(takingOwnershipOf: number))
        }
    }

    /// Reads the request here, where waiting harms nobody, and answers in a task.
    private func receive(_ connection: consuming OwnedDescriptor) {
        ControlSocket.limitWaiting(connection.rawValue, seconds: 5)
        guard let line = ControlSocket.readLine(from: connection.rawValue, limit: ControlSocket.maximumRequestBytes)
        else { return }
        guard
            underWay.withLock({ count in
                guard count < ControlServer.maximumUnderWay else { return false }
                count += 1
                return true
            })
        else {
            return ControlSocket.writeLine(
                ControlServer.failure(HostError(.resourceExhausted, "ask the host: it is busy")),
                to: connection.rawValue)
        }
        let number = connection.release()
        Task {
            let connection = OwnedDescriptor(takingOwnershipOf: number)
            let answer = await answer(to: line)
            ControlSocket.writeLine(answer, to: connection.rawValue)
            underWay.withLock { $0 -= 1 }
            if let last = answer[ControlSocket.lastRequest] { stay(connection.release(), last) }
        }
    }

    /// Answers what else is asked on a connection, and does `last` when the asker has closed it.
    private func stay(_ number: CInt, _ last: JSONValue) {
        ControlSocket.limitWaiting(number, seconds: 0)
        let result = OwnThread.start { [self] in
            let line = ControlSocket.readLine(from: number, limit: ControlSocket.maximumRequestBytes)
            Task {
                guard let line else { return await leave(number, last) }
                ControlSocket.writeLine(await answer(to: line), to: number)
                stay(number, last)
            }
        }
        if result != 0 { Task { await leave(number, last) } }
    }

    private func leave(_ number: CInt, _ last: JSONValue) async {
        Glibc.close(number)
        _ = await answer(to: Array(last.line.utf8))
    }

    private func answer(to line: [UInt8]) async -> JSONValue {
        do throws(HostError) {
            return try await handler(try JSONValue(reading: line))
        } catch {
            return ControlServer.failure(error)
        }
    }

    private static func failure(_ error: HostError) -> JSONValue {
        .members(["ok": .boolean(false), "code": .string(error.code.rawValue), "error": .string(error.message)])
    }
}
