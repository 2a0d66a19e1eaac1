import Foundation
import Glibc
import Testing

/// DokuWiki, a PHP app, in a browser.
extension EndToEndTests {
    @Test("a wiki page survives its tab, its grain and its host")
    func wiki() async throws {
        try await Stage.with("wiki", apps: ["dokuwiki"]) { stage in
            let page = try await stage.person.create("New wiki")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.querySelector('#dokuwiki__content')", "DokuWiki's front page")
            try await page.capture("wiki-new")
            try await writeWikiPage(page, "The dune keeps its shape.")
            try await page.capture("wiki-edited")

            try await page.close()
            try await stage.command.wait(for: "stopped", of: grain)
            let again = try await stage.person.open(grain)
            try await expectWikiPage(again, "The dune keeps its shape.")

            // The host is killed while the tab is open and the grain runs.
            let grains = descendants(of: stage.host.process.pid)
            #expect(grains.count >= 3, "the launcher, the bridge and PHP are below the host")
            stage.host.process.signal(SIGKILL)
            await stage.host.process.end()
            try await waitForEnd(of: grains)
            let restarted = try await stage.restarted("wiki")
            try await again.go(to: "\(restarted.host.address)/grain/\(grain)")
            try await expectWikiPage(again, "The dune keeps its shape.")
            try await again.capture("wiki-after-kill")
            try await restarted.host.stop()
        }
    }

    @Test("a tab that stays open brings its stopped grain back with the next click")
    func transparentRestart() async throws {
        try await Stage.with("restart", apps: ["dokuwiki"]) { stage in
            let page = try await stage.person.create("New wiki")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.querySelector('#dokuwiki__content')", "DokuWiki's front page")
            let (status, _) = try await ChildProcess.run(
                Places.barchan, ["grain", "stop", "--data", stage.command.data, grain])
            #expect(status == 0)
            try await page.runInFrame("location.href = '/doku.php?id=start&do=index'; true")
            try await page.waitInFrame(
                for: "document.querySelector('#index__tree')", "the site map of a grain that was stopped")
            try await stage.host.stop()
        }
    }

    @Test("two grains of one app know nothing of each other and share its package")
    func apart() async throws {
        try await Stage.with("apart", apps: ["dokuwiki"]) { stage in
            let first = try await stage.person.create("New wiki")
            try await first.waitInFrame(for: "document.querySelector('#dokuwiki__content')", "the first wiki")
            try await writeWikiPage(first, "Only in the first.")

            let second = try await stage.person.create("New wiki")
            try await second.waitInFrame(for: "document.querySelector('#dokuwiki__content')", "the second wiki")
            #expect(try await first.grain() != second.grain())
            let text = try await second.waitInFrame(for: "document.body.innerText", "the second wiki's text")
            #expect(text.string?.contains("Only in the first.") == false)

            // Each is on a host name of its own.
            let hosts = try await (
                first.waitInFrame(for: "location.host", "a host name"),
                second.waitInFrame(for: "location.host", "a host name")
            )
            #expect(hosts.0 != hosts.1)

            // One tree on disk: its largest file is there once.
            let copies = files(named: "libicudata.so.72", below: stage.command.data)
            #expect(copies.count == 1, "\(copies)")
            // The text is in one volume only.
            let (_, found) = try await ChildProcess.run(
                "/bin/grep", ["-rlF", "Only in the first.", "--include=start.txt", stage.command.data])
            #expect(found.split(separator: "\n").count == 1, "\(found)")
            try await stage.host.stop()
        }
    }
}

func writeWikiPage(_ page: Page, _ text: String) async throws {
    try await page.runInFrame("location.href = '/doku.php?id=start&do=edit'; true")
    try await page.waitInFrame(
        for: "document.readyState === 'complete' && document.querySelector('#wiki__text')", "the editor")
    let literal = try JSON.literal(text)
    try await page.runInFrame(
        "document.querySelector('#wiki__text').value = \(literal); document.querySelector('#edbtn__save').click(); true"
    )
    try await expectWikiPage(page, text)
}

func expectWikiPage(_ page: Page, _ text: String) async throws {
    let literal = try JSON.literal(text)
    try await page.waitInFrame(
        for:
            "document.readyState === 'complete' && document.querySelector('.page') && document.querySelector('.page').innerText.includes(\(literal))",
        "the page to say '\(text)'")
}

/// Waits until none of these processes is there.
func waitForEnd(of processes: Set<pid_t>) async throws {
    try await within(.seconds(300), "\(processes.count) processes of a killed host to be gone") {
        while processes.contains(where: { kill($0, 0) == 0 && !isZombie($0) }) {
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// Ended, but nobody has asked how yet: whoever inherits orphans here may be slow.
private func isZombie(_ process: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
    return status.split(separator: ")").last?.split(separator: " ").first == "Z"
}

private func files(named name: String, below folder: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: folder)
    return (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix("/" + name) }
}
