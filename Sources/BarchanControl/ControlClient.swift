import Barchan
import Glibc

/// Asks a running host.
public enum ControlClient {
    /// - Returns: The answer, or nil when no host runs on `dataDirectory`.
    /// - Throws: ``HostError`` with the host's own words when it refuses.
    public static func ask(_ request: JSONValue, dataDirectory: String) throws(HostError) -> JSONValue? {
        let path = ControlSocket.path(in: dataDirectory)
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else {
            throw HostError(.resourceExhausted, "ask the host: \(String(cString: strerror(errno)))")
        }
        let descriptor = OwnedDescriptor(takingOwnershipOf: number)
        let raw = descriptor.rawValue
        let error = try ControlSocket.withAddress(of: path) { (address, length) throws(HostError) in
            connect(raw, address, length) == 0 ? 0 : errno
        }
        if error == ENOENT || error == ECONNREFUSED { return nil }
        guard error == 0 else {
            throw HostError(
                .permissionDenied,
                "ask the host through '\(path)': \(String(cString: strerror(error))); run this as the host's user")
        }
        ControlSocket.writeLine(request, to: raw)
        guard let line = ControlSocket.readLine(from: raw, limit: ControlSocket.maximumAnswerBytes) else {
            throw HostError(.disconnected, "ask the host through '\(path)': it gave no answer; look at its log")
        }
        let answer = try JSONValue(reading: line)
        guard answer["ok"] == .boolean(true) else {
            let code = answer["code"]?.text.flatMap { HostError.Code(rawValue: $0) } ?? .failed
            throw HostError(code, answer["error"]?.text ?? "ask the host: it gave no reason")
        }
        return answer
    }

    /// As ``ask(_:dataDirectory:)``, but an error when no host runs.
    public static func require(_ request: JSONValue, dataDirectory: String) throws(HostError) -> JSONValue {
        guard let answer = try ask(request, dataDirectory: dataDirectory) else {
            throw HostError(
                .notFound,
                "ask the host: none runs on '\(dataDirectory)'; start it with 'barchan serve', or name its directory with --data"
            )
        }
        return answer
    }
}
