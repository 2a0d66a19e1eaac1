import Foundation
import Testing

extension EndToEndTests {
    /// Real clients and real apps, by tokens (specification, sections 8.3 and 10).
    @Suite("Programs", .serialized) struct Programs {
        @Test("git clones from and pushes to a repository in a grain, and may only clone with a reader's token")
        func git() async throws {
            try await Stage.with("program-git", apps: ["git"]) { stage in
                let page = try await stage.person.create("New repository")
                try await page.waitInFrame(for: "document.body.innerText.includes('repository')", "cgit's page")
                let writer = try await page.webkey(role: "0"), reader = try await page.webkey(role: "1")
                let work = stage.folder("work")
                try await stage.run("git", ["clone", "-q", writer.url, work])
                try "hello\n".write(toFile: work + "/hello.txt", atomically: true, encoding: .utf8)
                let author = ["-C", work, "-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
                try await stage.run("git", author + ["add", "."])
                try await stage.run("git", author + ["commit", "-qm", "first"])
                try await stage.run("git", author + ["push", "-q", "origin", "HEAD:main"])
                // A push of more than one packet that the other side cannot compress.
                var large = Data(count: 3_000_000)
                for index in large.indices { large[index] = UInt8.random(in: 0...255) }
                try large.write(to: URL(filePath: work + "/large.bin"))
                try await stage.run("git", author + ["add", "."])
                try await stage.run("git", author + ["commit", "-qm", "second"])
                try await stage.run("git", author + ["push", "-q", "origin", "HEAD:main"])
                let copy = stage.folder("copy")
                try await stage.run("git", ["clone", "-q", "-b", "main", reader.url, copy])
                #expect(FileManager.default.contentsEqual(atPath: copy + "/large.bin", andPath: work + "/large.bin"))
                let refused = try await stage.status(
                    "git", ["-C", copy, "push", "-q", "origin", "HEAD:refs/heads/other"])
                #expect(refused != 0)
                // Taken back, the token opens nothing any more.
                _ = try await page.evaluate(
                    "[...document.querySelectorAll('dialog .grant button')].forEach(b => b.innerText === 'Revoke' && b.click())"
                )
                try await page.wait(
                    for: "document.querySelector('dialog').innerText.includes('Nobody has access')", "a token to go")
                try await stage.host.stop()
            }
        }

        @Test("rclone copies a folder to a grain with WebDAV and back")
        func rclone() async throws {
            try await Stage.with("program-rclone", apps: ["webdav"]) { stage in
                let page = try await stage.person.create("New folder")
                try await page.waitInFrame(for: "document.title.includes('Index')", "the folder's page")
                let key = try await page.webkey(role: "0")
                let local = stage.folder("local")
                try FileManager.default.createDirectory(
                    atPath: local + "/sub folder", withIntermediateDirectories: true)
                try "hello\n".write(toFile: local + "/a.txt", atomically: true, encoding: .utf8)
                try String(repeating: "0123456789", count: 200_000).write(
                    toFile: local + "/sub folder/ä b.txt", atomically: true, encoding: .utf8)
                let (_, password) = try await ChildProcess.run("/usr/bin/rclone", ["obscure", "--", key.token])
                let remote = [
                    "--config", "/dev/null", "--webdav-url", key.address, "--webdav-user", "x", "--webdav-pass",
                    password.trimmingCharacters(in: .newlines),
                ]
                try await stage.run("rclone", ["sync", local, ":webdav:"] + remote, host: key.host)
                try await stage.run("rclone", ["check", local, ":webdav:", "--download"] + remote, host: key.host)
                let back = stage.folder("back")
                try await stage.run("rclone", ["sync", ":webdav:", back] + remote, host: key.host)
                #expect(try String(contentsOfFile: back + "/a.txt", encoding: .utf8) == "hello\n")
                #expect(
                    FileManager.default.contentsEqual(
                        atPath: back + "/sub folder/ä b.txt", andPath: local + "/sub folder/ä b.txt"))
                // On the server, without a byte through the client: MOVE and COPY.
                try await stage.run("rclone", ["moveto", ":webdav:a.txt", ":webdav:b c.txt"] + remote, host: key.host)
                try await stage.run(
                    "rclone", ["copyto", ":webdav:b c.txt", ":webdav:sub folder/ü.txt"] + remote, host: key.host)
                let listed = try await stage.run("rclone", ["lsf", "-R", ":webdav:"] + remote, host: key.host)
                #expect(
                    Set(listed.split(separator: "\n")) == [
                        "b c.txt", "sub folder/", "sub folder/ä b.txt", "sub folder/ü.txt",
                    ])
                #expect(
                    try await stage.run("rclone", ["cat", ":webdav:sub folder/ü.txt"] + remote, host: key.host)
                        == "hello\n")
                try await stage.run("rclone", ["purge", ":webdav:sub folder"] + remote, host: key.host)
                try await stage.host.stop()
            }
        }

        @Test("a CalDAV library keeps events in Radicale")
        func calendar() async throws {
            try await Stage.with("program-caldav", apps: ["calendar"]) { stage in
                let page = try await stage.person.create("New Calendar")
                let grain = try await page.grain()
                try await stage.command.wait(for: "running", of: grain)
                let key = try await page.webkey(role: "everything")
                let script = """
                    import sys, datetime, caldav
                    client = caldav.DAVClient(sys.argv[1] + '/', username='x', password=sys.argv[2])
                    # Radicale knows no users here, so there is no home of a principal to make a calendar in (RFC 5689).
                    client.request(sys.argv[1] + '/choir/', 'MKCOL', '''<?xml version="1.0" encoding="utf-8"?>
                    <mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><resourcetype><collection/>
                    <C:calendar/></resourcetype><displayname>Choir</displayname></prop></set></mkcol>'''.strip(),
                        {'Content-Type': 'text/xml'})
                    calendar = caldav.Calendar(client, url=sys.argv[1] + '/choir/')
                    calendar.save_event(dtstart=datetime.datetime(2026, 12, 24, 18), dtend=datetime.datetime(2026, 12, 24, 20),
                                        summary='Rehearsal')
                    found = calendar.date_search(datetime.datetime(2026, 12, 1), datetime.datetime(2026, 12, 31))
                    assert len(found) == 1 and 'Rehearsal' in found[0].data, found
                    token = calendar.objects_by_sync_token(load_objects=True)
                    found[0].data = found[0].data.replace('Rehearsal', 'Concert')
                    found[0].save()
                    changed, deleted = token.sync()
                    assert 'Concert' in calendar.events()[0].data
                    calendar.events()[0].delete()
                    assert not calendar.events()
                    print('synced')
                    """
                let path = stage.folder("client-of-calendar.py")
                try script.write(toFile: path, atomically: true, encoding: .utf8)
                let output = try await stage.run("/usr/bin/python3", [path, key.address, key.token], host: key.host)
                #expect(output.contains("synced"))
                try await stage.host.stop()
            }
        }
    }
}

/// A token with the address it is for.
struct Webkey: Sendable {
    let address: String
    let token: String

    var host: String { URL(string: address)?.host() ?? "" }
    /// With the token as the password.
    var url: String { address.replacing("http://", with: "http://x:\(token)@") + "/" }
}

extension Page {
    /// Makes a webkey in the dialog for sharing.
    func webkey(role: String) async throws -> Webkey {
        let isOpen = try await evaluate("document.querySelector('dialog.share').open") == .bool(true)
        let dialog = isOpen ? ShareDialog(page: self) : try await share()
        let before = try await evaluate("document.querySelector('dialog #made')?.value ?? ''").string ?? ""
        try await dialog.submit("token", ["role": role, "label": "test"])
        let made =
            try await wait(
                for:
                    "(v => v && v !== \(try JSON.literal(before)) ? v : null)(document.querySelector('dialog #made')?.value)",
                "a new webkey"
            ).string ?? ""
        let parts = made.split(separator: "#")
        guard parts.count == 2 else { throw TestFailure("'\(made)' is no webkey") }
        return Webkey(address: String(parts[0]), token: String(parts[1]))
    }
}

extension Stage {
    /// Runs a client that has to succeed.
    /// - Parameter host: A name below `localhost` that the client's own resolver does not know.
    @discardableResult
    func run(_ program: String, _ arguments: [String], host: String? = nil) async throws -> String {
        let (status, output) = try await start(program, arguments, host: host)
        guard status == 0 else { throw TestFailure("\(program) \(arguments): status \(status): \(output)") }
        return output
    }

    func status(_ program: String, _ arguments: [String]) async throws -> Int32 {
        try await start(program, arguments, host: nil).status
    }

    private func start(
        _ program: String, _ arguments: [String], host: String?
    ) async throws -> (status: Int32, output: String) {
        // Nobody is asked for a password, and no settings of whoever runs the tests count.
        var words = ["GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=\(folder.path)", "no_proxy=*"]
        var command = [program] + arguments
        if let host {
            let hosts = folder("hosts")
            try "127.0.0.1 localhost \(host)\n".write(toFile: hosts, atomically: true, encoding: .utf8)
            // A view of its own of /etc/hosts.
            command =
                [
                    "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                    "mount --bind \"$0\" /etc/hosts && exec \"$@\" 2>&1", hosts,
                ] + command
        } else {
            command = ["sh", "-c", "exec \"$0\" \"$@\" 2>&1"] + command
        }
        words += command
        return try await ChildProcess.run("/usr/bin/env", words)
    }
}
