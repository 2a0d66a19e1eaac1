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
            command is ended with Ctrl-C. That stops the grain once more and writes the recording.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The grain's identifier.") var grain: String
    @Option(name: .shortAndLong, help: "Where the recording goes; standard output when left out.") var output: String?
    @Flag(help: "Makes every text and blob of the recording as long as it was, of one letter.") var redact = false

    func run() throws {
        let host = try options.configuration()
        let answer = try host.ask("record", ["grain": .string(grain)])
        guard let path = answer["path"]?.text else { throw HostError(.failed, "record: the host named no file") }
        let stop = DispatchSemaphore(value: 0)
        let signals = StopSignals { _ in stop.signal() }
        let hint = "recording grain '\(grain)'; use it now, then end this with Ctrl-C\n"
        write(Array(hint.utf8), to: output == nil ? 2 : 1)
        stop.wait()
        signals.cancel()
        _ = try host.ask("end-recording", ["grain": .string(grain)])
        guard access(path, F_OK) == 0 else {
            throw HostError(.notFound, "record grain '\(grain)': it was not used, so there is nothing to write")
        }
        do throws(HostError) { try handOver(path) } catch {
            throw HostError(error.code, "\(error.message); the recording, with all it holds, is still in '\(path)'")
        }
        unlink(path)
    }

    private func handOver(_ path: String) throws(HostError) {
        var recording = try RecordingFile.read(path)
        if redact {
            do { recording = try recording.redacted() } catch {
                throw HostError(.failed, "redact the recording of grain '\(grain)': \(error)")
            }
        }
        try RecordingFile.write(recording, to: output)
    }
}

/// Recordings as files.
enum RecordingFile {
    static func read(_ path: String) throws(HostError) -> Recording {
        var text: [UInt8] = []
        try readFile(path) { part throws(HostError) in text += part }
        do throws(Recording.Mistake) {
            let recording = try Recording(parsing: text)
            if !recording.pieces.isEmpty { return recording }
        } catch {
            throw HostError(
                .invalidArgument, "read '\(path)': \(error); 'barchan grain record' makes recordings")
        }
        throw HostError(
            .invalidArgument, "read '\(path)': nothing is recorded there; 'barchan grain record' makes recordings")
    }

    /// - Parameter path: Nil for standard output.
    static func write(_ recording: Recording, to path: String?) throws(HostError) {
        let bytes = Array(recording.text.utf8)
        guard let path else { return try writeFully(bytes, to: 1, "standard output") }
        try OutputFile.write(path, mode: 0o600) { number throws(HostError) in try writeFully(bytes, to: number, path) }
    }
}
