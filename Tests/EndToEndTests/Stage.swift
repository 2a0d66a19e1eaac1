import Foundation
import Glibc

/// A host with its data, a browser, and somebody logged in; everything ends and disappears with the test.
struct Stage: Sendable {
    let folder: TemporaryFolder
    let host: HostProcess
    let tools: DevTools
    let command: HostCommand

    var person: Person { Person(tools: tools, host: host) }

    /// Runs a test on a fresh host with the named apps installed and an administrator logged in.
    /// - Parameters:
    ///   - browser: Further arguments for the browser.
    ///   - settings: What `--set` changes of the host's configuration.
    ///   - listener: A listening socket that the host is handed over.
    ///   - user: Whom the host runs as, when the tests run as root.
    ///   - data: The host's data directory, when it is to be another one than in the test's own folder.
    static func with(
        _ name: String, apps: [String], browser: [String] = [], settings: [String] = [],
        listener: Int32? = nil, user: Int? = nil, data: String? = nil, _ body: (Stage) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let log = Places.artifacts.appending(path: "\(name)-host.log").path
        try? FileManager.default.removeItem(atPath: log)
        let data = data ?? folder("data")
        let command = HostCommand(data: data)
        let user = geteuid() == 0 ? user : nil
        if let user { try folder.give(to: user) }
        // Without a running host the command installs by itself, with one through it; both ways are used here.
        if let first = apps.first, user == nil { try await command.install(first) }
        let host = try await HostProcess.start(
            data: data, settings: settings, listener: listener, user: user, log: log)
        for app in user == nil ? Array(apps.dropFirst()) : apps { try await command.install(app) }
        let tools = try DevTools(
            profile: folder("profile"), log: Places.artifacts.appending(path: "\(name)-browser.log").path,
            arguments: browser)
        let stage = Stage(folder: folder, host: host, tools: tools, command: command)
        do {
            try await stage.person.logIn()
            try await body(stage)
        } catch {
            await stage.keepEvidence(name)
            await tools.quit()
            throw error
        }
        await tools.quit()
    }

    /// The same data under a new host on the same port, after the old one was killed.
    func restarted(_ name: String, settings: [String] = []) async throws -> Stage {
        let log = Places.artifacts.appending(path: "\(name)-host.log").path
        let host = try await HostProcess.start(
            data: command.data, port: host.port, settings: settings, listener: host.listener, log: log)
        return Stage(folder: folder, host: host, tools: tools, command: command)
    }

    /// The host's log once it has a line with `words`: lines are written behind what they are about.
    static func log(_ name: String, with words: String) async throws -> String {
        let log = Places.artifacts.appending(path: "\(name)-host.log")
        return try await within(.seconds(300), "'\(words)' in the host's log") {
            while true {
                let text = try String(contentsOf: log, encoding: .utf8)
                if text.contains(words), text.hasSuffix("\n") { return text }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private func keepEvidence(_ name: String) async {
        for grain in (try? await command.grains()) ?? [] {
            let text = (try? await command.log(of: grain.identifier)) ?? ""
            try? "\(grain)\n\(text)".write(
                to: Places.artifacts.appending(path: "\(name)-\(grain.identifier).log"), atomically: true,
                encoding: .utf8)
        }
        for (number, page) in await tools.pages().enumerated() {
            try? await page.capture("\(name)-failed-\(number)")
        }
    }
}
