import Foundation
import Testing

/// Isolation back ends other than the usual one, each as a configuration names it.
enum BackEnd: String, CaseIterable, Sendable {
    case bubblewrap, oci, external

    var settings: [String] {
        var settings = ["isolation.provider=\(rawValue)", "isolation.require=[\"noNetwork\", \"privateFileSystem\"]"]
        if self == .external {
            let program = Places.root.appending(path: "contrib/examples/external-isolation/back-end").path
            let filter = Places.programs.appending(path: "barchan-sandbox").path
            settings += [
                "isolation.external.program=\(program)", "isolation.external.arguments=[\"--filter\", \"\(filter)\"]",
            ]
        }
        return settings
    }
}

extension EndToEndTests {
    @Test("the example apps run on every isolation back end, and stop with their host", arguments: BackEnd.allCases)
    func exampleApps(_ backEnd: BackEnd) async throws {
        let name = "back-end-\(backEnd.rawValue)"
        try await Stage.with(name, apps: ["hello", "dokuwiki"], settings: backEnd.settings) { stage in
            let hello = try await stage.person.create("New greeting")
            try await hello.waitInFrame(for: "document.querySelector('h1')?.innerText === 'Hello'", "the greeting")
            let wiki = try await stage.person.create("New wiki")
            try await wiki.waitInFrame(for: "document.querySelector('#dokuwiki__content')", "DokuWiki's front page")
            try await wiki.capture(name)

            let grain = try await hello.grain()
            try await hello.close()
            try await stage.command.wait(for: "stopped", of: grain)
            let grains = descendants(of: stage.host.process.pid)
            stage.host.process.signal(SIGKILL)
            await stage.host.process.end()
            try await waitForEnd(of: grains)
        }
    }
}

extension EndToEndTests {
    @Test("what a back end does not guarantee is said at the start, by the doctor and beside a grain's limits")
    func missingGuarantee() async throws {
        let name = "back-end-weak", weakness = "memoryMiB may not hold for its grains"
        let settings = BackEnd.external.settings
        try await Stage.with(name, apps: ["hello"], settings: settings) { stage in
            _ = try await Stage.log(
                name, with: "isolation 'external': \(weakness), because it does not guarantee memoryLimit")

            let grain = try await stage.person.create("New greeting").grain()
            let limits = try await ChildProcess.json(["grain", "limits", grain, "--json", "--data", stage.command.data])
            func isGuaranteed(_ limit: String) -> JSON? {
                limits.array.first { $0["limit"].string == limit }?["guaranteed"]
            }
            #expect(isGuaranteed("memoryMiB") == .bool(false))
            #expect(isGuaranteed("processes") == .bool(true))

            let doctor = try await ChildProcess.json(["doctor", "--json"] + settings.flatMap { ["--set", $0] })
            let found = doctor["findings"].array.filter { $0["name"].string == "isolation 'external'" }
            #expect(found.first?["ok"] == .bool(true) && found.first?["state"].string == "ok")
            #expect(found.contains { $0["ok"] == .bool(false) && $0["found"].string?.contains(weakness) == true })
            try await stage.host.stop()
        }
    }

    @Test("an app that needs a loopback is refused where there is none, and its owner reads why")
    func noLoopback() async throws {
        try await Stage.with("back-end-landlock", apps: ["hello"], settings: ["isolation.provider=landlock"]) { stage in
            let page = try await Page(in: stage.tools, at: stage.host.address + "/")
            let find = "[...document.querySelectorAll('button')].find(b => b.innerText.includes('New greeting'))"
            try await page.wait(for: "!!\(find)", "a button that makes a grain")
            _ = try await page.evaluate("\(find).click()")
            try await page.wait(
                for: "document.body.innerText.includes('runs behind the HTTP bridge, which needs a loopback')",
                "the reason for the refusal")
            #expect(try await stage.command.grains().isEmpty)
            try await stage.host.stop()
        }
    }
}

extension ChildProcess {
    /// What `barchan` prints.
    static func json(_ arguments: [String]) async throws -> JSON {
        let (status, output) = try await run(Places.barchan, arguments)
        guard status == 0 else { throw TestFailure("barchan \(arguments): status \(status): \(output)") }
        return try JSON(parsing: Data(output.utf8))
    }
}

extension EndToEndTests {
    @Test(
        "an app runs from an image on every isolation back end, beside one from a directory",
        arguments: ["namespace", "bubblewrap", "oci"])
    func images(_ backEnd: String) async throws {
        let settings = ["isolation.provider=\(backEnd)", "storage.overlay.packageStore=images"]
        // The first one is installed before there is a host, without these settings.
        try await Stage.with("images-\(backEnd)", apps: ["native-app", "hello"], settings: settings) { stage in
            let directory = stage.folder("data")
            func images() throws -> Int {
                try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n")
                    .count { $0.contains(directory) && $0.contains(" - erofs ") }
            }
            let hello = try await stage.person.create("New greeting")
            try await hello.waitInFrame(for: "document.querySelector('h1')?.innerText === 'Hello'", "the greeting")
            #expect(try images() == 1)
            let counter = try await stage.person.create("New counter")
            try await counter.waitInFrame(for: "document.querySelector('#visits')?.innerText === '1'", "a visit")
            try await stage.host.stop()
            #expect(try images() == 0)
        }
    }
}
