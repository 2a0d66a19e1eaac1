import Foundation

/// A tab of the browser.
struct Page: Sendable {
    let tools: DevTools
    let target: String
    let session: String
    /// Whether what is evaluated counts as a person's act with the browser (user activation), in this page and those around it.
    var isActing = true

    init(tools: DevTools, target: String, session: String) {
        self.tools = tools
        self.target = target
        self.session = session
    }

    /// Opens a tab.
    /// - Parameter profile: Whose cookies it has; nil for the browser's own.
    init(in tools: DevTools, at url: String, profile: String? = nil) async throws {
        self.tools = tools
        let parameters: JSON =
            if let profile { ["url": "about:blank", "browserContextId": .string(profile)] } else {
                ["url": "about:blank"]
            }
        let target = try await tools.call("Target.createTarget", parameters)["targetId"].string ?? ""
        let session =
            try await tools.call(
                "Target.attachToTarget", ["targetId": .string(target), "flatten": true])["sessionId"].string ?? ""
        self.target = target
        self.session = session
        // Frames of other sites run in processes of their own and are reached through sessions of their own.
        _ = try await tools.call(
            "Target.setAutoAttach", ["autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true], in: session)
        _ = try await tools.call("Page.enable", in: session)
        _ = try await tools.call("Runtime.enable", in: session)
        try await go(to: url)
    }

    func go(to url: String) async throws {
        let result = try await tools.call("Page.navigate", ["url": .string(url)], in: session)
        if let text = result["errorText"].string { throw TestFailure("open \(url): \(text)") }
        _ = try await wait(for: "document.readyState === 'complete'", "\(url) to load")
    }

    /// Closes the tab as a person does: pages get to say good-bye.
    func close() async throws { _ = try await tools.call("Target.closeTarget", ["targetId": .string(target)]) }

    /// Goes to the tab, as a person who clicks it.
    func show() async throws { _ = try await tools.call("Page.bringToFront", in: session) }

    /// The value of an expression in the page itself.
    func evaluate(_ expression: String) async throws -> JSON { try await evaluate(expression, in: session) }

    /// Waits until an expression in the page itself is true.
    @discardableResult
    func wait(for expression: String, _ what: String, limit: Duration = .seconds(300)) async throws -> JSON {
        let session = session
        return try await within(limit, what) { try await poll(expression) { session } }
    }

    /// Waits until an expression in the grain's frame is true; survives that the frame goes from page to page.
    @discardableResult
    func waitInFrame(for expression: String, _ what: String, limit: Duration = .seconds(300)) async throws -> JSON {
        let tools = tools, session = session
        return try await within(limit, what) {
            try await poll(expression) { await tools.frames(in: session).last?.identifier }
        }
    }

    /// Runs statements in the grain's frame.
    func runInFrame(_ script: String) async throws { _ = try await evaluateInFrame(script) }

    /// The value of an expression in the grain's frame.
    func evaluateInFrame(_ expression: String) async throws -> JSON {
        guard let frame = await tools.frames(in: session).last else { throw TestFailure("the page has no grain frame") }
        return try await evaluate(expression, in: frame.identifier)
    }

    /// A picture of the tab, kept among the artefacts.
    func capture(_ name: String) async throws {
        if let frame = await tools.frames(in: session).last {
            // What has loaded need not be painted yet: wait for the second of two frames.
            _ = try? await evaluate(
                """
                new Promise(resolve => {
                    const paint = () => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
                    if (document.readyState === 'complete') paint(); else addEventListener('load', paint);
                })
                """, in: frame.identifier)
        }
        let picture = try await tools.call(
            "Page.captureScreenshot", ["format": "png"], in: session)
        guard let data = Data(base64Encoded: picture["data"].string ?? "") else { throw TestFailure("no picture") }
        try data.write(to: Places.artifacts.appending(path: "\(name).png"))
    }

    /// Chooses a file in an `<input type=file>`.
    func choose(file: String, in selector: String) async throws {
        let document = try await tools.call("DOM.getDocument", in: session)["root"]["nodeId"]
        let node = try await tools.call(
            "DOM.querySelector", ["nodeId": document, "selector": .string(selector)], in: session)
        _ = try await tools.call(
            "DOM.setFileInputFiles", ["files": [.string(file)], "nodeId": node["nodeId"]], in: session)
    }

    private func evaluate(_ expression: String, in session: String) async throws -> JSON {
        let parameters: JSON = [
            "expression": .string(expression), "awaitPromise": true, "returnByValue": true,
            "userGesture": .bool(isActing),
        ]
        let answer = try await tools.call("Runtime.evaluate", parameters, in: session)
        if answer["exceptionDetails"] != .null {
            let details = answer["exceptionDetails"]
            throw TestFailure(
                details["exception"]["description"].string ?? details["text"].string ?? "an exception in the page")
        }
        return answer["result"]["value"]
    }

    /// Asks again and again, inside the page while it stays, anew after it went to another address.
    private func poll(_ expression: String, session: @Sendable () async -> String?) async throws -> JSON {
        let script = """
            new Promise(resolve => {
                let rounds = 0;
                const look = () => {
                    let value = null;
                    try { value = (\(expression)); } catch (error) {}
                    if (value || ++rounds > 20) resolve(value || null); else setTimeout(look, 25);
                };
                look();
            })
            """
        while true {
            try Task.checkCancellation()
            // An error here means that the page has just gone elsewhere; the next round asks the new one.
            if let session = await session(), let value = try? await evaluate(script, in: session) {
                if value != .null && value != .bool(false) { return value }
            } else {
                try await Task.sleep(for: .milliseconds(25))
            }
        }
    }
}
