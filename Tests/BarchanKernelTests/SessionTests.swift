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
        first.onRequest { _ throws(HostError) in
            first.end(.signaled(signal: 9))
            throw HostError(.disconnected, "gone")
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
        #expect(try await session.send(WebRequest(method: method, path: ""), from: TestHost.client).text == "hello")
        #expect(test.grains.apps.count == 2)
    }

    @Test(arguments: [WebRequest.Method.post, .put, .delete, .mkcol, .move(destination: "x", noOverwrite: true)])
    func anotherRequestIsNeverAskedTwice(_ method: WebRequest.Method) async throws {
        let test = try await TestHost()
        let grain = try await test.makeGrain()
        let first = await test.grains.app(1)
        first.onRequest { _ throws(HostError) in
            first.end(.signaled(signal: 9))
            throw HostError(.disconnected, "gone")
        }
        let session = try await test.host.sessions.open(grain, by: test.person)
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
            app.onRequest { _ throws(HostError) in
                app.end(.exited(status: 1))
                throw HostError(.disconnected, "gone")
            }
        }
        let grain = try await test.makeGrain()
        let session = try await test.host.sessions.open(grain, by: test.person)
        await expectError(.disconnected) { _ = try await session.send(TestHost.get(), from: TestHost.client) }
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
