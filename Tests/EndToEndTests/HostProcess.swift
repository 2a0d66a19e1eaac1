import Foundation
import Glibc

/// A running `barchan serve` with a data directory of its own.
struct HostProcess: Sendable {
    let process: ChildProcess
    /// `http://localhost:PORT`.
    let address: String
    /// Logs somebody in as administrator, once.
    let loginLink: String
    let port: Int
    /// The socket that it was handed over; whoever made it closes it.
    let listener: Int32?

    /// Starts a host and waits until people can connect.
    /// - Parameter port: 0 takes a free one.
    /// - Parameter listener: A listening socket, handed over as service managers do (sd_listen_fds(3)).
    /// - Parameter user: Whom it runs as, when the tests run as root; nil for the tests' own user.
    static func start(
        data: String, port: Int = 0, settings: [String] = [], listener: Int32? = nil, user: Int? = nil, log: String
    ) async throws -> HostProcess {
        let change = user.map { ["--reuid=\($0)", "--regid=\($0)", "--clear-groups", Places.barchan] }
        let arguments = [
            "serve", "--data", data, "--login-link", "--set", "frontend.http.port=\(port)",
            "--set", "grains.idleSeconds=1", "--set", "grains.frozenSeconds=0",
        ]
        return try await launch(
            (change ?? []) + arguments + settings.flatMap { ["--set", $0] },
            by: change == nil ? Places.barchan : "/usr/bin/setpriv", listener: listener, log: log)
    }

    /// Starts a command that serves people and waits until they can connect.
    static func launch(
        _ arguments: [String], by program: String = Places.barchan, listener: Int32? = nil, log: String
    ) async throws -> HostProcess {
        let announced = ["/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\""]
        let command = (listener == nil ? [] : announced) + [program] + arguments
        let process = try ChildProcess(
            command[0], Array(command.dropFirst()), descriptors: listener.map { [3: $0] } ?? [:], standardError: log)
        return try await within(.seconds(300), "the host to be ready, see \(log)") {
            var address: String?
            for await line in process.lines {
                if let text = line.rest(after: "ready: ") { address = text }
                guard let link = line.rest(after: "login: ") else { continue }
                guard let address, let port = address.split(separator: ":").last.flatMap({ Int($0) }) else { break }
                return HostProcess(process: process, address: address, loginLink: link, port: port, listener: listener)
            }
            throw TestFailure("the host ended before it was ready, see \(log)")
        }
    }

    /// Lets it end as Ctrl-C does.
    func stop() async throws {
        process.signal(SIGTERM)
        let process = process
        let status = try await within(.seconds(300), "the host to end") { await process.end() }
        guard status == 0 else { throw TestFailure("the host ended with status \(status)") }
    }
}

/// A socket on a free port of the loopback that listens; the caller closes it.
func makeListener() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let outcome = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard outcome == 0, listen(descriptor, 128) == 0 else {
        throw TestFailure("listen: \(String(cString: strerror(errno)))")
    }
    return descriptor
}

extension String {
    func rest(after prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}

/// Every process in the pid namespaces below this one that was started for a host, found by what it was asked to do.
///
/// A grain's processes have a root of their own; this looks at who has descriptor 3 of one of the host's grains: their
/// pid namespace differs from ours and their oldest ancestor is the host.
func descendants(of pid: pid_t) -> Set<pid_t> {
    var children: [pid_t: [pid_t]] = [:]
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for entry in entries {
        guard let number = pid_t(entry),
            let status = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
            // The name in parentheses may contain anything; the parent is the second word behind the last one.
            let parent = status.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap({
                pid_t($0)
            })
        else { continue }
        children[parent, default: []].append(number)
    }
    var found: Set<pid_t> = [], pending = [pid]
    while let next = pending.popLast() {
        for child in children[next] ?? [] where found.insert(child).inserted { pending.append(child) }
    }
    return found
}
