import HTTP1Server

/// Which requests a grain's host takes, judged by what the browser says about where they come from.
///
/// `Sec-Fetch-Site` comes first: scripts cannot forge it. `Origin` decides where a browser does not send it, and for web
/// sockets. `Origin: null` alone is never enough; with `Sec-Fetch-Site: same-origin` it is harmless, and normal for a form
/// on a page with `Referrer-Policy: no-referrer`.
enum FetchRules {
    /// Nil when the request may pass, else why not.
    static func objection(to head: CheckedHead, origin: String) -> String? {
        if head.value(of: "service-worker") != nil || head.value(of: "sec-fetch-dest") == "serviceworker" {
            return "Apps may not install service workers here: they would outlive the session."
        }
        let claimed = head.value(of: "origin")
        if head.asksForWebSocket, let claimed, claimed != origin { return foreign }
        switch head.value(of: "sec-fetch-site") {
        case "same-origin":
            return claimed == nil || claimed == origin || claimed == "null" ? nil : foreign
        case "none": return isSafe(head) || claimed == origin ? nil : foreign
        case nil: return claimed == nil || claimed == origin ? nil : foreign
        default: return isNavigation(head) ? nil : foreign
        }
    }

    /// Whether a tab of its own is to show the answer, as after a click with the middle button: there the shell's page would not
    /// be around it, whose policy keeps the frame where it is. What is downloaded has another destination ("empty").
    static func isTopLevel(_ head: CheckedHead) -> Bool { head.value(of: "sec-fetch-dest") == "document" }

    /// Whether a page of the same grain opens another one in a tab of its own.
    static func isNewTab(_ head: CheckedHead) -> Bool {
        isTopLevel(head) && isSafe(head) && head.value(of: "sec-fetch-site") == "same-origin"
    }

    /// Our page opens the grain in its frame, from another site; so may a link, and then the cookie is missing.
    private static func isNavigation(_ head: CheckedHead) -> Bool {
        guard isSafe(head), head.value(of: "sec-fetch-mode") == "navigate" else { return false }
        let destination = head.value(of: "sec-fetch-dest")
        return destination == "iframe" || destination == "document"
    }

    private static func isSafe(_ head: CheckedHead) -> Bool { head.method == "GET" || head.method == "HEAD" }

    private static let foreign = "This request comes from another site."
}
