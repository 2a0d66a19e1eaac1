import Barchan
import HTTP1
import HTTP1Server

extension GrainService {
    /// What every answer of a grain's host gets in the end: its trace, a place in the figures, and a line in the logs when
    /// it failed.
    /// - Parameters:
    ///   - session: Whose log; nil when nobody was let in.
    ///   - target: What the request asked for, when a secret stands in its own.
    ///   - fault: What `response` says went wrong.
    func finished(
        _ response: Response, _ request: Request, _ session: (any GrainSession)?, target: String? = nil,
        fault: RequestFault? = nil
    ) -> Response {
        metrics.noteGrain(response.status, since: request.begin)
        if let session, notesAll || response.status >= 500 {
            note(
                GrainLogLine(request, target ?? request.head.target, response.status, reason: fault?.reason),
                of: session)
        }
        var response = response
        response.fields.add(request.trace)
        if let seconds = fault?.retryAfterSeconds { response.fields.add("Retry-After", String(seconds)) }
        return response
    }

    /// In the grain's log, which has a limit of its own, and in the host's, unless the grain fails all the time.
    private func note(_ line: GrainLogLine, of session: any GrainSession) {
        Task { await session.note("barchan: \(line.text), trace \(line.trace)\(line.reason)") }
        let grain = session.grain.text
        guard notesAll || failureLines.refuse(grain) == nil else { return }
        log(
            .info, "grain \(grain): \(line.text)\(line.reason)",
            [KeyValue("grain", grain), KeyValue("trace", line.trace.description)])
    }

    func errorPage(_ status: Int, _ reason: String, _ origin: GrainOrigin, for request: Request) -> Response {
        errorPage(status, reason, origin, for: request.head, trace: request.trace)
    }

    /// An answer of ours on a grain's host. A page asks the frame around it to offer the log; others get a line of text.
    func errorPage(
        _ status: Int, _ reason: String, _ origin: GrainOrigin, for head: CheckedHead? = nil, trace: TraceID? = nil
    ) -> Response {
        var fields = origin.policy
        if status == 426 { fields.add("Sec-WebSocket-Version", "13") }
        guard head?.value(of: "accept")?.contains("text/html") == true else { return .sentence(status, reason, fields) }
        fields.add("Cache-Control", "no-store")
        fields.add("Content-Type", "text/html; charset=utf-8")
        let page = GrainErrorPage.html(status: status, reason: reason, shell: site.baseURL, trace: trace)
        return Response(status, fields: fields, body: .bytes(Array(page.utf8)))
    }
}

/// A request as the logs have it.
private struct GrainLogLine {
    private static let maximumPathBytes = 500

    /// `GET /path 503 after 12 ms`, without the query, where apps put secrets.
    let text: String
    /// Behind a colon; empty when there is none.
    let reason: String
    let trace: TraceID

    init(_ request: Request, _ target: String, _ status: Int, reason: String?) {
        let path = target.prefix { $0 != "?" }.utf8.prefix(GrainLogLine.maximumPathBytes)
        let milliseconds = (uptimeNanoseconds() &- request.begin) / 1_000_000
        text = GrainLogLine.printable(
            "\(request.head.method) \(String(decoding: path, as: UTF8.self)) \(status) after \(milliseconds) ms")
        self.reason = reason.map { ": \(GrainLogLine.printable(GrainLogLine.withoutLog($0)))" } ?? ""
        trace = request.trace
    }

    /// How a grain ended may be told with the end of its log. In that log it would be one long line, and in the next end's report.
    private static func withoutLog(_ text: String) -> String {
        text.firstRange(of: "; the end of its log:\n").map { String(text[..<$0.lowerBound]) } ?? text
    }

    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }
}

enum GrainErrorPage {
    static func html(status: Int, reason: String, shell: String, trace: TraceID?) -> String {
        let offersLog = status >= 500
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(StatusLine.name(status))</title>
            <style>
            :root{color-scheme:light dark;font:16px/1.55 system-ui,sans-serif}
            body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#faf8f5,#191714);color:light-dark(#2b2620,#ece6dc)}
            main{max-width:34rem;padding:2rem;overflow-wrap:anywhere}
            h1{font-size:1.35rem;margin:0 0 .5rem}
            h1+p{white-space:pre-line}
            small{color:light-dark(#6f6558,#a59b8b)}
            button{font:inherit;padding:.5rem 1rem;margin:1rem .5rem 0 0;border-radius:.5rem;border:1px solid light-dark(#c9bda9,#574e41);background:light-dark(#fff,#26221d);color:inherit;cursor:pointer}
            </style>
            <main><h1>\(title(status))</h1><p>\(HTMLText.escaped(reason))</p>
            <button id="again">Try again</button>\(offersLog ? "<button id=\"log\">Show the app’s log</button>" : "")
            <p><small>\(status) \(StatusLine.name(status))\(trace.map { " · trace \($0)" } ?? "")</small></p></main>
            <script>
            again.onclick=()=>location.reload();
            if(parent!==window){parent.postMessage({barchanProblem:\(status)},"\(shell)");
            const l=document.getElementById("log");if(l)l.onclick=()=>parent.postMessage({barchanShowLog:{}},"\(shell)")}
            </script></html>
            """
    }

    private static func title(_ status: Int) -> String {
        switch status {
        case 403: "This page is closed"
        case 501: "The app cannot do this"
        case 502: "The app’s answer was stopped"
        case 503: "The app is not there"
        case 500...: "Something went wrong"
        default: "This request was refused"
        }
    }
}
