import Barchan
import Sealing
import Testing

@Suite struct AccountTests {
    @Test func aTokenLogsInOnce() async throws {
        let test = try await TestHost()
        let token = try await test.host.operatorLoginToken()
        let login = try await test.host.accounts.logIn(withToken: token)
        #expect(login.account.identifier == test.person)
        #expect(login.account.role == .administrator)
        #expect(login.lifetime == .seconds(30 * 86_400))
        #expect(try await test.host.accounts.account(forLogin: login.secret)?.identifier == test.person)
        await expectError(.permissionDenied) { _ = try await test.host.accounts.logIn(withToken: token) }
    }

    @Test func ofManyWhoTryAtOnceOneGetsIn() async throws {
        let test = try await TestHost()
        let token = try await test.host.operatorLoginToken()
        let successes = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask { (try? await test.host.accounts.logIn(withToken: token)) == nil ? 0 : 1 }
            }
            return await group.reduce(0, +)
        }
        #expect(successes == 1)
    }

    @Test func aTokenWorksForAnHour() async throws {
        let test = try await TestHost()
        let token = try await test.host.operatorLoginToken(), late = try await test.host.operatorLoginToken()
        test.clock.advance(by: .seconds(3_599))
        _ = try await test.host.accounts.logIn(withToken: token)
        test.clock.advance(by: .seconds(1))
        await expectError(.permissionDenied) { _ = try await test.host.accounts.logIn(withToken: late) }
    }

    @Test func aLoginWorksForThirtyDays() async throws {
        let test = try await TestHost()
        let login = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        test.clock.advance(by: .seconds(30 * 86_400 - 1))
        #expect(try await test.host.accounts.account(forLogin: login.secret) != nil)
        test.clock.advance(by: .seconds(1))
        #expect(try await test.host.accounts.account(forLogin: login.secret) == nil)
    }

    @Test func loggingOutEndsOneLogin() async throws {
        let test = try await TestHost()
        let one = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        let two = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        try await test.host.accounts.logOut(one.secret)
        try await test.host.accounts.logOut(one.secret)
        #expect(try await test.host.accounts.account(forLogin: one.secret) == nil)
        #expect(try await test.host.accounts.account(forLogin: two.secret) != nil)
    }

    @Test func unknownSecretsLetNobodyIn() async throws {
        let test = try await TestHost()
        await expectError(.permissionDenied) { _ = try await test.host.accounts.logIn(withToken: .random()) }
        #expect(try await test.host.accounts.account(forLogin: Secret("")) == nil)
    }

    @Test func noSecretIsInTheRecords() async throws {
        let test = try await TestHost()
        let token = try await test.host.operatorLoginToken()
        let login = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        let all = (test.storage.recordKeys + test.storage.recordTexts).joined()
        #expect(!all.contains(token.text) && !all.contains(login.secret.text))
        #expect(all.contains(SHA256.hexadecimal(Array(login.secret.text.utf8))))
    }

    @Test func loginsAndTokensHaveLimits() async throws {
        let test = try await TestHost()
        let first = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        for _ in 0..<100 {
            test.clock.advance(by: .seconds(1))
            _ = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        }
        #expect(try await test.host.accounts.account(forLogin: first.secret) == nil)
        #expect(test.storage.recordKeys.filter { $0.hasPrefix("login/") }.count == 100)
        for _ in 0..<100 { _ = try await test.host.operatorLoginToken() }
        await expectError(.resourceExhausted) { _ = try await test.host.operatorLoginToken() }
        test.clock.advance(by: .seconds(3_600))
        _ = try await test.host.operatorLoginToken()
        #expect(test.storage.recordKeys.filter { $0.hasPrefix("login-token/") }.count == 1)
    }

    @Test func thereIsOneFirstAdministrator() async throws {
        let test = try await TestHost()
        let again = try await Host(
            isolation: test.grains, storage: test.storage, transport: test.grains,
            configuration: HostConfiguration(dataDirectory: "/data", paths: HostPaths(plugins: "/p", programs: "/p")),
            clock: test.clock)
        #expect(try await again.accountBook.administrator() == test.person)
        #expect(try await !again.accountBook.hasLoggedIn(test.person))
        _ = try await test.host.accounts.logIn(withToken: try await test.host.operatorLoginToken())
        #expect(try await again.accountBook.hasLoggedIn(test.person))
    }
}
