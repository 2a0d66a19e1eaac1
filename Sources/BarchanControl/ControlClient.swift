import Barchan
import Glibc

/// Asks a running host.
public enum ControlClient {
    /// - Returns: The answer, or nil when no host runs on `dataDirectory`.
    /// - Throws: ``HostError`` with the host's own words when it refuses.
    public static func ask(_ request: JSONValue, dataDirectory: String) throws(HostError) -> JSONValue? {
        try ControlConnection(dataDirectory: dataDirectory)?.ask(request)
    }

    /// As ``ask(_:dataDirectory:)``, but an error when no host runs.
    public static func require(_ request: JSONValue, dataDirectory: String) throws(HostError) -> JSONValue {
        guard let answer = try ask(request, dataDirectory: dataDirectory) else {
            throw none(dataDirectory)
        }
        return answer
    }

    /// A connection for more than one question, or an error when no host runs.
    public static func connection(dataDirectory: String) throws(HostError) -> ControlConnection {
        guard let connection = try ControlConnection(dataDirectory: dataDirectory) else { throw none(dataDirectory) }
        return connection
    }

    private static func none(_ dataDirectory: String) -> HostError {
        HostError(
            .notFound,
            "ask the host: none runs on '\(dataDirectory)'; start it with 'barchan serve', or name its directory with --data"
        )
    }
}

/// A connection to a running host.
///
/// It takes more than one question only when the answer to the first says so; it closes with the object.
public final class ControlConnection: Sendable {
    private let path: String
    private let socket: OwnedDescriptor

    /// Nil when no host runs on `dataDirectory`.
    init?(dataDirectory: String) throws(HostError) {
        path = ControlSocket.path(in: dataDirectory)
        let number = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else {
            throw HostError(.resourceExhausted, "ask the host: \(String(cString: strerror(errno)))")
        }
        socket = OwnedDescriptor(takingOwnershipOf: number)
        let error = try ControlSocket.withAddress(of: path) { (address, length) throws(HostError) in
            connect(number, address, length) == 0 ? 0 : errno
        }
        if error == ENOENT || error == ECONNREFUSED { return nil }
        guard error == 0 else {
            throw HostError(
                .permissionDenied,
                "ask the host through '\(path)': \(String(cString: strerror(error))); run this as the host's user")
        }
    }

    /// - Throws: ``HostError`` with the host's own words when it refuses, `.disconnected` when it is gone.
    public func ask(_ request: JSONValue) throws(HostError) -> JSONValue {
        ControlSocket.writeLine(request, to: socket.rawValue)
        guard let line = ControlSocket.readLine(from: socket.rawValue, limit: ControlSocket.maximumAnswerBytes) else {
            throw HostError(.disconnected, "ask the host through '\(path)': it gave no answer; look at its log")
        }
        let answer = try JSONValue(reading: line)
        guard answer["ok"] == .boolean(true) else {
            let code = answer["code"]?.text.flatMap { HostError.Code(rawValue: $0) } ?? .failed
            throw HostError(code, answer["error"]?.text ?? "ask the host: it gave no reason")
        }
        return answer
    }

    /// Blocks until the host is gone, or says something that it was not asked for.
    public func waitForEnd() {
        var watched = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
        while poll(&watched, 1, -1) < 0 && errno == EINTR {}
    }
}
