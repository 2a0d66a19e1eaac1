import CapnProto
import Foundation
import GrainSchemas
import Testing

@testable import GrainRecording

/// The conversation of a real bridge, recorded by other means than ours.
let fixture: [UInt8] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array((try? Data(contentsOf: folder.appending(path: "Fixtures/bridge/wire.txt"))) ?? Data())
}()

@Suite struct RecordingTests {
    @Test func aRecordingIsReadAndWrittenAsItWas() throws {
        let recording = try Recording(parsing: fixture)
        #expect(recording.pieces.count == 309)
        #expect(Array(recording.text.utf8) == fixture)
        #expect(try Recording(parsing: Array("# a remark\n\n".utf8) + fixture).pieces == recording.pieces)
    }

    @Test(arguments: ["host>app 1", "host>app 2 00", "host>app 1 0g", "host>app 1 0", "x>y 1 00", "host>app one 00"])
    func whatIsNoPieceIsAMistakeWithItsLine(_ line: String) {
        let mistake = #expect(throws: Recording.Mistake.self) { try Recording(parsing: Array("# x\n\(line)\n".utf8)) }
        #expect(mistake?.description.contains("line 2") == true)
    }

    @Test func everyStartOfTheGrainIsAConversation() throws {
        let text = "conversation\nhost>app 1 00\napp>host 1 01\nconversation\nconversation\n# x\nhost>app 1 02\n"
        let all = try Recording.conversations(in: text.utf8)
        // One in which nothing was said is none.
        #expect(
            all.map(\.pieces) == [
                [.init(from: .host, [0]), .init(from: .app, [1])], [.init(from: .host, [2])],
            ])
        let again = try Recording.conversations(in: Recording.text(of: all).utf8)
        #expect(again.map(\.pieces) == all.map(\.pieces))
        #expect(try Recording(parsing: text.utf8).pieces == all[1].pieces)
        // A recording without the line is one conversation.
        #expect(try Recording.conversations(in: fixture).map(\.pieces.count) == [309])
    }

    @Test(arguments: ["host>app 2 0", "host>ap", "conversat"])
    func aLastLineWhoseWriterWasKilledIsLeftOut(_ line: String) throws {
        let all = try Recording.conversations(in: "conversation\nhost>app 1 00\n\(line)".utf8)
        #expect(all.map(\.pieces) == [[.init(from: .host, [0])]])
    }

    @Test func messagesArePutTogetherFromPieces() throws {
        let recording = try Recording(parsing: fixture)
        let whole = try recording.messages()
        for side in [Recording.Side.host, .app] {
            let bytes = recording.pieces.filter { $0.from == side }.flatMap(\.bytes)
            #expect(whole.filter { $0.from == side }.flatMap(\.bytes) == bytes)
        }
        // The same bytes one by one.
        let crumbs = recording.pieces.flatMap { piece in piece.bytes.map { Recording.Piece(from: piece.from, [$0]) } }
        #expect(try Recording(crumbs).messages() == whole)
    }

    @Test func aMessageThatCannotBeIsAMistake() {
        for bytes: [UInt8] in [[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]] {
            #expect(throws: Recording.Mistake.self) { try Recording([.init(from: .app, bytes)]).messages() }
        }
    }

    @Test func aRedactedRecordingSaysNothingAndKeepsItsShape() throws {
        let recording = try Recording(parsing: fixture)
        let redacted = try recording.redacted()
        let before = try recording.messages(), after = try redacted.messages()
        #expect(before.count == after.count)
        for words in ["Ann", "UA/1", "ui-abc", "text/html", "hell", "Set-Cookie", "/there", "moved", "xxxxxxxxxx2"] {
            let bytes = Array(words.utf8)
            #expect(!after.contains { $0.bytes.firstRange(of: bytes) != nil }, "\(words)")
        }
        #expect(before.contains { $0.bytes.firstRange(of: Array("UA/1".utf8)) != nil })
        for (one, other) in zip(before, after) {
            let then = try ProtocolMessage(one.bytes), now = try ProtocolMessage(other.bytes)
            #expect(then.kind == now.kind && then.number == now.number && then.exports == now.exports)
            #expect(then.flat.bytes.count == now.flat.bytes.count)
            if then.isCall { #expect(then.method == now.method) }
        }
    }

    @Test func theHostsCallsAreFoundWithTheObjectsTheyAreFor() throws {
        let calls = try Recording(parsing: fixture).hostCalls()
        #expect(calls.count == 42)
        // View info and three sessions of the app's first object, then pages of these sessions.
        #expect(calls[0].interfaceID == Wire.UiView.interfaceID && calls[0].target == nil)
        #expect(calls[1...3].allSatisfy { $0.ordinal == Wire.UiView.Methods.newSession.ordinal && $0.target == nil })
        #expect(calls[4...6].map(\.target) == [1, 2, 3])
        #expect(calls[7...24].allSatisfy { $0.target == 1 && $0.ordinal == Wire.WebSession.Methods.get.ordinal })
        let paths = try calls[4...6].map {
            try MessageReader($0.params, framing: .flat).root(Wire.WebSession.GetParams.self).path
        }
        #expect(paths == ["a/b?c=d", "", "x/y"])
        // What is sent to an upload is for what opened it.
        let opening = try #require(calls.firstIndex { $0.ordinal == Wire.WebSession.Methods.postStreaming.ordinal })
        let pieces = calls.filter { $0.interfaceID == Wire.ByteStream.interfaceID && $0.target == opening }
        #expect(pieces.count == 2)
    }
}
