import ArgumentParser
import Barchan
import BarchanControl
import Dispatch
import Glibc
import GrainRecording

struct GrainRecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Writes down what a grain and its host say to each other.",
        discussion: """
            The grain is stopped; from its next request on everything on its descriptor 3 is written down, until this \
            command is ended with Ctrl-C, by SIGTERM, or with its terminal. That stops the grain once more and writes the \
            recording. When the host ends first, the recording is written, too, and the exit status is 1. A grain that is \
            restarted meanwhile begins another conversation in the same recording. One command at a time records a grain; \
            'barchan grain list' shows which grains are recorded.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Option(name: .shortAndLong, help: "Where the recording goes; standard output when left out.") var output: String?
    @Flag(help: "Makes every text and blob of the recording as long as it was, of one letter.") var redact = false

    func run() throws {
        // A terminal or a reader that is gone must not keep the recording from being ended.
        signal(SIGPIPE, SIG_IGN)
        let host = try ControlClient.connection(dataDirectory: try options.configuration().dataDirectory)
        let answer = try host.ask(request("record", ["process": .integer(Int64(getpid()))]))
        guard let path = answer["path"]?.text else { throw HostError(.failed, "record: the host named no file") }
        // Opened now: whatever becomes of its name, what the host writes can be read.
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw fileError("open", path) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        wait(for: host)
        var end: JSONValue = .null, cause: HostError?
        do throws(HostError) { end = try host.ask(request("end-recording")) } catch {
            let what = error.code == .disconnected ? "the host has ended" : error.message
            cause = HostError(error.code, "record grain '\(grain)': \(what)")
        }
        do throws(HostError) { try handOver(file, path) } catch {
            guard let cause else { throw error }
            throw HostError(cause.code, "\(cause.message); \(error.message)")
        }
        if let gap = end["gap"]?.text { write(Array("the recording lacks its end: \(gap)\n".utf8), to: 2) }
        if let cause { throw HostError(cause.code, "\(cause.message); what was said until then is written") }
    }

    private func request(_ command: String, _ members: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
        .object(
            [.init(name: "command", value: .string(command)), .init(name: "grain", value: .string(grain))]
                + members.map { JSONValue.Member(name: $0.key, value: $0.value) })
    }

    /// Until a signal comes, or the host is gone.
    private func wait(for host: ControlConnection) {
        let stop = DispatchSemaphore(value: 0)
        let signals = StopSignals { _ in stop.signal() }
        say("recording grain '\(grain)'; use it now, then end this with Ctrl-C")
        DispatchQueue.global().async {
            host.waitForEnd()
            stop.signal()
        }
        stop.wait()
        signals.cancel()
    }

    private func handOver(_ file: borrowing OwnedDescriptor, _ path: String) throws(HostError) {
        do throws(HostError) {
            var recorded: [Recording]
            // The same file behind whatever name it has.
            do throws(HostError) { recorded = try RecordingFile.read("/proc/self/fd/\(file.rawValue)") } catch {
                guard error.code == .notFound else { throw error }
                unlink(path)
                throw HostError(.notFound, "record grain '\(grain)': it was not used, so there is nothing to write")
            }
            if redact {
                do { recorded = try recorded.map { try $0.redacted() } } catch {
                    throw HostError(.failed, "redact the recording of grain '\(grain)': \(error)")
                }
            }
            try RecordingFile.write(recorded, to: output)
            unlink(path)
            if recorded.count > 1 {
                say("\(recorded.count) conversations, one for each start: see 'barchan grain replay --help'")
            }
        } catch {
            if access(path, F_OK) != 0 { throw error }
            // The host removes what it finds under the old name.
            let kept = path + ".kept"
            let place = rename(path, kept) == 0 ? kept : path
            throw HostError(error.code, "\(error.message); the recording, with all it holds, is still in '\(place)'")
        }
    }

    private func say(_ line: String) { write(Array("\(line)\n".utf8), to: output == nil ? 2 : 1) }
}

/// Recordings as files.
enum RecordingFile {
    /// - Returns: Every conversation, one at least.
    /// - Throws: ``HostError`` with `.notFound` when there is none.
    static func read(_ path: String) throws(HostError) -> [Recording] {
        var text: [UInt8] = []
        try readFile(path) { part throws(HostError) in text += part }
        let conversations: [Recording]
        do throws(Recording.Mistake) { conversations = try Recording.conversations(in: text) } catch {
            throw HostError(.invalidArgument, "read '\(path)': \(error); 'barchan grain record' makes recordings")
        }
        guard !conversations.isEmpty else {
            throw HostError(
                .notFound, "read '\(path)': nothing is recorded there; 'barchan grain record' makes recordings")
        }
        return conversations
    }

    /// - Parameter path: Nil for standard output.
    static func write(_ conversations: [Recording], to path: String?) throws(HostError) {
        let bytes = Array(Recording.text(of: conversations).utf8)
        guard let path else { return try writeFully(bytes, to: 1, "standard output") }
        try OutputFile.write(path, mode: 0o600) { number throws(HostError) in try writeFully(bytes, to: number, path) }
    }
}
