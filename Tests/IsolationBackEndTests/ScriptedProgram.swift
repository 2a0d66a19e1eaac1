import Barchan
import BarchanConformance
import CapnProto
import ExternalIsolation
import Glibc
import GrainSchemas

/// A back end of a few lines, in a directory that goes with it.
final class ScriptedProgram: Sendable {
    private let directory: String
    var program: TestProgram { TestProgram(path: "\(directory)/back-end") }

    init(_ lines: String) throws {
        directory = try TemporaryTree.make()
        let text = "#!/usr/bin/python3\nimport socket, sys\n\(lines)\n"
        try TemporaryTree.write(Array(text.utf8), to: "\(directory)/back-end", mode: 0o755)
    }

    deinit { TemporaryTree.remove(directory) }
}

/// Packets as a program sends them.
enum Replies {
    private static func packet(_ number: UInt64, _ fill: (Wire.IsolationReply.Builder) -> Void) -> [UInt8] {
        let message = MessageBuilder()
        let reply = message.initRoot(Wire.IsolationReply.self)
        reply.setNumber(number)
        fill(reply)
        return message.streamBytes
    }

    static func hello(
        version: UInt16 = 1, guarantees: [String] = ["noNetwork"],
        user: UInt32 = geteuid() == 0 ? 1_900_000_000 : geteuid(),
        group: UInt32 = geteuid() == 0 ? 1_900_000_000 : getegid()
    ) -> [UInt8] {
        packet(0) {
            let hello = $0.initHello()
            hello.setVersion(version)
            hello.setGuarantees(guarantees)
            hello.setUser(user)
            hello.setGroup(group)
        }
    }

    static func started(_ number: UInt64) -> [UInt8] { packet(number) { $0.setStarted() } }
    static func exited(_ number: UInt64, _ status: Int32) -> [UInt8] { packet(number) { $0.setExited(status) } }

    static func failed(_ number: UInt64, _ reason: Wire.IsolationFailure.Reason, _ message: String) -> [UInt8] {
        packet(number) {
            let failure = $0.initFailed()
            failure.setReason(reason)
            failure.setMessage(message)
        }
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A back end to be started.
struct TestProgram: Sendable {
    let path: String
    var arguments: [String] = []

    private static let examplePath =
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        + "/contrib/examples/external-isolation/back-end"

    static let example = TestProgram(path: examplePath)
    static let filtered = TestProgram(
        path: examplePath, arguments: ["--filter", Programs.path("barchan-sandbox")])
}

extension Machine {
    /// The module on this program.
    static func provider(
        _ program: TestProgram, _ given: [String: SettingValue] = [:]
    ) async throws -> any IsolationProvider {
        let own: [String: SettingValue] = [
            "program": .string(program.path), "arguments": .strings(program.arguments),
        ]
        return try await provider(of: .external, own.merging(given) { $1 })
    }
}
