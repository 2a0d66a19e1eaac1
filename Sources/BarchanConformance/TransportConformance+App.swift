import Barchan

extension TransportConformance {
    /// What a transport promises about plain requests.
    static func appChecks(_ start: @escaping StartApp) -> [Check] {
        [
            appCheck(start, "viewInfoIsTheApps", "the view info is what the app says") { connection in
                let names = try await connection.viewInfo().permissions.map(\.name)
                try require(names == ["read", "write"], "the permissions are \(names)")
            },
            appCheck(start, "answersBelongToTheirRequests", "of many concurrent requests each gets its own answer") {
                connection in
                let session = try await connection.openWebSession(.somebody)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<64 {
                        group.addTask { try await requireEcho("echo/\(number)", session) }
                    }
                    try await group.waitForAll()
                }
            },
            appCheck(start, "sessionsAreIndependent", "closing one session leaves the others open") { connection in
                let first = try await connection.openWebSession(.somebody)
                let second = try await connection.openWebSession(.somebody)
                try await requireEcho("echo/1", first)
                await first.close()
                await first.close()
                try await requireError(.disconnected) {
                    _ = try await first.send(WebRequest(method: .get, path: "echo/1"))
                }
                try await requireEcho("echo/2", second)
            },
            appCheck(start, "errorsAreAnswers", "an answer with an error status is an answer") { connection in
                let session = try await connection.openWebSession(.somebody)
                let outcome = try await session.send(WebRequest(method: .get, path: "missing")).outcome
                guard case .clientError(404, _) = outcome else { throw ConformanceFailure("the outcome is \(outcome)") }
            },
            appCheck(start, "cancellingEndsTheWait", "a request of a cancelled task throws cancelled") { connection in
                let session = try await connection.openWebSession(.somebody)
                let sending = Task { try await session.send(WebRequest(method: .get, path: "never")) }
                sending.cancel()
                try await requireError(.cancelled) { _ = try await sending.value }
                try await requireEcho("echo/after", session)
            },
            appCheck(start, "closingFailsWhatIsUnderWay", "closing fails the requests under way as disconnected") {
                connection in
                let session = try await connection.openWebSession(.somebody)
                try await requireEcho("echo/before", session)
                let sending = Task { try await session.send(WebRequest(method: .get, path: "never")) }
                await connection.close()
                try await requireError(.disconnected) { _ = try await sending.value }
            },
        ]
    }

    static func appCheck(
        _ start: @escaping StartApp, _ name: String, _ sentence: String, required: Set<Guarantee> = [],
        _ body: @escaping @Sendable (any GrainConnection) async throws -> Void
    ) -> Check {
        hostCheck(start, name, sentence, required: required) { connection, _ in try await body(connection) }
    }

    /// The same for a check that looks at what the app asked of its host.
    static func hostCheck(
        _ start: @escaping StartApp, _ name: String, _ sentence: String, required: Set<Guarantee> = [],
        _ body: @escaping @Sendable (any GrainConnection, MemoryGrainHost) async throws -> Void
    ) -> Check {
        Check(name, sentence, required: required) { provider in
            var ends = try StreamSocketPair()
            let host = MemoryGrainHost()
            let connection = try await provider.connect(over: ends.takeHost(), offering: host)
            let app = try await start(ends.takeGrain())
            do {
                try await body(connection, host)
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
            withExtendedLifetime(app) {}
        }
    }
}

/// Sends GET `path` and requires this answer.
@Sendable func requireAnswer(_ answer: String, _ path: String, _ session: any WebSession) async throws {
    let text = String(decoding: try await wholeBody(try await get(path, session)), as: UTF8.self)
    try require(text == answer, "GET '\(path)' answers '\(text)' instead of '\(answer)'")
}

/// Asks until the answer is there; whoever runs the check sets the time limit.
@Sendable func awaitAnswer(_ answer: String, _ path: String, _ session: any WebSession) async throws {
    while String(decoding: try await wholeBody(try await get(path, session)), as: UTF8.self) != answer {
        try Task.checkCancellation()
        await Task.yield()
    }
}

@Sendable func get(_ path: String, _ session: any WebSession) async throws(HostError) -> WebResponse {
    try await session.send(WebRequest(method: .get, path: path))
}

/// Sends GET `path` and requires the path back.
@Sendable func requireEcho(_ path: String, _ session: any WebSession) async throws {
    let body = try await wholeBody(try await session.send(WebRequest(method: .get, path: path)))
    try require(body == Array(path.utf8), "GET '\(path)' answers '\(String(decoding: body, as: UTF8.self))'")
}

/// The body of an answer with content.
func wholeBody(_ response: WebResponse) async throws -> [UInt8] {
    guard case .content(_, let content) = response.outcome else {
        throw ConformanceFailure("the outcome is \(response.outcome), not content")
    }
    switch content.body {
    case .bytes(let bytes): return bytes
    case .stream(let reader, _): return try await reader.readAll(maximumBytes: 1 << 26)
    @unknown default: throw ConformanceFailure("the body is of an unknown kind")
    }
}
