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
        let host = try ConversationTap.start(on: OwnedDescriptor(takingOwnershipOf: inner), path: path)
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
        #expect(text == "host>app 5 68656c6c6f\napp>host 2 6869\napp>host 3 627965\n")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func aRecordingThatCannotBeWrittenIsAnError() throws {
        let (inner, outer) = try pair()
        let app = OwnedDescriptor(takingOwnershipOf: outer)
        do throws(HostError) {
            _ = try ConversationTap.start(
                on: OwnedDescriptor(takingOwnershipOf: inner), path: "/no/such/folder/x.wire")
            Issue.record("it started")
        } catch { #expect(error.message.contains("/no/such/folder/x.wire")) }
        #expect(hear(1, on: app.rawValue) == "")
    }

    @Test func onlyGrainsThatWereAskedForAreRecorded() async throws {
        let folder = NSTemporaryDirectory() + "/recordings-\(UUID().uuidString)"
        defer { rmdir(folder) }
        let book = RecordingBook(directory: folder)
        let grain = GrainID.random()
        #expect(await book.file(for: grain) == nil)
        let path = try await book.begin(grain)
        #expect(await book.file(for: grain) == path)
        #expect(await book.file(for: GrainID.random()) == nil)
        try await book.end(grain)
        #expect(await book.file(for: grain) == nil)
        await #expect(throws: HostError.self) { try await book.end(grain) }
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
