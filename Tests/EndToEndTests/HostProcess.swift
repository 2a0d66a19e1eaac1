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

    /// Starts a host and waits until people can connect.
    /// - Parameter port: 0 takes a free one.
    /// - Parameter user: Whom it runs as, when the tests run as root; nil for the tests' own user.
    static func start(
        data: String, port: Int = 0, settings: [String] = [], user: Int? = nil, log: String
    ) async throws -> HostProcess {
        let change = user.map { ["--reuid=\($0)", "--regid=\($0)", "--clear-groups", Places.barchan] }
        let arguments = [
            "serve", "--data", data, "--login-link", "--set", "frontend.http.port=\(port)",
            "--set", "grains.idleSeconds=1", "--set", "grains.frozenSeconds=0",
        ]
        return try await launch(
            (change ?? []) + arguments + settings.flatMap { ["--set", $0] },
            by: change == nil ? Places.barchan : "/usr/bin/setpriv", log: log)
    }

    /// Starts a command that serves people and waits until they can connect.
    static func launch(
        _ arguments: [String], by program: String = Places.barchan, log: String
    ) async throws -> HostProcess {
        let process = try ChildProcess(program, arguments, standardError: log)
        return try await within(.seconds(60), "the host to be ready, see \(log)") {
            var address: String?
            for await line in process.lines {
                if let text = line.rest(after: "ready: ") { address = text }
                guard let link = line.rest(after: "login: ") else { continue }
                guard let address, let port = address.split(separator: ":").last.flatMap({ Int($0) }) else { break }
                return HostProcess(process: process, address: address, loginLink: link, port: port)
            }
            throw TestFailure("the host ended before it was ready, see \(log)")
        }
    }

    /// Lets it end as Ctrl-C does.
    func stop() async throws {
        process.signal(SIGTERM)
        let process = process
        let status = try await within(.seconds(30), "the host to end") { await process.end() }
        guard status == 0 else { throw TestFailure("the host ended with status \(status)") }
    }
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
