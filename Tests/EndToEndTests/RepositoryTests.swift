import Foundation
import Glibc
import Testing

/// Fossil, a C program with SQLite, in a browser.
extension EndToEndTests {
    @Test("an app is installed in the browser, and what its page sends in the background arrives and stays")
    func repository() async throws {
        try await Stage.with("repository", apps: []) { stage in
            try await stage.person.install(Places.package("fossil"), title: "Fossil")
            let page = try await stage.person.create("New repository")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.body.innerText.includes('My repository')", "Fossil's front page")
            try await page.runInFrame("location.href = '/wikiedit?name=Dunes'; true")
            try await page.waitInFrame(
                for:
                    "document.readyState === 'complete' && window.fossil && fossil.page && fossil.page.wikiContent && document.querySelector('#wikiedit-content-editor')",
                "Fossil's editor")
            try await page.runInFrame(
                """
                fossil.page.wikiContent('Barchans walk.');
                document.querySelector('#wikiedit-content-editor').dispatchEvent(new Event('change', { bubbles: true }));
                true
                """)
            try await page.waitInFrame(
                for: "[...document.querySelectorAll('button.wikiedit-save')].some(b => !b.disabled)",
                "a change that can be saved")
            try await page.runInFrame("document.querySelector('button.wikiedit-save').click(); true")
            try await page.waitInFrame(
                for: "[...document.querySelectorAll('button.wikiedit-save')].every(b => b.disabled)", "Fossil to save")
            try await expectPage(page, grain)
            try await page.capture("repository-edited")

            try await page.close()
            try await stage.command.wait(for: "stopped", of: grain)
            let again = try await stage.person.open(grain)
            try await again.waitInFrame(for: "document.body.innerText.includes('My repository')", "Fossil's front page")
            try await expectPage(again, grain)

            stage.host.process.signal(SIGKILL)
            await stage.host.process.end()
            let restarted = try await stage.restarted("repository")
            // A deep link, as somebody might have kept it.
            let linked = try await restarted.person.open(grain, path: "/wiki?name=Dunes")
            try await linked.waitInFrame(
                for: "document.body.innerText.includes('Barchans walk.')", "the page after the host was killed")
            try await restarted.host.stop()
        }
    }
}

private func expectPage(_ page: Page, _ grain: String) async throws {
    try await page.runInFrame("location.href = '/wiki?name=Dunes'; true")
    try await page.waitInFrame(
        for: "location.pathname === '/wiki' && document.body.innerText.includes('Barchans walk.')",
        "the page of the repository")
}
