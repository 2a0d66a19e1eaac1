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

extension EndToEndTests {
    /// Codes by e-mail, through a mail server on loopback.
    @Suite("Codes by e-mail", .serialized) struct MailCodes {
        private static let sink = """
            import socket
            server = socket.create_server(('127.0.0.1', 0))
            print(server.getsockname()[1], flush=True)
            while True:
                connection, _ = server.accept()
                file = connection.makefile('rwb')
                def say(text):
                    file.write(text + b'\\r\\n')
                    file.flush()
                say(b'220 sink')
                for line in file:
                    word = line.split()[0].upper()
                    if word == b'DATA':
                        say(b'354 go on')
                        for line in file:
                            if line == b'.\\r\\n': break
                            print(line.decode().rstrip(), flush=True)
                    say(b'221 bye' if word == b'QUIT' else b'250 yes')
                    if word == b'QUIT': break
                connection.close()
            """

        @Test("a person logs in with the code that a mail server got for them, once")
        func code() async throws {
            let folder = try TemporaryFolder()
            try Self.sink.write(toFile: folder("sink.py"), atomically: true, encoding: .utf8)
            let sink = try ChildProcess("/usr/bin/python3", [folder("sink.py")])
            var lines = sink.lines.makeAsyncIterator()
            let port = try #require(await lines.next())
            let host = try await HostProcess.start(
                data: folder("data"),
                settings: [
                    "mail.server=smtp://127.0.0.1:\(port)", "mail.from=Barchan <barchan@example.org>",
                    "mail.encrypted=false",
                ], log: Places.artifacts.appending(path: "mail-codes-host.log").path)
            let command = HostCommand(data: folder("data"))
            let invitation = try await command.user("invite", "--address", "ann@example.org")
            _ = try await Visitor.post(to: invitation, ["name": "Ann", "handle": "ann"], at: host)

            let email = "\(host.address)/login/by/email"
            let asked = try await Visitor.post(to: email, ["claim": "Ann@example.org"], at: host)
            let match = try #require(try /name="challenge" value="([0-9a-f]+)"/.firstMatch(in: asked.page))
            let challenge = String(match.1)
            let code = try await within(.seconds(20), "the mail") {
                for await line in sink.lines {
                    if let code = line.rest(after: "Your code is: ") { return code }
                }
                throw TestFailure("the mail server ended")
            }
            #expect(code.utf8.count == 8)
            func answer(_ code: String) async throws -> Visitor {
                try await Visitor.post(to: email + "/answer", ["challenge": challenge, "answer": code], at: host)
            }
            #expect(try await answer(code == "00000000" ? "00000001" : "00000000").cookie == nil)
            #expect(try await answer(code).isLoggedIn(as: "ann", at: host))
            #expect(try await answer(code).cookie == nil, "it works once")
            try await host.stop()
        }
    }
}

/// Somebody's browser, as far as a login needs one.
private struct Visitor {
    let cookie: String?
    let page: String

    /// Sends the form of a page of ours.
    static func post(to link: String, _ form: [String: String], at host: HostProcess) async throws -> Visitor {
        let fields = form.flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
        let (_, answer) = try await ChildProcess.run(
            "/usr/bin/curl", ["-s", "-i", "-X", "POST", "-H", "Origin: \(host.address)"] + fields + [link])
        let line = answer.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("set-cookie: ") }
        return Visitor(
            cookie: line.map { String($0.dropFirst("set-cookie: ".count).prefix { $0 != ";" }) }, page: answer)
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
    func user(_ words: String...) async throws -> String {
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
