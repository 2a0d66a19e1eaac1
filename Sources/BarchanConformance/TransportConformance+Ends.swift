import Barchan

extension TransportConformance {
    /// What a transport promises about failures, and about what is not wanted any more.
    static func endChecks(_ start: @escaping StartApp) -> [Check] {
        [
            appCheck(start, "everyFailureHasItsCode", "each kind of failure of an app has a code of its own") {
                connection in
                let session = try await connection.openWebSession(.somebody)
                let codes: [(String, HostError.Code)] = [
                    ("failed", .failed), ("overloaded", .resourceExhausted), ("disconnected", .disconnected),
                    ("unimplemented", .unsupported),
                ]
                for (kind, code) in codes {
                    try await requireError(code) { _ = try await get("fail/\(kind)", session) }
                    try await requireEcho("echo/after", session)
                }
            },
            appCheck(start, "cancellationReachesTheApp", "an app hears that nobody waits for its answer any more") {
                connection in
                let session = try await connection.openWebSession(.somebody)
                let sending = (0..<8).map { _ in Task { try await get("never", session) } }
                try await awaitAnswer("8", "open", session)
                for task in sending { task.cancel() }
                try await awaitAnswer("0", "open", session)
                for task in sending { try await requireError(.cancelled) { _ = try await task.value } }
            },
            appCheck(
                start, "whatIsNotReadIsReleased", "an app hears that nobody reads its stream any more",
                required: [.streaming]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let reader = try await stream(try await get("endless", session))
                _ = try await reader.next()
                try await requireAnswer("1", "open", session)
                reader.cancel()
                try await awaitAnswer("0", "open", session)
                // Letting go of an answer is giving it up, too.
                _ = try await get("endless", session)
                try await awaitAnswer("0", "open", session)
            },
            appCheck(
                start, "aSessionTakesItsOwnAlong",
                "closing a session ends its requests and its streams, and nobody else's",
                required: [.streaming]
            ) { connection in
                let session = try await connection.openWebSession(.somebody)
                let other = try await connection.openWebSession(.somebody)
                let reader = try await stream(try await get("endless", session))
                let kept = try await stream(try await get("endless", other))
                let sending = Task { try await get("never", session) }
                try await awaitAnswer("3", "open", other)
                await session.close()
                try await requireError(.disconnected) { _ = try await sending.value }
                try await requireError(.disconnected) { while try await reader.next() != nil {} }
                try await awaitAnswer("1", "open", other)
                try require(try await kept.next() != nil, "a stream of the other session ended")
                kept.cancel()
            },
        ]
    }

    private static func stream(_ response: WebResponse) async throws -> any ByteReader {
        guard case .content(_, let content) = response.outcome, case .stream(let reader, _) = content.body else {
            throw ConformanceFailure("the answer is not streamed: \(response.outcome)")
        }
        return reader
    }

    /// What a transport promises about the host as the app sees it.
    static func hostChecks(_ start: @escaping StartApp) -> [Check] {
        [
            hostCheck(start, "appsSaveAndRestore", "an app's object comes back by its token, until that is given up") {
                (connection, host) in
                let session = try await connection.openWebSession(.somebody)
                let token = String(decoding: try await wholeBody(try await get("save", session)), as: UTF8.self)
                try require(host.objects.count == 1, "\(host.objects.count) objects are saved")
                try await requireAnswer("thing", "restore/\(token)", session)
                try await host.drop(Secret(token))
                try await requireError(.failed) { _ = try await get("restore/\(token)", session) }
            },
            hostCheck(start, "appsKnowWhoIsThere", "an app may ask who its session's person is") { (connection, host) in
                host.setPermissions([true], of: WebSessionParameters.somebody.user.identityID)
                try await requireAnswer("Somebody", "user", try await connection.openWebSession(.somebody))
            },
            hostCheck(start, "wakeLocksEndWithTheirHandle", "a wake lock is held as long as the app holds its handle") {
                (connection, host) in
                let session = try await connection.openWebSession(.somebody)
                try await requireAnswer("ok", "awake", session)
                try require(host.wakeReasons == ["checked"], "the grain is awake for \(host.wakeReasons)")
                try await requireAnswer("ok", "asleep", session)
                while !host.wakeReasons.isEmpty { await Task.yield() }
                try await requireAnswer("ok", "awake", session)
                await connection.close()
                while !host.wakeReasons.isEmpty { await Task.yield() }
            },
        ]
    }
}
