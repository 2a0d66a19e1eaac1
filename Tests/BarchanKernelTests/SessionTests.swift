import Barchan
import Synchronization
import Testing

@Suite struct SessionTests {
    @Test func theAppLearnsWhoIsThere() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { app in
            app.answerFirst([
                PermissionDefinition(name: "read", title: ""),
                PermissionDefinition(name: "old", title: "", isObsolete: true),
                PermissionDefinition(name: "write", title: ""),
            ])
        }
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        let parameters = try #require(await test.grains.app(1).sessions.withLock { $0.first })
        #expect(parameters.user.permissions == [true, false, true])
        #expect(parameters.user.identityID.count == 32)
        #expect(parameters.user.preferredHandle == "administrator")
        #expect(
            parameters.basePath == "http://x.localhost" && parameters.userAgent == "test"
                && parameters.acceptableLanguages == ["en"])
        #expect(parameters.tabID.count == 16)
    }

    @Test func aPersonIsTheSameInOneGrainAndAnotherInTheNext() async throws {
        let test = try await TestHost()
        let one = try await test.makeGrain(), two = try await test.makeGrain()
        for grain in [one, one, two] {
            _ = try await test.host.sessions.open(grain, by: test.person).send(TestHost.get(), from: TestHost.client)
        }
        let first = await test.grains.app(1).sessions.withLock { $0.map(\.user.identityID) }
        let second = await test.grains.app(2).sessions.withLock { $0.map(\.user.identityID) }
        #expect(first.count == 2 && first[0] == first[1])
        #expect(first[0] != second[0])
    }

    @Test func anOpenSessionIsFoundByItsIdentifier() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        let found = await test.host.sessions.session(session.identifier)
        #expect(found?.secret == session.secret)
        await session.close()
        await session.close()
        #expect(await test.host.sessions.session(session.identifier) == nil)
        #expect(await test.host.sessions.session(.random()) == nil)
    }

    @Test func aPersonHasALimitedNumberOfTabs() async throws {
        let test = try await TestHost { $0.limits.sessionsPerAccount = 3 }
        let grain = try await test.makeGrain()
        let sessions = [
            try await test.host.sessions.open(grain, by: test.person),
            try await test.host.sessions.open(grain, by: test.person),
            try await test.host.sessions.open(grain, by: test.person),
        ]
        for session in sessions { try await session.keepAlive() }
        await expectError(.resourceExhausted) { _ = try await test.host.sessions.open(grain, by: test.person) }
        await sessions[1].close()
        _ = try await test.host.sessions.open(grain, by: test.person)
    }

    // MARK: Grains that go away

    @Test(arguments: [WebRequest.Method.get, .head, .options, .propfind(depth: .one), .report])
    func aSafeRequestThatGotNoAnswerIsAskedAgain(_ method: WebRequest.Method) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let first = await test.grains.app(1)
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        first.onRequest { _ throws(HostError) in
            first.end(.signaled(signal: 9))
            throw HostError(.disconnected, "gone")
        }
        #expect(try await session.send(WebRequest(method: method, path: ""), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    @Test(arguments: [WebRequest.Method.post, .put, .delete, .mkcol, .move(destination: "x", noOverwrite: true)])
    func anotherRequestIsNeverAskedTwice(_ method: WebRequest.Method) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let first = await test.grains.app(1)
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        first.onRequest { _ throws(HostError) in
            first.end(.signaled(signal: 9))
            throw HostError(.disconnected, "gone")
        }
        await expectError(.disconnected) {
            _ = try await session.send(WebRequest(method: method, path: ""), from: TestHost.client)
        }
        // The grain is known to be gone now, so the next one starts it first.
        #expect(try await session.send(WebRequest(method: method, path: ""), from: TestHost.client).text == "hello")
    }

    @Test func aSafeRequestIsAskedTwiceAndNoMore() async throws {
        let test = try await TestHost()
        test.grains.onLaunch { app in
            app.answerFirst()
            app.onRequest { request throws(HostError) in
                guard request.path == "end" else { return .text("hello") }
                app.end(.exited(status: 1))
                throw HostError(.disconnected, "gone")
            }
        }
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        _ = try await session.send(TestHost.get(), from: TestHost.client)
        await expectError(.disconnected) { _ = try await session.send(TestHost.get("end"), from: TestHost.client) }
        #expect(test.grains.apps.count == 2)
    }

    /// Whoever waited reads what the grain's owner reads, and the log says it, too.
    @Test(arguments: [
        (SandboxExit.exited(status: 3), 0, "the app ended with status 3"),
        (.exited(status: 139), 0, "the app ended with status 139, which stands for signal 11 (Segmentation fault)"),
        (.signaled(signal: 11), 0, "the app was ended by signal 11 (Segmentation fault)"),
        (
            .signaled(signal: 9), 1,
            "the app needed more memory than it may have, which is 1024 MiB (memoryMiB); the administrator can raise it with 'barchan grain limits'. The app was ended by signal 9 (Killed)"
        ),
    ])
    func aRequestThatWasCutSaysHowTheAppEnded(_ exit: SandboxExit, _ memoryKills: Int64, _ cause: String) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), app = await test.grains.app(1)
        app.used.withLock { $0.memoryKills = memoryKills }
        app.onRequest { _ throws(HostError) in
            app.print("bye\n")
            app.end(exit)
            throw HostError(.disconnected, "gone")
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        let message = await expectError(.disconnected) {
            _ = try await session.send(WebRequest(method: .post, path: ""), from: TestHost.client)
        }
        #expect(message == "\(cause); the end of its log:\nbye")
        let volume = try #require(try await test.storage.volume(for: grain))
        let log = String(decoding: try await volume.readLog(maximumBytes: 4_096), as: UTF8.self)
        #expect(log == "bye\n\n[barchan: \(cause)]\n")
    }

    /// Starting it again for the same request would only fail again; so it is as with any start that failed.
    @Test func anAppThatEndsBeforeItsFirstAnswerHasFailedToStart() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain(), app = await test.grains.app(1)
        app.onRequest { _ throws(HostError) in
            app.end(.exited(status: 3))
            throw HostError(.disconnected, "gone")
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.disconnected) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        let message = await expectError(.failed) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
        #expect(message.hasPrefix("start the app: the app ended with status 3; "), "\(message)")
        #expect(test.grains.apps.count == 1)
        test.clock.advance(by: .seconds(2))
        #expect(try await session.send(TestHost.get(), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    @Test func anAppThatSaysDisconnectedAndLivesIsNotEnded() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let app = await test.grains.app(1)
        let count = Mutex(0)
        app.onRequest { _ throws(HostError) in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 1 { throw HostError(.disconnected, "my own server is not there yet") }
            return .text("there")
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        async let response = session.send(TestHost.get(), from: TestHost.client)
        await test.clock.pass(.milliseconds(50))
        #expect(try await response.text == "there")
        #expect(test.grains.apps.count == 1)
    }

    @Test func theAppsOwnErrorsPass() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        await test.grains.app(1).onRequest { _ throws(HostError) in throw HostError(.unsupported, "no such method") }
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.unsupported) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
    }

    @Test func webSocketsPass() async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        var request = WebSocketRequest(path: "chat")
        request.protocols = ["a"]
        let response = try await session.openWebSocket(request, from: TestHost.client, incoming: BufferedBytes([1, 2]))
        #expect(response.protocols == ["a"])
        #expect(try await response.outgoing.readAll(maximumBytes: 9) == [1, 2])
    }
}
