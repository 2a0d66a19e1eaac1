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
        let signals = StopSignals { stop.signal() }
        let hint = "recording grain '\(grain)'; use it now, then end this with Ctrl-C\n"
        write(Array(hint.utf8), to: output == nil ? 2 : 1)
        stop.wait()
        signals.cancel()
        _ = try host.ask("end-recording", ["grain": .string(grain)])
        try finish(path)
    }

    /// Hands the recording over and removes the host's own.
    private func finish(_ path: String) throws {
        guard access(path, F_OK) == 0 else {
            throw HostError(.notFound, "record grain '\(grain)': it was not used, so there is nothing to write")
        }
        defer { unlink(path) }
        var recording = try RecordingFile.read(path)
        if redact {
            do { recording = try recording.redacted() } catch {
                throw HostError(.failed, "redact the recording of grain '\(grain)': \(error); nothing is written")
            }
        }
        try RecordingFile.write(recording, to: output)
    }
}

/// Recordings as files.
enum RecordingFile {
    static func read(_ path: String) throws(HostError) -> Recording {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw HostError(.notFound, "read '\(path)': \(String(cString: strerror(errno)))") }
        let descriptor = OwnedDescriptor(takingOwnershipOf: number)
        var text: [UInt8] = []
        while true {
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
                count = max(0, Glibc.read(descriptor.rawValue, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { break }
            text += piece
        }
        do throws(Recording.Mistake) { return try Recording(parsing: text) } catch {
            throw HostError(
                .invalidArgument, "read '\(path)': \(error); 'barchan grain record' makes recordings")
        }
    }

    /// - Parameter path: Nil for standard output.
    static func write(_ recording: Recording, to path: String?) throws(HostError) {
        guard let path else { return barchan.write(Array(recording.text.utf8), to: 1) }
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw HostError(.failed, "write '\(path)': \(String(cString: strerror(errno)))") }
        let descriptor = OwnedDescriptor(takingOwnershipOf: number)
        barchan.write(Array(recording.text.utf8), to: descriptor.rawValue)
    }
}
