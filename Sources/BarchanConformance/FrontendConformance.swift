import Barchan

/// What every frontend promises. The checks come in over HTTP, as browsers do, and know no page by heart: they follow the login
/// link, open a grain and go where its frame goes.
public enum FrontendConformance {
    public static let checks: [ConformanceCheck<any FrontendProvider>] = [
        ConformanceCheck("announcesItself", "the address people open is announced once and has no trailing slash") {
            provider in
            try await Visit.make(to: provider) { visit in
                try require(visit.address.baseURL.contains("://"), "the address is '\(visit.address.baseURL)'")
                try require(
                    !visit.address.baseURL.hasSuffix("/"), "the address '\(visit.address.baseURL)' ends with a slash")
            }
        },
        ConformanceCheck("answersWhenReady", "people can connect as soon as the address is announced") { provider in
            try await Visit.make(to: provider) { visit in _ = try await visit.get("/") }
        },
        ConformanceCheck("servesAgain", "after serving has ended, the same provider can serve again") { provider in
            for _ in 0..<3 { try await Visit.make(to: provider) { visit in _ = try await visit.get("/") } }
        },
        ConformanceCheck("strangersSeeNothing", "who is not logged in sees no grain and no app") { provider in
            try await Visit.make(to: provider) { visit in
                for path in ["/", "/grain/\(visit.host.grain.identifier)"] {
                    let text = try await visit.get(path).text
                    try require(!text.contains(visit.host.grain.title), "'\(path)' shows a grain to a stranger")
                }
            }
        },
        ConformanceCheck("loginLinkWorksOnce", "the login link logs in one browser, once") { provider in
            try await Visit.make(to: provider) { visit in
                try await visit.logIn()
                let text = try await visit.get("/").text
                try require(text.contains(visit.host.grain.title), "a login shows no grain")
                let second = Visit(address: visit.address, host: visit.host)
                do { try await second.logIn() } catch is ConformanceFailure { return }
                throw ConformanceFailure("the link logged in a second browser")
            }
        },
        ConformanceCheck(
            "requestsReachTheApp", "what the browser asks of an open grain reaches its app, and the answer comes back"
        ) { provider in
            try await Visit.make(to: provider) { visit in
                let answer = try await visit.openGrain(path: "/some/page?x=y")
                try require(answer.status == 200, "the grain's page has status \(answer.status)")
                try require(answer.text == "some/page?x=y", "the app was asked for '\(answer.text)'")
            }
        },
        ConformanceCheck("appCannotSetHeaders", "no line of an app's answer becomes a header of another name") {
            provider in
            try await Visit.make(to: provider) { visit in
                let answer = try await visit.openGrain(path: "/split")
                try require(answer.values("x-split").isEmpty, "a line break of the app's became a header")
            }
        },
        ConformanceCheck(
            "originPerSession", "every session has an origin of its own, which another session's cookie does not open",
            required: [.originPerSession]
        ) { provider in
            try await Visit.make(to: provider) { visit in
                _ = try await visit.openGrain(path: "/one")
                let (firstHost, firstCookie) = (visit.grainHost, visit.grainCookie)
                _ = try await visit.openGrain(path: "/two")
                try require(firstHost != visit.grainHost, "two sessions share the origin '\(firstHost)'")
                let crossed = try await visit.get("/three", host: visit.grainHost, cookie: firstCookie)
                try require(crossed.text != "three", "one session's cookie opens another session")
                let bare = try await visit.get("/three", host: visit.grainHost)
                try require(bare.text != "three", "a session opens without a cookie")
            }
        },
        ConformanceCheck(
            "contentSecurityPolicy",
            "every answer of a grain's host carries one policy that keeps the page and its frame in",
            required: [.contentSecurityPolicy]
        ) { provider in
            try await Visit.make(to: provider) { visit in
                let page = try await visit.openGrain(path: "/one")
                let refused = try await visit.get("/one", host: visit.grainHost)
                let failed = try await visit.get("/fail", host: visit.grainHost, cookie: visit.grainCookie)
                for answer in [page, refused, failed] + visit.starts {
                    let policy = answer.values("content-security-policy")
                    try require(
                        policy.count == 1, "an answer with status \(answer.status) carries \(policy.count) policies")
                    for part in [
                        "default-src 'none'", "frame-ancestors", "form-action", "base-uri", "object-src 'none'",
                    ] {
                        try require(
                            policy[0].contains(part),
                            "the policy of an answer with status \(answer.status) has no \(part)")
                    }
                }
            }
        },
    ]
}
