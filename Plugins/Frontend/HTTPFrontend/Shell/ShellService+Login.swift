import Barchan

extension ShellService {
    private var cookieName: String { site.isHTTPS ? "__Host-barchan-login" : "barchan-login" }

    func person(_ visit: Visit) async throws(HostError) -> Person? {
        guard let text = visit.cookie(cookieName), !text.isEmpty else { return nil }
        guard let account = try await host.accounts.account(forLogin: Secret(text)) else { return nil }
        return Person(account: account, login: Secret(text), languages: visit.languages)
    }

    /// The link's page only asks; this uses the token up, so that programs that look at links do not.
    func logIn(_ visit: Visit) async throws(HostError) -> Response {
        welcomed(try await host.accounts.logIn(withToken: Secret(visit.path[1])))
    }

    /// The answer that makes a browser a logged in one.
    /// - Parameter next: Where it goes then, as ``Visit/place(_:)`` gives it.
    func welcomed(_ login: Login, next: String? = nil) -> Response {
        var response = pages.redirect(to: next ?? "/")
        response.fields.add("Set-Cookie", cookie(login.secret.text, seconds: login.lifetime.components.seconds))
        return response
    }

    func logOut(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        try await host.accounts.logOut(person.login)
        var response = pages.redirect(to: "/")
        response.fields.add("Set-Cookie", cookie("", seconds: 0))
        return response
    }

    private func cookie(_ value: String, seconds: Int64) -> String {
        "\(cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax" + (site.isHTTPS ? "; Secure" : "")
    }
}
