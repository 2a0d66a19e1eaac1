import Barchan
import Glibc

/// Which grains are recorded, by whom, and the files of recordings that somebody is about to take.
actor RecordingBook {
    /// Files that end so are the host's to remove; whoever cannot take one gives it another name.
    private static let suffix = ".wire"

    private let directory: String
    private let log: HostLog
    private var underWay: [GrainID: (file: RecordedFile, recorder: String, isClosing: Bool)] = [:]
    /// Files of recordings that are over and were not dropped yet.
    private var ended: Set<String> = []

    init(directory: String, log: HostLog) {
        self.directory = directory
        self.log = log
    }

    /// The grains that are recorded now.
    var grains: Set<GrainID> { Set(underWay.keys) }

    /// - Parameter recorder: Who records, as people can find it: `process 123`.
    /// - Returns: The recording, which is empty.
    /// - Throws: ``HostError`` with `.alreadyExists` while the grain is recorded.
    func begin(_ grain: GrainID, by recorder: String) throws(HostError) -> String {
        if let other = underWay[grain]?.recorder {
            throw HostError(
                .alreadyExists,
                "record grain '\(grain)': \(other) records it; end that with Ctrl-C, or with 'kill', and try again")
        }
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw HostError(.failed, "make '\(directory)': \(String(cString: strerror(errno)))")
        }
        // A name of its own: the recorder of an earlier one may still be taking it.
        let mark = String(UInt64.random(in: .min ... .max), radix: 16)
        let file = try RecordedFile("\(directory)/\(grain.text).\(mark)\(Self.suffix)")
        underWay[grain] = (file, recorder, isClosing: false)
        log(.info, "grain \(grain) is recorded by \(recorder)")
        return file.path
    }

    /// From now on starts of the grain are not recorded; what is said with a grain that runs still is.
    func close(_ grain: GrainID) throws(HostError) {
        guard underWay[grain] != nil else { throw missing(grain) }
        underWay[grain]?.isClosing = true
    }

    /// The file is complete then, and stays until it is dropped.
    /// - Returns: Why it lacks its end, or nil.
    func end(_ grain: GrainID) throws(HostError) -> String? {
        guard let file = underWay.removeValue(forKey: grain)?.file else { throw missing(grain) }
        ended.insert(file.path)
        log(.info, "grain \(grain) is not recorded any more")
        return file.end()
    }

    /// Removes a recording; ends it before that when its recorder is gone without a word.
    /// - Returns: The grain, when that was so.
    @discardableResult
    func drop(_ path: String) -> GrainID? {
        let grain = underWay.first { $0.value.file.path == path }?.key
        if let grain { _ = try? end(grain) }
        if ended.remove(path) != nil { unlink(path) }
        return grain
    }

    /// Where the grain is to be recorded when it starts, or nil.
    func file(for grain: GrainID) -> RecordedFile? {
        guard let recording = underWay[grain], !recording.isClosing else { return nil }
        return recording.file
    }

    private func missing(_ grain: GrainID) -> HostError {
        HostError(.notFound, "end the recording of grain '\(grain)': it is not recorded")
    }

    /// Removes what a host that was killed left, and names what somebody could not take.
    func removeLeftovers() {
        for name in (try? BackupSchedule.names(in: directory)) ?? [] where !name.hasPrefix(".") {
            let path = "\(directory)/\(name)"
            if name.hasSuffix(Self.suffix) {
                unlink(path)
                log(.info, "removed '\(path)', a recording that nobody waits for any more")
            } else {
                log(.warning, "'\(path)' is a recording that could not be handed over: take it away or remove it")
            }
        }
    }
}
