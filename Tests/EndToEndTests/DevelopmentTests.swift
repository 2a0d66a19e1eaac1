import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Test("an app runs from its sources, follows their changes, and what it opened makes a package")
    func development() async throws {
        let folder = try TemporaryFolder()
        let log = Places.artifacts.appending(path: "development-host.log").path
        try? FileManager.default.removeItem(atPath: log)
        let definition = try await DevelopmentTests.write(to: folder)
        let host = try await HostProcess.launch(
            ["spk", "dev", "--pkg-def", definition, "--data", folder("data"), "--set", "frontend.http.port=0"], log: log
        )
        let tools = try DevTools(
            profile: folder("profile"), log: Places.artifacts.appending(path: "development-browser.log").path,
            arguments: [])
        let stage = Stage(folder: folder, host: host, tools: tools, command: HostCommand(data: folder("data")))
        do {
            try await stage.person.logIn()
            let page = try await stage.person.create("New page")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.body.innerText.includes('first text')", "the page")
            #expect(try String(contentsOfFile: log, encoding: .utf8).contains("the app says hello"))

            // The app reads its text when it starts: another text is another start.
            try "second text".write(toFile: folder("src/app/text"), atomically: true, encoding: .utf8)
            try await within(.seconds(60), "the change to be noticed") {
                while try !String(contentsOfFile: log, encoding: .utf8).contains("the sources have changed; grains") {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            let again = try await stage.person.open(grain)
            try await again.waitInFrame(
                for: "document.body.innerText.includes('second text') || (location.reload(), false)", "the new page")
        } catch {
            await tools.quit()
            throw error
        }
        await tools.quit()
        host.process.signal(SIGINT)
        let process = host.process
        #expect(try await within(.seconds(60), "the host to end") { await process.end() } == 0)
        try await DevelopmentTests.checkList(folder, definition)
        // Nothing of the sources is mounted any more.
        #expect(try !String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).contains(folder("data")))
    }
}

private enum DevelopmentTests {
    /// An app in Python that uses the machine's own interpreter, as many do.
    static let server = """
        import http.server
        text = open('/app/text').read()
        print('the app says hello', flush=True)
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = text.encode()
                self.send_response(200)
                self.send_header('Content-Type', 'text/plain')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        http.server.HTTPServer(('127.0.0.1', 8000), Handler).serve_forever()
        """

    static func write(to folder: TemporaryFolder) async throws -> String {
        try FileManager.default.createDirectory(atPath: folder("src/app"), withIntermediateDirectories: true)
        for place in ["", "src", "src/app"] { chmod(folder(place), 0o755) }
        try server.write(toFile: folder("src/app/server.py"), atomically: true, encoding: .utf8)
        try "first text".write(toFile: folder("src/app/text"), atomically: true, encoding: .utf8)
        try "never opened".write(toFile: folder("src/app/other"), atomically: true, encoding: .utf8)
        try "# what the app opened\n".write(toFile: folder("files.list"), atomically: true, encoding: .utf8)
        let key = try await ChildProcess.run(Places.barchan, ["spk", "keygen", "--keyring", folder("key")])
        let identifier = key.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let definition = folder("sandstorm-pkgdef.capnp")
        try """
        @0xa1b2c3d4e5f60718;
        using Spk = import "/sandstorm/package.capnp";
        const pkgdef :Spk.PackageDefinition = (
          id = "\(identifier)",
          manifest = (
            appTitle = (defaultText = "Page"), appVersion = 1, appMarketingVersion = (defaultText = "1"),
            actions = [(nounPhrase = (defaultText = "page"), command = .command)], continueCommand = .command),
          sourceMap = (searchPath = [
            (sourcePath = "src"),
            (sourcePath = "/", hidePaths = ["home", "proc", "sys", "etc/passwd", "etc/hosts", "root", "work"])]),
          fileList = "files.list",
          bridgeConfig = (viewInfo = (permissions = []))
        );
        const command :Spk.Manifest.Command = (
          argv = ["/sandstorm-http-bridge", "8000", "--", "/usr/bin/python3", "/app/server.py"],
          environ = [(key = "PATH", value = "/usr/bin:/bin")]);
        """.write(toFile: definition, atomically: true, encoding: .utf8)
        return definition
    }

    static func checkList(_ folder: TemporaryFolder, _ definition: String) async throws {
        let lines = try String(contentsOfFile: folder("files.list"), encoding: .utf8).split(separator: "\n").map(
            String.init)
        #expect(lines.first == "# what the app opened")
        let paths = Set(lines.dropFirst())
        // The interpreter through its link, its library, the app, and nothing that was not looked at.
        for path in ["usr/bin/python3", "app/server.py", "app/text"] { #expect(paths.contains(path), "\(path)") }
        #expect(paths.contains { $0.hasSuffix("/http/server.py") })
        #expect(paths.contains { $0.hasSuffix("/libc.so.6") })
        for path in ["app/other", "sandstorm-manifest", "sandstorm-http-bridge"] { #expect(!paths.contains(path)) }
        #expect(!paths.contains { $0.hasPrefix("/") || $0.hasPrefix("var/") || $0.contains("/data/dev/") })
        let packed = try await ChildProcess.run(
            Places.barchan,
            ["spk", "pack", "--pkg-def", definition, "--keyring", folder("key"), "--quiet", folder("app.spk")])
        #expect(packed.status == 0, "\(packed.output)")
    }
}
