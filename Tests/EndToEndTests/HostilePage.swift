import Foundation

/// The hostile app's page in a tab: as a grain in our shell, or as control in a page without walls.
struct HostilePage: Sendable {
    /// Where the page is opened.
    enum Stand: Sendable {
        case grain(Person, String)
        /// The address of a page that frames the hostile one, on the same host.
        case control(DevTools, String)
    }

    let tab: Page
    private let isControl: Bool

    /// Opens a tab and waits until the hostile page's scripts are there.
    init(at stand: Stand) async throws {
        switch stand {
        case .grain(let person, let grain):
            tab = try await person.open(grain)
            isControl = false
            try await tab.waitInFrame(for: "window.hostileReady", "the hostile page in its grain")
        case .control(let tools, let address):
            tab = try await Page(in: tools, at: address)
            isControl = true
            try await tab.wait(for: "frames[0].hostileReady", "the hostile page without walls")
        }
    }

    /// The value of an expression in the hostile page, as if somebody had just clicked.
    func evaluate(_ expression: String) async throws -> JSON {
        let page = tab, isControl = isControl
        return try await within(.seconds(25), "the hostile page to compute \(expression.prefix(80))") {
            guard isControl else { return try await page.evaluateInFrame(expression) }
            return try await page.evaluate("frames[0].eval(\(JSON.literal(expression)))")
        }
    }
}

/// The names of everything that the hostile page can try, and what ordinary pages do.
struct HostileNames: Sendable {
    /// Tried together in one page, and each in a page of its own.
    private(set) var channels: [String] = [], spoilers: [String] = []
    private(set) var functions: [String] = []

    var leaks: [String] { channels + spoilers }

    /// Without what takes a page of its own for each.
    var short: HostileNames {
        var names = self
        names.spoilers = []
        return names
    }

    init() {}

    /// Asks the page itself.
    init(at stand: HostilePage.Stand) async throws {
        let page = try await HostilePage(at: stand)
        let names = try await page.evaluate("names()")
        try await page.tab.close()
        let list: (String) -> [String] = { names[$0].array.compactMap(\.string) }
        channels = list("channels")
        spoilers = list("spoilers")
        functions = list("functions")
    }
}

/// One run of all channels: what each let out, or reached.
struct HostileRun: Sendable {
    let stand: HostilePage.Stand
    let names: HostileNames
    let sink: Sink
    /// How long after a channel was tried something may still come.
    let patience: Duration
    /// The file that says how far it is.
    let progress: ProgressLog

    /// Tries everything. What is in the result is a leak.
    func run() async throws -> [String: String] {
        var reached: [String: String] = [:]
        let other = try await HostilePage(at: stand)
        _ = try await other.evaluate("leaveMarks()")
        // The newest tab is in front: what nobody sees is loaded late or never.
        let page = try await HostilePage(at: stand)
        reached = try await together(page)
        try await page.tab.close()
        reached.merge(try await oneByOne()) { $1 }
        try await other.tab.close()
        try await Task.sleep(for: .seconds(1))
        for name in names.leaks {
            let arrived = sink.arrived(for: name)
            if !arrived.isEmpty { reached[name] = arrived.joined(separator: ", ") }
        }
        return reached
    }

    private func together(_ page: HostilePage) async throws -> [String: String] {
        for name in names.channels {
            progress.note("channel: \(name)")
            _ = try await page.evaluate("start('\(name)', \(sink.ports[name] ?? 0))")
        }
        progress.note("waiting for what they reached")
        let found = try await page.evaluate("later(3500).then(() => results)")
        return Dictionary(
            uniqueKeysWithValues: names.channels.compactMap { name in found[name].string.map { (name, $0) } })
    }

    /// Each in a page of its own, six at a time.
    private func oneByOne() async throws -> [String: String] {
        let queue = AsyncStream<String> { stream in
            for name in names.spoilers { stream.yield(name) }
            stream.finish()
        }
        var reached: [String: String] = [:]
        try await withThrowingTaskGroup(of: (String, String?).self) { group in
            var running = 0
            for await name in queue {
                if running == 6, let (done, what) = try await group.next() {
                    reached[done] = what
                    running -= 1
                }
                group.addTask { (name, try await alone(name)) }
                running += 1
            }
            for try await (done, what) in group { reached[done] = what }
        }
        return reached
    }

    private func alone(_ name: String) async throws -> String? {
        progress.note("in a page of its own: \(name)")
        let page = try await HostilePage(at: stand)
        let before = try await page.tab.evaluate("location.href").string
        // The page may go away before it answers, or its process.
        let answer = try? await page.evaluate("attempt(spoilers, '\(name)', \(sink.ports[name] ?? 0), 400)").string
        try await sink.wait(for: name, limit: patience)
        let after = try? await page.tab.evaluate("location.href").string
        try await page.tab.close()
        return before == after ? answer ?? nil : "the tab went to \(after ?? "nowhere")"
    }
}

/// Lines that say how far a long test is, among the artefacts.
final class ProgressLog: Sendable {
    private let file: FileHandle
    private let start = ContinuousClock.now

    init(_ name: String) throws {
        let path = Places.artifacts.appending(path: name).path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw TestFailure("write '\(path)'") }
        self.file = file
    }

    func note(_ text: String) {
        let time = (ContinuousClock.now - start).formatted(
            .units(allowed: [.seconds], fractionalPart: .show(length: 2)))
        file.write(Data("\(time) \(text)\n".utf8))
    }
}
