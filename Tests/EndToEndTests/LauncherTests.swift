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
            for _ in 0..<2 {
                let grains = descendants(of: stage.host.process.pid), launcher = try stage.host.launcher()
                try #require(kill(launcher, SIGKILL) == 0)
                try await waitForEnd(of: grains)
                for page in pages {
                    let answer = try await page.evaluateInFrame(
                        "fetch('/').then(async r => r.status + ' ' + await r.text())"
                    ).string
                    #expect(answer?.hasPrefix("200 ") == true, "\(answer ?? "")")
                }
                #expect(try await stage.command.grains().map(\.state) == [String](repeating: "running", count: 6))
            }
            // Another grain of the same app is nobody's worse.
            let page = try await stage.person.create("New greeting")
            try await page.waitInFrame(for: "document.querySelector('h1')?.innerText === 'Hello'", "one more greeting")
        }
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
