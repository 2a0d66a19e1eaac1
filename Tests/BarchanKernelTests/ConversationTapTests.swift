import Barchan
import Foundation
import Glibc
import Testing

@testable import BarchanKernel

/// What passes between a grain and its host can be written down.
@Suite(.timeLimit(.minutes(10))) struct ConversationTapTests {
    @Test func whatIsSaidPassesAndIsWrittenDownInOrder() throws {
        let path = NSTemporaryDirectory() + "/tap-\(UUID().uuidString).wire"
        defer { unlink(path) }
        let (inner, outer) = try pair()
        let app = OwnedDescriptor(takingOwnershipOf: outer)
        let host = try ConversationTap.start(
            on: OwnedDescriptor(takingOwnershipOf: inner), into: try RecordedFile(path))
        say("hello", on: host.rawValue)
        #expect(hear(5, on: app.rawValue) == "hello")
        say("hi", on: app.rawValue)
        #expect(hear(2, on: host.rawValue) == "hi")
        // The end passes, too, and what comes from the other side after it.
        shutdown(host.rawValue, CInt(SHUT_WR))
        #expect(hear(1, on: app.rawValue) == "")
        say("bye", on: app.rawValue)
        shutdown(app.rawValue, CInt(SHUT_WR))
        #expect(hear(4, on: host.rawValue) == "bye")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "conversation\nhost>app 5 68656c6c6f\napp>host 2 6869\napp>host 3 627965\n")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func whatWasSaidBeforeARestartStays() throws {
        let path = NSTemporaryDirectory() + "/tap-\(UUID().uuidString).wire"
        defer { unlink(path) }
        let file = try RecordedFile(path)
        let first = file.beginConversation()
        file.note([1], "host>app", in: first)
        let second = file.beginConversation()
        file.note([2], "app>host", in: second)
        // What still comes of the first belongs into neither.
        file.note([3], "app>host", in: first)
        #expect(file.end() == nil)
        file.note([4], "app>host", in: second)
        _ = file.beginConversation()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "conversation\nhost>app 1 01\nconversation\napp>host 1 02\n")
    }

    @Test func aRecordingThatIsFullSaysSo() throws {
        let path = NSTemporaryDirectory() + "/tap-\(UUID().uuidString).wire"
        defer { unlink(path) }
        let file = try RecordedFile(path, maximumBytes: 32)
        let conversation = file.beginConversation()
        file.note([1], "host>app", in: conversation)
        file.note([2], "host>app", in: conversation)
        // Smaller, but behind a gap.
        file.note([], "x", in: conversation)
        #expect(file.end() == "it is as long as recordings get")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "conversation\nhost>app 1 01\n")
    }

    @Test func aRecordingThatCannotBeWrittenIsAnError() {
        let error = #expect(throws: HostError.self) { try RecordedFile("/no/such/folder/x.wire") }
        #expect(error?.message.contains("/no/such/folder/x.wire") == true)
    }

    @Test func aGrainIsRecordedOnceAtATimeAndOnlyWhenItWasAskedFor() async throws {
        let folder = NSTemporaryDirectory() + "/recordings-\(UUID().uuidString)"
        defer { rmdir(folder) }
        let log = RecentLog()
        let book = RecordingBook(directory: folder, log: log.keeping(from: .info, of: .none))
        let grain = GrainID.random()
        #expect(await book.file(for: grain) == nil)
        let path = try await book.begin(grain, by: "process 7")
        #expect(await book.file(for: grain)?.path == path)
        #expect(await book.file(for: GrainID.random()) == nil)
        #expect(await book.grains == [grain])
        let refusal = await #expect(throws: HostError.self) { _ = try await book.begin(grain, by: "process 8") }
        #expect(refusal?.code == .alreadyExists && refusal?.message.contains("process 7") == true)
        #expect(access(path, F_OK) == 0)
        // Ends with the run of the grain that is under way.
        try await book.close(grain)
        #expect(await book.file(for: grain) == nil)
        #expect(await book.grains == [grain])
        #expect(try await book.end(grain) == nil)
        #expect(await book.file(for: grain) == nil)
        await #expect(throws: HostError.self) { _ = try await book.end(grain) }

        // The next recorder need not wait until the last one has taken its file, and is not disturbed by it.
        let next = try await book.begin(grain, by: "process 8")
        #expect(await book.drop(path) == nil)
        #expect(access(path, F_OK) != 0 && access(next, F_OK) == 0)
        #expect(await book.grains == [grain])
        // One whose recorder is gone ends, and leaves nothing.
        #expect(await book.drop(next) == grain)
        #expect(await book.grains.isEmpty)
        #expect(access(next, F_OK) != 0)
        // Nothing else is removed that way.
        let other = folder + ".txt"
        _ = FileManager.default.createFile(atPath: other, contents: nil)
        #expect(await book.drop(other) == nil)
        #expect(unlink(other) == 0)
        let lines = log.newest.map(\.message)
        #expect(lines.filter { $0.contains(grain.text) && $0.contains("recorded") }.count == 4, "\(lines)")
    }

    @Test func whatAKilledHostLeftIsRemovedAndWhatSomebodyKeptIsNamed() async throws {
        let folder = NSTemporaryDirectory() + "/recordings-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try await RecordingBook(directory: folder, log: .none).begin(GrainID.random(), by: "process 7")
        _ = FileManager.default.createFile(atPath: path + ".kept", contents: nil)
        let log = RecentLog()
        await RecordingBook(directory: folder, log: log.keeping(from: .info, of: .none)).removeLeftovers()
        #expect(access(path, F_OK) != 0 && access(path + ".kept", F_OK) == 0)
        #expect(log.newest.contains { $0.level == .warning && $0.message.contains(path + ".kept") })
    }

    private func pair() throws -> (CInt, CInt) {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    private func say(_ text: String, on descriptor: CInt) {
        let bytes = Array(text.utf8)
        #expect(send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
    }

    /// Up to `count` bytes, fewer at the end.
    private func hear(_ count: Int, on descriptor: CInt) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(descriptor, &piece, piece.count, 0)
            guard got > 0 else { break }
            bytes += piece[..<got]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
