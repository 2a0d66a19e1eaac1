import Foundation
import Testing

extension EndToEndTests {
    /// `barchan user`, with which whoever runs a host lets people in again when nobody can log in.
    @Suite("User commands", .serialized) struct UserCommands {
        @Test("people are invited, found, changed, thrown out and let in again by the command line alone")
        func all() async throws {
            let folder = try TemporaryFolder()
            let log = Places.artifacts.appending(path: "user-commands-host.log").path
            let host = try await HostProcess.start(data: folder("data"), log: log)
            let command = HostCommand(data: folder("data"))
            #expect(try await command.people().map(\.handle) == ["administrator"])

            let invitation = try await command.user("invite", "--role", "guest", "--address", "gus@example.org")
            let gus = try await Visitor.post(to: invitation, ["name": "Gus", "handle": "gus"], at: host)
            #expect(try await gus.isLoggedIn(as: "gus", at: host))
            await command.refuses("invite", "--role", "king", because: "known are administrator, user, guest")
            #expect(
                try await command.people() == [
                    .init(handle: "administrator", role: "administrator", address: nil, isSuspended: false),
                    .init(handle: "gus", role: "guest", address: "gus@example.org", isSuspended: false),
                ])

            try await command.user("role", "gus", "user")
            try await command.user("address", "gus@example.org", "g@example.org")
            #expect(
                try await command.people().last
                    == .init(handle: "gus", role: "user", address: "g@example.org", isSuspended: false))
            await command.refuses("role", "gus@example.org", "user", because: "nobody has that handle or address")

            let again = try await Visitor.post(to: try await command.user("login-link", "g@example.org"), [:], at: host)
            #expect(try await again.isLoggedIn(as: "gus", at: host))
            try await command.user("log-out", "gus")
            for visitor in [gus, again] { #expect(try await !visitor.isLoggedIn(as: "gus", at: host)) }

            let waiting = try await command.user("login-link", "gus")
            try await command.user("suspend", "gus")
            #expect(try await command.people().last?.isSuspended == true)
            await command.refuses("login-link", "gus", because: "suspended")
            #expect(try await Visitor.post(to: waiting, [:], at: host).cookie == nil)
            try await command.user("readmit", "gus")
            let back = try await Visitor.post(to: try await command.user("login-link", "gus"), [:], at: host)
            #expect(try await back.isLoggedIn(as: "gus", at: host))

            // Somebody must be left who can do everything.
            await command.refuses("suspend", "administrator", because: "the only administrator")
            await command.refuses("role", "administrator", "user", because: "the only administrator")
            try await command.user("role", "gus", "administrator")
            try await command.user("suspend", "administrator")
            await command.refuses("suspend", "gus", because: "the only administrator")
            let rescued = try await Visitor.post(to: try await command.user("login-link", "gus"), [:], at: host)
            #expect(try await rescued.isLoggedIn(as: "gus", at: host))
            try await host.stop()
            await command.refuses("list", because: "none runs on")
        }
    }
}

/// Somebody's browser, as far as a login needs one.
private struct Visitor {
    let cookie: String?

    /// Sends the form of a page of ours.
    static func post(to link: String, _ form: [String: String], at host: HostProcess) async throws -> Visitor {
        let fields = form.flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
        let (_, head) = try await ChildProcess.run(
            "/usr/bin/curl",
            ["-s", "-o", "/dev/null", "-D", "-", "-X", "POST", "-H", "Origin: \(host.address)"] + fields + [link])
        let line = head.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("set-cookie: ") }
        return Visitor(cookie: line.map { String($0.dropFirst("set-cookie: ".count).prefix { $0 != ";" }) })
    }

    func isLoggedIn(as handle: String, at host: HostProcess) async throws -> Bool {
        let (_, page) = try await ChildProcess.run(
            "/usr/bin/curl", ["-s", "-H", "Cookie: \(cookie ?? "")", "\(host.address)/account"])
        return page.contains("value=\"\(handle)\"")
    }
}

extension HostCommand {
    fileprivate struct Person: Equatable {
        var handle: String
        var role: String
        var address: String?
        var isSuspended: Bool
    }

    fileprivate func people() async throws -> [Person] {
        try JSON(parsing: Data(try await user("list", "--json").utf8)).array.map {
            Person(
                handle: $0["handle"].string ?? "", role: $0["role"].string ?? "", address: $0["address"].string,
                isSuspended: $0["suspended"] == .bool(true))
        }
    }

    private func run(_ words: [String]) async throws -> (status: Int32, output: String) {
        try await ChildProcess.run(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 2>&1", Places.barchan, "user", words[0], "--data", data]
                + words.dropFirst())
    }

    /// Runs `barchan user`, which has to succeed, and gives what it prints.
    @discardableResult
    fileprivate func user(_ words: String...) async throws -> String {
        let (status, output) = try await run(words)
        guard status == 0 else { throw TestFailure("barchan user \(words): status \(status): \(output)") }
        return output.trimmingCharacters(in: .newlines)
    }

    fileprivate func refuses(
        _ words: String..., because reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let outcome = try? await run(words)
        #expect(outcome?.status != 0, sourceLocation: sourceLocation)
        #expect(outcome?.output.contains(reason) == true, "\(outcome?.output ?? "")", sourceLocation: sourceLocation)
    }
}
