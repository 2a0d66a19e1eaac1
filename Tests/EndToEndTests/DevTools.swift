import Foundation
import Glibc

/// A connection to Chromium over its debugging pipe: JSON messages that end in NUL, no web socket.
actor DevTools {
    /// A page or frame that Chromium lets us talk to.
    struct Session: Sendable {
        let identifier: String
        let target: String
        let type: String
        /// The session that it was found in, for a frame.
        let parent: String?
    }

    /// Somebody who waits for an answer.
    private struct Waiting {
        let session: String?
        let continuation: CheckedContinuation<JSON, any Error>
    }

    private let browser: ChildProcess
    private let toBrowser: Int32
    private var lastNumber = 0
    private var answers: [Int: Waiting] = [:]
    private var sessions: [String: Session] = [:]
    private var onEvent: [CheckedContinuation<Void, Never>] = []
    private var failure: String?

    /// - Parameter arguments: Further arguments for the browser.
    init(profile: String, log: String, arguments: [String] = []) throws {
        let input = try makePipe(), output = try makePipe()
        // The program wants to read from 3 and write to 4: no pipe end may have one of these numbers when it is moved.
        let reading = fcntl(input.read, F_DUPFD_CLOEXEC, 100), writing = fcntl(output.write, F_DUPFD_CLOEXEC, 100)
        defer { for descriptor in [input.read, output.write, reading, writing] { close(descriptor) } }
        browser = try ChildProcess(
            Self.executable,
            [
                "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-default-browser-check", "--site-per-process", "--window-size=1280,900",
                "--user-data-dir=\(profile)",
            ] + arguments,
            descriptors: [3: reading, 4: writing], standardError: log)
        toBrowser = input.write
        let fromBrowser = output.read
        Thread.detachNewThread { [weak self] in
            readRecords(from: fromBrowser, separator: 0) { record in
                guard let message = try? JSON(parsing: record) else { return }
                // Handed over one by one, so that the order stays.
                let handled = DispatchSemaphore(value: 0)
                Task {
                    await self?.receive(message)
                    handled.signal()
                }
                handled.wait()
            }
            close(fromBrowser)
            Task { await self?.lost() }
        }
    }

    static let executable: String = {
        let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        return known.first { FileManager.default.isExecutableFile(atPath: $0) } ?? known[0]
    }()

    /// Calls a method. Fails when the page or frame goes away meanwhile, or does not answer within the limit: a frame that is
    /// being replaced sometimes never does.
    func call(
        _ method: String, _ parameters: JSON = [:], in session: String? = nil, limit: Duration = .seconds(60)
    ) async throws -> JSON {
        try await within(limit, "Chromium's answer to \(method)") {
            try await self.answer(to: method, parameters, in: session)
        }
    }

    private func answer(to method: String, _ parameters: JSON, in session: String?) async throws -> JSON {
        lastNumber += 1
        let number = lastNumber
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                answers[number] = Waiting(session: session, continuation: continuation)
                do {
                    try send(number, method, parameters, in: session)
                } catch { fail(number, error) }
            }
        } onCancel: {
            Task { await self.fail(number, CancellationError()) }
        }
    }

    private func send(_ number: Int, _ method: String, _ parameters: JSON, in session: String?) throws {
        if let failure { throw TestFailure(failure) }
        var message: [String: JSON] = ["id": .number(Double(number)), "method": .string(method), "params": parameters]
        if let session { message["sessionId"] = .string(session) }
        let bytes = try JSON.object(message).serialized() + [0]
        guard bytes.withUnsafeBytes({ writeAll($0, to: toBrowser) }) else { throw TestFailure("Chromium is gone") }
    }

    private func fail(_ number: Int, _ error: any Error) {
        answers.removeValue(forKey: number)?.continuation.resume(throwing: error)
    }

    /// Returns at the next event, or when the browser is gone.
    func nextEvent() async {
        guard failure == nil else { return }
        await withCheckedContinuation { onEvent.append($0) }
    }

    func session(ofTarget target: String) -> Session? { sessions.values.first { $0.target == target } }

    /// The frames of another site inside a page.
    func frames(in parent: String) -> [Session] {
        sessions.values.filter { $0.parent == parent && $0.type == "iframe" }
    }

    /// The tabs that are open.
    func pages() -> [Page] {
        sessions.values.filter { $0.type == "page" }.map {
            Page(tools: self, target: $0.target, session: $0.identifier)
        }
    }

    /// Ends the browser.
    func quit() async {
        _ = try? await call("Browser.close")
        close(toBrowser)
        await browser.end()
    }

    private func receive(_ message: JSON) {
        if let number = message["id"].int {
            guard let answer = answers.removeValue(forKey: number)?.continuation else { return }
            if let text = message["error"]["message"].string {
                answer.resume(throwing: TestFailure(text))
            } else {
                answer.resume(returning: message["result"])
            }
            return
        }
        let parameters = message["params"]
        switch message["method"].string {
        case "Target.attachedToTarget":
            if let session = Session(parameters, parent: message["sessionId"].string) {
                sessions[session.identifier] = session
            }
        case "Target.detachedFromTarget":
            if let session = parameters["sessionId"].string { detached(session) }
        case "Inspector.targetCrashed":
            failAll(in: message["sessionId"].string)
        case "Page.javascriptDialogOpening":
            // As somebody who says yes to everything. The answer to this has a number that nobody waits for.
            try? send(0, "Page.handleJavaScriptDialog", ["accept": true], in: message["sessionId"].string)
        default: break
        }
        signalEvent()
    }

    private func detached(_ session: String) {
        sessions[session] = nil
        failAll(in: session)
    }

    private func failAll(in session: String?) {
        for (number, waiting) in answers where waiting.session == session {
            fail(number, TestFailure("the page or frame went away"))
        }
    }

    private func signalEvent() {
        let waiting = onEvent
        onEvent = []
        for continuation in waiting { continuation.resume() }
    }

    private func lost() {
        failure = "Chromium has ended; its messages are among the artefacts"
        for number in answers.keys { fail(number, TestFailure("Chromium has ended")) }
        signalEvent()
    }
}

extension DevTools.Session {
    fileprivate init?(_ parameters: JSON, parent: String?) {
        let target = parameters["targetInfo"]
        guard let identifier = parameters["sessionId"].string, let name = target["targetId"].string,
            let type = target["type"].string
        else { return nil }
        self.init(identifier: identifier, target: name, type: type, parent: parent)
    }
}

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
}
