import Barchan

/// What every transport promises.
public enum TransportConformance {
    public typealias Check = ConformanceCheck<any TransportProvider>

    /// Starts an app that speaks the provider's wire at the grain's end of a socket, and keeps it until the value is gone.
    ///
    /// The app has the permissions `read` and `write` and answers, with status 200 unless said otherwise:
    ///
    /// | request | answer |
    /// |---|---|
    /// | GET `echo/…` | its path |
    /// | GET `missing` | 404 |
    /// | GET `stream/N` | N bytes of ``pattern(_:)``, in pieces, each after the one before was acknowledged |
    /// | GET `endless` | pieces without end, each after the one before was acknowledged |
    /// | GET `never` | none, ever |
    /// | GET `open` | how many answers to `never` and `endless` the host still wants, in decimal digits |
    /// | GET `fail/KIND` | the wire's failure of that kind: `failed`, `overloaded`, `disconnected`, `unimplemented` |
    /// | GET `save` | a token from the host for an object of the app's |
    /// | GET `restore/TOKEN` | `thing`, when the object with that token comes back and answers |
    /// | GET `user` | the name in the profile of the session's person |
    /// | GET `awake`, `asleep` | takes a wake lock with the caption `checked` and lets go of it; `ok` |
    /// | POST `length` | the length of the body in decimal digits |
    /// | POST `echo` | the body |
    /// | web socket `echo` | what it gets |
    public typealias StartApp = @Sendable (consuming OwnedDescriptor) async throws -> any Sendable

    /// The promises that can be looked at without knowing the wire.
    public static let checks: [Check] = [
        aDeadGrainIsDisconnected, garbageEndsTheConversation, aMessageCutShortEndsTheConversation, closingIsFinal,
        everybodyHearsOfTheEnd,
    ]

    /// All promises.
    public static func checks(startingApps start: @escaping StartApp) -> [Check] {
        checks + appChecks(start) + streamChecks(start) + endChecks(start) + hostChecks(start)
    }

    static let aDeadGrainIsDisconnected = Check(
        "aDeadGrainIsDisconnected", "a grain that is gone fails every call as disconnected"
    ) { provider in
        var ends = try StreamSocketPair()
        try ends.closeGrain()
        do {
            let connection = try await provider.connect(over: ends.takeHost(), offering: MemoryGrainHost())
            await connection.waitForClose()
            try await requireError(.disconnected) { _ = try await connection.viewInfo() }
            await connection.close()
        } catch let error as HostError {
            try require(error.code == .disconnected, "connect threw \(error)")
        }
    }

    static let garbageEndsTheConversation = Check(
        "garbageEndsTheConversation", "a grain that does not speak the wire loses its connection"
    ) { provider in
        var ends = try StreamSocketPair()
        let connection = try await provider.connect(over: ends.takeHost(), offering: MemoryGrainHost())
        try ends.write([UInt8](repeating: 0xff, count: 4096))
        await connection.waitForClose()
        try await requireError(.disconnected) { _ = try await connection.viewInfo() }
    }

    static let aMessageCutShortEndsTheConversation = Check(
        "aMessageCutShortEndsTheConversation", "a grain that goes away in the middle of a message is disconnected"
    ) { provider in
        // As many bytes as no message has; zeros are the beginning of one on many wires.
        for count in [1, 7, 13] {
            var ends = try StreamSocketPair()
            let connection = try await provider.connect(over: ends.takeHost(), offering: MemoryGrainHost())
            try ends.write([UInt8](repeating: 0, count: count))
            try ends.closeGrain()
            await connection.waitForClose()
            try await requireError(.disconnected) { _ = try await connection.viewInfo() }
        }
    }

    static let closingIsFinal = Check(
        "closingIsFinal", "after close every call fails as disconnected, and a second close does nothing"
    ) { provider in
        var ends = try StreamSocketPair()
        let connection = try await provider.connect(over: ends.takeHost(), offering: MemoryGrainHost())
        let asking = Task { try await connection.viewInfo() }
        await connection.close()
        await connection.close()
        await connection.waitForClose()
        try await requireError(.disconnected) { _ = try await asking.value }
        try await requireError(.disconnected) {
            _ = try await connection.openWebSession(.somebody).send(WebRequest(method: .get, path: ""))
        }
    }

    static let everybodyHearsOfTheEnd = Check(
        "everybodyHearsOfTheEnd", "every waiter returns when the conversation is over"
    ) { provider in
        var ends = try StreamSocketPair()
        let connection = try await provider.connect(over: ends.takeHost(), offering: MemoryGrainHost())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { await connection.waitForClose() } }
            try? ends.closeGrain()
            await group.waitForAll()
        }
        await connection.waitForClose()
    }
}

extension WebSessionParameters {
    static let somebody = WebSessionParameters(
        user: UserInfo(
            displayName: "Somebody", preferredHandle: "somebody", identityID: Array(1...32), permissions: [true, false]),
        basePath: "https://example.test", userAgent: "conformance", acceptableLanguages: ["en"],
        tabID: [UInt8](repeating: 7, count: 16))
}
