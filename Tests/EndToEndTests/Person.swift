import Foundation

/// Somebody at a browser, using a host as people do.
struct Person: Sendable {
    let tools: DevTools
    let host: HostProcess

    /// Opens a one-time link.
    /// - Parameter link: Nil for the one that the host printed.
    func logIn(by link: String? = nil) async throws {
        let page = try await Page(in: tools, at: link ?? host.loginLink)
        // The link's page asks first: a preview of the link in a chat must not use it up.
        if try await page.evaluate("!!document.querySelector('form button')") == true {
            _ = try await page.evaluate("document.querySelector('form button').click()")
        }
        try await page.wait(
            for: "location.pathname === '/' && document.readyState === 'complete'",
            "the list of grains after logging in")
        try await page.close()
    }

    /// Chooses a package file on the page of apps and waits until the app is listed.
    func install(_ file: String, title: String) async throws {
        let page = try await Page(in: tools, at: host.address + "/apps")
        try await page.choose(file: file, in: "input[type=file]")
        _ = try await page.evaluate("document.querySelector('input[type=file]').closest('form').requestSubmit()")
        let name = try JSON.literal(title)
        try await page.wait(
            for:
                "document.readyState === 'complete' && location.search.includes('installed=') && document.body.innerText.includes(\(name))",
            "\(title) to be installed", limit: .seconds(300))
        try await page.capture("apps-\(title.lowercased())")
        try await page.close()
    }

    /// Clicks the button that makes a grain, and stays on its page.
    func create(_ button: String) async throws -> Page {
        let page = try await Page(in: tools, at: host.address + "/")
        let text = try JSON.literal(button)
        let find = "[...document.querySelectorAll('button')].find(b => b.innerText.includes(\(text)))"
        try await page.wait(for: "!!\(find)", "a button '\(button)'")
        _ = try await page.evaluate("\(find).click()")
        try await page.wait(for: "location.pathname.startsWith('/grain/')", "the new grain's page")
        return page
    }

    /// Opens a grain in a new tab.
    func open(_ grain: String, path: String = "") async throws -> Page {
        try await Page(in: tools, at: "\(host.address)/grain/\(grain)\(path)")
    }
}

extension Page {
    /// The identifier of the grain that the tab shows.
    func grain() async throws -> String {
        guard let path = try await evaluate("location.pathname").string, path.hasPrefix("/grain/"),
            let grain = path.split(separator: "/").dropFirst().first
        else { throw TestFailure("the tab shows no grain") }
        return String(grain)
    }
}
