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
        welcomed(try await host.accounts.logIn(withToken: Secret(visit.path[1])), visit)
    }

    /// The answer that makes a browser a logged in one.
    /// - Parameter next: Where it goes then, as ``Visit/place(_:)`` gives it; nil for where it was going before, or to the grains.
    func welcomed(_ login: Login, _ visit: Visit, next: String? = nil) -> Response {
        let kept = visit.cookie(placeName)
        var response = pages.redirect(to: next ?? kept.flatMap(ShellService.place) ?? "/")
        let seconds = login.lifetime.components.seconds
        response.fields.add("Set-Cookie", cookie(cookieName, login.secret.text, seconds: seconds))
        if kept != nil { response.fields.add("Set-Cookie", cookie(placeName, "", seconds: 0)) }
        return response
    }

    // MARK: Where somebody was going

    private var placeName: String { site.isHTTPS ? "__Host-barchan-place" : "barchan-place" }
    /// As long as most login links work.
    private static let placeSeconds: Int64 = 3_600
    /// Browsers drop cookies of more than 4 KiB, and each byte may take three.
    private static let maximumPlaceBytes = 1_024

    /// What somebody sees who is not logged in. Their browser keeps where they were going, so that a login link or an
    /// invitation, which know nothing of it, lead there.
    func welcome(_ visit: Visit) -> Response {
        let place = (visit.isRead ? Visit.place(visit.request.head.target) : nil) ?? "/"
        var response = pages.welcome(hasMail: host.accounts.loginMethods.contains("email"), next: place)
        guard visit.isPage else { return response }
        if place != "/", place.utf8.count <= ShellService.maximumPlaceBytes {
            let value = cookie(placeName, PercentText.encode(place), seconds: ShellService.placeSeconds)
            response.fields.add("Set-Cookie", value)
        } else if visit.cookie(placeName) != nil {
            response.fields.add("Set-Cookie", cookie(placeName, "", seconds: 0))
        }
        return response
    }

    /// - Parameter text: Out of a cookie, which others than we may have written.
    private static func place(_ text: String) -> String? {
        PercentText.decode(text).flatMap { Visit.place(String(decoding: $0, as: UTF8.self)) }
    }

    func logOut(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        try await host.accounts.logOut(person.login)
        var response = pages.redirect(to: "/")
        response.fields.add("Set-Cookie", cookie(cookieName, "", seconds: 0))
        return response
    }

    private func cookie(_ name: String, _ value: String, seconds: Int64) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax" + (site.isHTTPS ? "; Secure" : "")
    }
}
