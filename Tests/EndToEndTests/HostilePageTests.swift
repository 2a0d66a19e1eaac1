import Foundation
import Testing

/// What a page of an app that means harm can do, in a real browser: behind our walls, and as control without any.
extension EndToEndTests {
    @Test("nothing gets out of a hostile page, and an ordinary page misses nothing")
    func hostilePages() async throws {
        let progress = try ProgressLog("hostile-pages.log")
        let server = try await PlainServer()
        let walled = try await behindWalls(progress)
        let names = walled.names
        let control = try await withoutWalls(names, server, progress)
        let table = names.leaks.map { name in
            HostileResult(channel: name, walled: walled.leaks[name], control: control[name])
        }
        report(table, walled.functions)

        for result in table { #expect(result.walled == nil, "'\(result.channel)' got out") }
        for (name, problem) in walled.functions { #expect(problem == "", "'\(name)' does not work") }
        #expect(names.leaks.count >= 100)
        #expect(names.functions.count >= 25)
        let proven = table.count { $0.control != nil }
        #expect(
            proven * 100 >= table.count * 75, "the control let out \(proven) of \(table.count): the detector is blind")
    }

    @Test("an exception in the configuration lets out what it names and nothing else")
    func pageExceptions() async throws {
        let channels = [
            "img-src", "fetch", "script-src", "css-background", "iframe-src", "link-preconnect", "websocket",
        ]
        let sink = try Sink(channels: channels)
        let app = try await ChildProcess.run(Places.barchan, ["spk", "verify", Places.package("HostilePages")]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let lines = [
            "\(app) img-src http://\(Sink.address):\(sink.ports["img-src"] ?? 0)", "\(app) feature fullscreen",
        ]
        let setting = "frontend.http.page_exceptions=[\(lines.map { "\"\($0)\"" }.joined(separator: ","))]"
        try await Stage.with("exceptions", apps: ["HostilePages"], settings: [setting]) { stage in
            let tab = try await stage.person.create("New hostile page")
            let grain = try await tab.grain()
            #expect(
                try await tab.evaluate("document.querySelector('header.bar').innerText").string?.contains("⚠") == true)
            try await tab.close()
            let page = try await HostilePage(at: .grain(stage.person, grain))
            for name in channels { _ = try await page.evaluate("start('\(name)', \(sink.ports[name] ?? 0))") }
            try await sink.wait(for: "img-src", limit: .seconds(300))
            let features = try await page.evaluate("attempt(channels, 'powerful-features', 0)").string
            #expect(features == "fullscreen")
            #expect(try await page.evaluate("attempt(spoilers, 'fullscreen', 0)").string == "the whole screen")
            for name in channels { #expect(sink.arrived(for: name).isEmpty == (name != "img-src"), "'\(name)'") }
            try await stage.host.stop()
        }
        let log = try String(contentsOf: Places.artifacts.appending(path: "exceptions-host.log"), encoding: .utf8)
        #expect(log.contains("exception: pages of app \(app) may use fullscreen"))
        #expect(log.contains("is opened with an exception: its pages may load pictures from http://\(Sink.address):"))
    }

    @Test("under a domain of one's own nothing gets out but cookies for the whole domain")
    func hostilePagesUnderADomain() async throws {
        let progress = try ProgressLog("hostile-domain.log"), log = NetworkLog("hostile-domain-network")
        let port = try freePort()
        // For a browser the shell and its grains are one site here, as under `example.org`.
        let settings = ["base_url=http://barchan.localhost:\(port)", "port=\(port)"].map { "frontend.http.\($0)" }
        var leaks: [String: String] = [:]
        try await Stage.with(
            "hostile-domain", apps: ["HostilePages"], browser: browserArguments(log), settings: settings
        ) { stage in
            let first = try await stage.person.create("New hostile page")
            let stand = HostilePage.Stand.grain(stage.person, try await first.grain())
            try await first.close()
            let names = try await HostileNames(at: stand).short
            let run = HostileRun(
                stand: stand, names: names, sink: try Sink(channels: names.leaks), patience: .milliseconds(500),
                progress: progress)
            leaks = try await run.run()
            try await expectWhatLocalhostLacks(stand, stage)
            try await stage.host.stop()
        }
        leaks.merge(try log.lookups()) { "\($0), \($1)" }
        // SECURITY.md says so: browsers know no way to forbid it.
        #expect(leaks == ["cookie-for-all-hosts": "tossed"])
    }

    @Test("cookies that a page sets for the whole domain shut nobody out for longer than until the next login")
    func cookieBomb() async throws {
        let port = try freePort()
        let settings = ["base_url=http://barchan.localhost:\(port)", "port=\(port)"].map { "frontend.http.\($0)" }
        try await Stage.with("cookie-bomb", apps: ["HostilePages"], settings: settings) { stage in
            let page = try await stage.open()
            // What our own script asks for would have the cookies deleted before the person sees anything.
            _ = try await page.evaluate(
                "window.fetch = () => new Promise(() => {}); navigator.sendBeacon = () => true; true")
            let kept = try await page.evaluateInFrame(bomb)
            #expect(kept.number ?? 0 > 100_000, "the browser keeps them")
            let refused = try await Page(in: stage.tools, at: stage.host.address)
            let text = try await refused.evaluate("document.body.innerText").string ?? ""
            #expect(text.contains("more cookies than this server takes") && text.contains("log in"), "\(text)")
            try await refused.capture("cookie-bomb")
            try await refused.go(to: stage.host.address)
            #expect(try await refused.evaluate("document.body.innerText").string?.contains("not logged in") == true)
            try await stage.person.logIn(by: try await stage.command.user("login-link", "administrator"))
            // Open pages say what has happened, too.
            let second = try await stage.open()
            _ = try await second.evaluateInFrame(bomb)
            _ = try await second.evaluate("dispatchEvent(new Event('online')); true")
            try await second.wait(
                for: "document.querySelector('.problem p').textContent.includes('more cookies')", "the explanation")
            try await stage.host.stop()
        }
    }
}

/// Fills the jar of the whole domain, and says how long the browser's field has become.
private let bomb = """
    (() => {
        const rest = "x".repeat(4000) + ";domain=barchan.localhost;path=/;max-age=9999999;secure;samesite=none";
        for (let i = 0; i < 60; i++) document.cookie = `bomb${i}=${rest}`;
        return document.cookie.length;
    })()
    """

private struct HostileResult {
    let channel: String
    let walled: String?
    let control: String?
}

/// Channel by channel, for people; also among the artefacts.
private func report(_ table: [HostileResult], _ functions: [String: String]) {
    var lines = ["channel: behind the walls | without them"]
    lines += table.map { "\($0.channel): \($0.walled ?? "-") | \($0.control ?? "-")" }
    lines += functions.sorted { $0.key < $1.key }.map { "function \($0.key): \($0.value == "" ? "works" : $0.value)" }
    let text = lines.joined(separator: "\n")
    print(text)
    try? text.write(to: Places.artifacts.appending(path: "hostile-pages.txt"), atomically: true, encoding: .utf8)
}

private func browserArguments(_ log: NetworkLog) -> [String] {
    [
        "--host-resolver-rules=MAP *.sink.test \(Sink.address)", "--log-net-log=\(log.path)",
        "--short-reporting-delay", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
    ]
}

private struct WalledResult {
    var names = HostileNames()
    var leaks: [String: String] = [:]
    /// Why a function of an ordinary page does not work, or empty.
    var functions: [String: String] = [:]
}

private func behindWalls(_ progress: ProgressLog) async throws -> WalledResult {
    let log = NetworkLog("hostile-walled-network")
    var result = WalledResult()
    try await Stage.with("hostile", apps: ["HostilePages"], browser: browserArguments(log)) { stage in
        let first = try await stage.person.create("New hostile page")
        let grain = try await first.grain()
        let stand = HostilePage.Stand.grain(stage.person, grain)
        try await first.close()
        result.names = try await HostileNames(at: stand)
        result.functions = try await ordinaryFunctions(result.names, stand, stage, progress)
        let run = HostileRun(
            stand: stand, names: result.names, sink: try Sink(channels: result.names.leaks),
            patience: .milliseconds(500), progress: progress)
        result.leaks = try await run.run()
        try await stage.host.stop()
    }
    result.leaks.merge(try log.lookups()) { "\($0), \($1)" }
    return result
}

private func withoutWalls(
    _ names: HostileNames, _ server: PlainServer, _ progress: ProgressLog
) async throws -> [String: String] {
    let sink = try Sink(channels: names.leaks), folder = try TemporaryFolder()
    let log = NetworkLog("hostile-control-network")
    let tools = try DevTools(
        profile: folder("profile"), log: Places.artifacts.appending(path: "hostile-control-browser.log").path,
        arguments: browserArguments(log))
    let run = HostileRun(
        stand: .control(tools, server.address + "/shell.html"), names: names, sink: sink, patience: .milliseconds(700),
        progress: progress)
    do {
        let leaks = try await run.run()
        await tools.quit()
        return leaks.merging(try log.lookups()) { "\($0), \($1)" }
    } catch {
        await tools.quit()
        throw error
    }
}

private func ordinaryFunctions(
    _ names: HostileNames, _ stand: HostilePage.Stand, _ stage: Stage, _ progress: ProgressLog
) async throws -> [String: String] {
    _ = try await stage.tools.call(
        "Browser.setDownloadBehavior", ["behavior": "allow", "downloadPath": .string(stage.folder("downloads"))])
    var page = try await HostilePage(at: stand)
    var problems: [String: String] = [:]
    for name in names.functions {
        progress.note("function: \(name)")
        if name.hasPrefix("download") {
            // Browsers ask people before a tab loads a second file down.
            try await page.tab.close()
            page = try await HostilePage(at: stand)
        }
        do {
            problems[name] = try await page.evaluate("check(\(JSON.literal(name)))").string ?? "no answer"
        } catch { problems[name] = "\(error)" }
    }
    for (name, file) in [("download that it makes", "made.txt"), ("download from the server", "served.bin")] {
        do {
            try await waitForFile(stage.folder("downloads/\(file)"))
        } catch { problems[name] = "\(error)" }
    }
    // A link to a page of its own, which ends this one.
    try await page.tab.runInFrame("make('a', { href: '/empty.html' }).click(); true")
    try await page.tab.waitInFrame(for: "document.body.innerText === 'empty'", "a link to an own page")
    try await page.tab.close()
    return problems
}

/// Chromium keeps these from a frame of another site, as grains on localhost are.
private func expectWhatLocalhostLacks(_ stand: HostilePage.Stand, _ stage: Stage) async throws {
    _ = try await stage.tools.call(
        "Browser.setDownloadBehavior", ["behavior": "allow", "downloadPath": .string(stage.folder("downloads"))])
    let page = try await HostilePage(at: stand)
    _ = try await page.evaluate("document.cookie = 'plain=yes'")
    #expect(try await page.evaluate("text('/cookies')").string?.contains("plain=yes") == true)
    _ = try await page.evaluate("make('a', { href: '/download?name=linked.bin', download: '' }).click()")
    try await waitForFile(stage.folder("downloads/linked.bin"))
    try await page.tab.close()
}

private func waitForFile(_ path: String) async throws {
    try await within(.seconds(300), "the file '\(path)'") {
        while !FileManager.default.fileExists(atPath: path) { try await Task.sleep(for: .milliseconds(20)) }
    }
}

/// The hostile app's own server, with nothing around it.
private struct PlainServer: Sendable {
    let process: ChildProcess
    let address: String

    init() async throws {
        let script = Places.root.appending(path: "Tests/HostilePages/files/server.py").path
        let process = try ChildProcess("/usr/bin/python3", ["-IS", script, "0"])
        let port = try await within(.seconds(300), "the plain server") {
            for await line in process.lines {
                if let port = line.rest(after: "ready: ") { return port }
            }
            throw TestFailure("the plain server ended")
        }
        self.process = process
        address = "http://localhost:\(port)"
    }
}

/// What the browser wrote about its network, read after it ended: the one place where a mere name lookup shows.
private struct NetworkLog {
    let path: String

    init(_ name: String) { path = Places.artifacts.appending(path: "\(name).json").path }

    /// The channels whose names were looked up.
    func lookups() throws -> [String: String] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let type = text.firstMatch(of: /"HOST_RESOLVER_MANAGER_REQUEST":([0-9]+)/)?.1 else {
            throw TestFailure("'\(path)' is no log of a network")
        }
        var found: [String: String] = [:]
        // One event a line, its type last.
        for line in text.split(separator: "\n")
        where line.contains(".lookup.test") && line.contains("\"type\":\(type)}") {
            guard line.hasSuffix("\"type\":\(type)},") || line.hasSuffix("\"type\":\(type)}") else { continue }
            if let name = line.firstMatch(of: /([a-z0-9-]+)\.lookup\.test/)?.1 { found[String(name)] = "name lookup" }
        }
        return found
    }
}
