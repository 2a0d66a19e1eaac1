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
