import Foundation

/// `Tests/Fixtures/systemd/manager.py`: a bus with something on it that looks like systemd.
final class FakeManager {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let address: String
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var rest: [UInt8] = []

    init(_ way: String) throws {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/systemd/manager.py")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [fixture.path, way]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var pending: [UInt8] = []
        guard let line = FakeManager.line(output.fileHandleForReading, &pending) else {
            throw Failure(description: "manager.py did not start: it needs python3-dbus, python3-gi and dbus-daemon")
        }
        address = line
        rest = pending
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// The next call that came, as it says it.
    func call() throws -> String {
        guard let line = FakeManager.line(output.fileHandleForReading, &rest) else {
            throw Failure(description: "no call came")
        }
        return line
    }

    /// Waits for one; nil at the end.
    private static func line(_ file: FileHandle, _ pending: inout [UInt8]) -> String? {
        while !pending.contains(0x0a) {
            let more = file.availableData
            guard !more.isEmpty else { return nil }
            pending += more
        }
        let line = pending.prefix { $0 != 0x0a }
        pending.removeFirst(line.count + 1)
        return String(decoding: line, as: UTF8.self)
    }
}
