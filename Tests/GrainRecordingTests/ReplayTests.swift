import Testing

@testable import GrainRecording

@Suite struct ReplayTests {
    @Test func aConversationPlayedAgainstItselfHasNoDifference() throws {
        let recording = try Recording(parsing: fixture)
        let (host, app) = try play(recording, recording)
        #expect(host.differences.isEmpty, "\(host.differences)")
        #expect(app.differences.isEmpty, "\(app.differences)")
        #expect(host.comparedCount > 30 && app.comparedCount > 30)
    }

    @Test func aRedactedConversationPlaysAsWell() throws {
        let recording = try Recording(parsing: fixture).redacted()
        let (host, app) = try play(recording, recording)
        #expect(host.differences.isEmpty && app.differences.isEmpty)
    }

    @Test func anotherAnswerIsOneDifferenceThatSaysWhere() throws {
        let recording = try Recording(parsing: fixture)
        let other = try replacing("calendar-access", "calendar-excess", in: recording)
        let found = try play(recording, other).host.differences
        #expect(found.count == 1)
        #expect(found.first?.description.contains("WebSession.options") == true, "\(found)")
        #expect(found.first?.description.contains("calendar-excess") == true, "\(found)")
    }

    @Test func anotherRequestIsADifferenceForTheApp() throws {
        let recording = try Recording(parsing: fixture)
        let found = try play(replacing("application/x-y", "application/x-z", in: recording), recording).app.differences
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.description.contains("Streaming") }, "\(found)")
    }

    @Test func whatDoesNotComeIsADifference() throws {
        let recording = try Recording(parsing: fixture)
        var replay = try Replay(recording, playing: .host)
        #expect(!replay.start().isEmpty)
        #expect(!replay.isOver)
        replay.finish()
        #expect(replay.differences.contains { $0.description.contains("did not come") })
    }

    @Test func bytesThatAreNoMessageAreAMistake() throws {
        var replay = try Replay(try Recording(parsing: fixture), playing: .host)
        #expect(throws: Recording.Mistake.self) { try replay.receive([UInt8](repeating: 0xff, count: 64)) }
    }

    // MARK: Helpers

    /// Two players, each with its own idea of the conversation, in pieces of 100 bytes.
    private func play(_ one: Recording, _ other: Recording) throws -> (host: Replay, app: Replay) {
        var host = try Replay(one, playing: .host), app = try Replay(other, playing: .app)
        var toApp = host.start(), toHost = app.start()
        while !toApp.isEmpty || !toHost.isEmpty {
            let (forApp, forHost) = (toApp.prefix(100), toHost.prefix(100))
            toApp.removeFirst(forApp.count)
            toHost.removeFirst(forHost.count)
            toHost += try app.receive(forApp)
            toApp += try host.receive(forHost)
        }
        host.finish()
        app.finish()
        return (host, app)
    }

    /// The same conversation with other words of the same length.
    private func replacing(_ words: String, _ others: String, in recording: Recording) throws -> Recording {
        #expect(words.utf8.count == others.utf8.count)
        return Recording(
            try recording.messages().map { piece in
                var bytes = piece.bytes
                while let range = bytes.firstRange(of: Array(words.utf8)) {
                    bytes.replaceSubrange(range, with: Array(others.utf8))
                }
                return Recording.Piece(from: piece.from, bytes)
            })
    }
}
