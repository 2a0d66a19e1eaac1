import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Test(
        "when what makes the sandboxes is killed, every open grain answers its next request, and none is blamed",
        arguments: [nil, BackEnd.external])
    func killedLauncher(_ backEnd: BackEnd?) async throws {
        let name = "killed-\(backEnd?.rawValue ?? "launcher")"
        try await Stage.with(name, apps: ["hello"], settings: backEnd?.settings ?? []) { stage in
            var pages: [Page] = []
            for _ in 0..<6 {
                let page = try await stage.person.create("New greeting")
                try await page.waitInFrame(for: "document.querySelector('h1')?.innerText === 'Hello'", "the greeting")
                pages.append(page)
            }
            for isBusy in [false, true, true, true] {
                let grains = descendants(of: stage.host.process.pid), launcher = try stage.host.launcher()
                if !isBusy {
                    try #require(kill(launcher, SIGKILL) == 0)
                    try await waitForEnd(of: grains)
                }
                try await withThrowingTaskGroup(of: Set<String>.self) { group in
                    for page in pages { group.addTask { try await page.statuses(ofRequests: 20) } }
                    // At whatever moment of them this is.
                    if isBusy { try #require(kill(launcher, SIGKILL) == 0) }
                    for try await statuses in group { #expect(statuses == ["200"]) }
                }
                try await waitForEnd(of: grains)
                // Some may have been asked for the last time before that moment.
                for page in pages { #expect(try await page.statuses(ofRequests: 1) == ["200"]) }
                #expect(try await stage.command.grains().map(\.state) == [String](repeating: "running", count: 6))
            }
            // Another grain of the same app is nobody's worse.
            let page = try await stage.person.create("New greeting")
            try await page.waitInFrame(for: "document.querySelector('h1')?.innerText === 'Hello'", "one more greeting")
        }
    }
}

extension Page {
    /// What the app answers to requests one after the other.
    fileprivate func statuses(ofRequests count: Int) async throws -> Set<String> {
        let script = """
            (async () => {
              const seen = new Set();
              for (let i = 0; i < \(count); i++) seen.add(String((await fetch('/')).status));
              return [...seen].join(' ');
            })()
            """
        let text = try await evaluateInFrame(script).string ?? ""
        return Set(text.split(separator: " ").map(String.init))
    }
}

extension HostProcess {
    /// The only process that the host itself has started.
    fileprivate func launcher() throws -> pid_t {
        let children = descendants(of: process.pid).filter { child in
            // One that is gone meanwhile is none of them.
            (try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8))?
                .contains("\nPPid:\t\(process.pid)\n") == true
        }
        return try #require(children.count == 1 ? children.first : nil, "the host has \(children.count) children")
    }
}
