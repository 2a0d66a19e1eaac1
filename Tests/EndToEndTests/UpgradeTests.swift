import Foundation
import Testing

/// Another version of an app, uploaded in the browser, and the way back.
extension EndToEndTests {
    @Test("a person is asked about a new version, their grain moves at once and back again")
    func upgrade() async throws {
        try await Stage.with("upgrade", apps: ["hello"]) { stage in
            let second = try await packSecondVersion(in: stage.folder)
            let page = try await stage.person.create("New greeting")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.body.innerText.includes('Hello')", "the first version")

            let question = try await stage.person.upload(second)
            let text = try await question.evaluate("document.body.innerText").string ?? ""
            for words in ["A new version of Hello", "1.0", "2.0", "It says more.", "1 grain of yours"] {
                #expect(text.contains(words), "\(words) in: \(text)")
            }
            try await question.captureInBothThemes("upgrade-question")
            _ = try await question.evaluate(
                "[...document.querySelectorAll('button')].find(b => b.innerText === 'Use 2.0').click()")
            try await question.wait(
                for: "document.readyState === 'complete' && document.body.innerText.includes('Hello 2.0 is in use')",
                "the answer to the question")

            // The page of the first version opens itself again, once it is seen.
            try await page.show()
            try await page.waitInFrame(for: "document.body.innerText.includes('Hello again')", "the second version")
            try await page.close()
            try await stage.command.wait(for: "stopped", of: grain)

            // Back: the new version has run on the data, so this has to be meant.
            let back = try await Page(in: stage.tools, at: "\(stage.host.address)/grains/\(grain)/version")
            try await back.wait(for: "!!document.querySelector('input[name=force]')", "a warning before going back")
            try await back.captureInBothThemes("upgrade-back")
            _ = try await back.evaluate(
                "document.querySelector('input[name=force]').click(); document.querySelector('form.row button').click()"
            )
            try await back.wait(
                for: "document.readyState === 'complete' && document.body.innerText.includes('Hello 1.0')",
                "the grain to be of the first version again")
            let last = try await stage.person.open(grain)
            try await last.waitInFrame(
                for: "document.body.innerText.trim().startsWith('Hello\\n')", "the first version again")
            try await stage.host.stop()
        }
    }

    @Test("by command: a new version waits, is taken, an older one is refused unless forced, apps are removed")
    func upgradeByCommand() async throws {
        let settings = ["grains.previousVersionDays=0"]
        try await Stage.with("upgrade-command", apps: ["hello"], settings: settings) { stage in
            let command = stage.command
            let second = try await packSecondVersion(in: stage.folder)
            let page = try await stage.person.create("New greeting")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.body.innerText.includes('Hello')", "the first version")
            try await page.close()
            try await command.wait(for: "stopped", of: grain)

            #expect(try await command.run("app", "install", second).output.contains("another version is in use"))
            #expect(try await command.states() == ["2.0": "waiting", "1.0": "in use"])
            let app = try await command.app()
            #expect(try await command.run("app", "upgrade", app).status != 0, "nobody is there to ask")
            let upgraded = try await command.run("app", "upgrade", app, "--yes")
            #expect(upgraded.status == 0 && upgraded.output.contains("It says more."), "\(upgraded.output)")
            #expect(upgraded.output.contains("1 grain moved to 2.0 (2)"), "\(upgraded.output)")
            // Nothing needs the old one: its files are gone.
            try await within(.seconds(300), "the old version to be removed") {
                while try await command.states() != ["2.0": "in use"] {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            let packages = try FileManager.default.contentsOfDirectory(atPath: "\(command.data)/storage/packages")
            #expect(packages.count == 1, "\(packages)")

            let older = try await command.run("app", "install", "--upgrade", Places.package("hello"))
            #expect(older.status != 0)
            #expect(try await command.states() == ["2.0": "in use", "1.0": "waiting"])
            #expect(try await command.run("app", "decline", app).status == 0)
            #expect(try await command.states() == ["2.0": "in use"])
            let forced = try await command.run("app", "install", "--upgrade", "--force", Places.package("hello"))
            #expect(forced.status == 0, "\(forced.output)")
            #expect(try await command.states()["1.0"] == "in use")
            // Uninstalled, the app goes on for the grain that there is.
            let removed = try await command.run("app", "remove", app)
            #expect(removed.status == 0 && removed.output.contains("1 grain uses it still"), "\(removed.output)")
            #expect(try await command.states()["1.0"] == "uninstalled")
            #expect(try await command.run("app", "remove", app).status != 0)
            let again = try await stage.person.open(grain)
            try await again.waitInFrame(
                for: "document.body.innerText.trim().startsWith('Hello\\n')", "the first version again")
            try await again.close()
            try await inspectRecords(stage, grain)
        }
    }
}

/// What `barchan doctor --records` says of this host's data, and of it with a mistake.
private func inspectRecords(_ stage: Stage, _ grain: String) async throws {
    let command = stage.command
    let refused = try await command.run("doctor", "--records")
    #expect(refused.status != 0, "a host is using the records")
    try await stage.host.stop()
    let good = try await command.run("doctor", "--records")
    #expect(good.status == 0 && good.output.contains("agree"), "\(good.output)")
    let volumes = "\(command.data)/storage/volumes", stray = String(grain.reversed())
    try FileManager.default.moveItem(atPath: "\(volumes)/\(grain)", toPath: "\(volumes)/\(stray)")
    let bad = try await command.run("doctor", "--records", "--repair")
    #expect(bad.status == 1, "\(bad.output)")
    for line in ["PROBLEM  grain/\(grain): its data is gone", "PROBLEM  volume \(stray): there is no grain of it"] {
        #expect(bad.output.contains(line), "\(bad.output)")
    }
}

/// The Hello example with another page, as its author would pack it the next time.
func packSecondVersion(in folder: TemporaryFolder) async throws -> String {
    let tree = folder("tree"), manifest = folder("manifest.toml"), package = folder("second.spk")
    let (status, output) = try await ChildProcess.run(
        "/bin/cp", ["-a", Places.examples.appending(path: "hello.tree").path, tree])
    guard status == 0 else { throw TestFailure("copy the example: \(output)") }
    let page = "\(tree)/etc/nginx.conf"
    try String(contentsOfFile: page, encoding: .utf8).replacing("<h1>Hello</h1>", with: "<h1>Hello again</h1>")
        .write(toFile: page, atomically: true, encoding: .utf8)
    let source = Places.root.appending(path: "contrib/examples/hello/manifest.toml").path
    let text = try String(contentsOfFile: source, encoding: .utf8)
        .replacing("version = 1\nmarketingVersion = \"1.0\"", with: "version = 2\nmarketingVersion = \"2.0\"")
    try (text + "\n[metadata]\nchangeLog = \"It says more.\"\n").write(
        toFile: manifest, atomically: true, encoding: .utf8)
    let packed = try await ChildProcess.run(
        Places.barchan,
        [
            "spk", "pack", "--root", tree, "--manifest", manifest, "--bridge",
            Places.examples.appending(path: "barchan-http-bridge").path, "--keyring",
            Places.examples.appending(path: "hello.key").path, package,
        ])
    guard packed.status == 0 else { throw TestFailure("pack the second version: \(packed.output)") }
    return package
}

extension Page {
    fileprivate func captureInBothThemes(_ name: String) async throws {
        for theme in ["light", "dark"] {
            _ = try await tools.call(
                "Emulation.setEmulatedMedia",
                ["features": [["name": "prefers-color-scheme", "value": .string(theme)]]], in: session)
            try await capture("\(name)-\(theme)")
        }
    }
}

extension Person {
    /// Chooses a package file on the page of apps and waits for the question about it.
    func upload(_ file: String) async throws -> Page {
        let page = try await Page(in: tools, at: host.address + "/apps")
        try await page.choose(file: file, in: "input[type=file]")
        _ = try await page.evaluate("document.querySelector('input[type=file]').closest('form').requestSubmit()")
        try await page.wait(
            for: "document.readyState === 'complete' && location.pathname.endsWith('/upgrade')",
            "the question about the new version", limit: .seconds(300))
        return page
    }
}

extension HostCommand {
    fileprivate func run(_ arguments: String...) async throws -> (status: Int32, output: String) {
        try await ChildProcess.run(
            Places.barchan, Array(arguments.prefix(2)) + ["--data", data] + arguments.dropFirst(2))
    }

    private func apps() async throws -> JSON {
        try JSON(parsing: Data(try await run("app", "list", "--json").output.utf8))
    }

    fileprivate func app() async throws -> String { try await apps().array.first?["app"].string ?? "" }

    /// The versions of the only app, by what people read.
    fileprivate func states() async throws -> [String: String] {
        let versions = try await apps().array.first?["versions"].array ?? []
        return Dictionary(uniqueKeysWithValues: versions.map { ($0["version"].string ?? "", $0["state"].string ?? "") })
    }
}
