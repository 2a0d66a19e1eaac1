import CLinux
import SandboxProtocol
import Testing

/// The launcher's messages: what was written is read again, and nothing else is.
@Suite struct LauncherMessageTests {
    private static let requests: [LauncherRequest] = [
        .terminate(number: .max), .take(number: 1 << 40), .wake, .act(ticket: 2, number: 3, .freeze),
        .launch(
            number: 7,
            LaunchOrder(
                layers: ["/upper", "/lower"], data: "/data", arguments: ["/a", "", "ü"], environment: ["A=1"],
                openFilesSoft: 1, openFilesHard: 2, temporaryBytes: 3, temporaryInodes: 4, memoryBytes: 5, processes: 6,
                processorWeight: 7, ioWeight: 8, dataBytes: 9)
        ),
    ]
    private static let marks = {
        var marks = StartMarks()
        for mark in StartMark.allCases { marks[mark] = UInt64(mark.rawValue) << 60 | 7 }
        return marks
    }()
    private static let fullMeasure: SandboxMeasure = {
        var measure = SandboxMeasure()
        measure.processorMicroseconds = 1
        measure.memoryBytes = 2
        measure.memoryPeakBytes = 3
        measure.processes = 4
        measure.readBytes = 5
        measure.writtenBytes = 6
        measure.memoryKills = 7
        measure.refusedProcesses = 0
        measure.temporaryBytes = 8
        measure.temporaryFiles = 14
        measure.openFiles = 9
        measure.openFilesLimit = 10
        measure.unnamedBytes = 11
        measure.isFrozen = true
        return measure
    }()
    private static let files: PackageFiles = {
        guard let files = PackageFiles(["/", "/tmp"], identify: clinux_identify) else { preconditionFailure() }
        return files
    }()
    private static let replies: [LauncherReply] = [
        .ready([.landlock]), .unusable(LaunchFailure(.mapping, 1)), .started(number: 3, marks),
        .failed(number: 4, LaunchFailure(.execute, 2)), .exited(number: 5, .status, value: 255, SandboxMeasure()),
        .exited(number: 6, .signal, value: -9, fullMeasure), .acted(ticket: 1, errorNumber: 3, SandboxMeasure()),
        .acted(ticket: .max, errorNumber: 0, fullMeasure), .withdrawn(token: 18),
        .parked(
            token: 16, files,
            LaunchOrder(
                layers: ["/", "/tmp"], data: "/data", arguments: ["/a", "b"], environment: ["A=1"], memoryBytes: 5
            ).withoutData),
    ]

    @Test(arguments: requests) func requestsAreReadAgain(_ request: LauncherRequest) {
        #expect(LauncherRequest(decoding: request.encoded()) == request)
    }

    @Test(arguments: replies) func repliesAreReadAgain(_ reply: LauncherReply) {
        #expect(LauncherReply(decoding: reply.encoded()) == reply)
        #expect(reply.encoded().count <= LauncherReply.maximumBytes)
    }

    @Test(arguments: requests) func partsAndExtrasAreRefused(_ request: LauncherRequest) {
        let bytes = request.encoded()
        for count in 0..<bytes.count { #expect(LauncherRequest(decoding: Array(bytes.prefix(count))) == nil) }
        #expect(LauncherRequest(decoding: bytes + [0]) == nil)
    }

    @Test func anyChangedByteIsSurvived() {
        for bytes in Self.requests.map({ $0.encoded() }) + Self.replies.map({ $0.encoded() }) {
            for index in bytes.indices {
                for value in [UInt8(0), 1, 0x7f, 0x80, 0xff] {
                    var changed = bytes
                    changed[index] = value
                    _ = LauncherRequest(decoding: changed)
                    _ = LauncherReply(decoding: changed)
                    _ = LaunchFailure(decoding: changed)
                }
            }
        }
    }
}
