import Barchan
import HTTP1Server

extension GrainService {
    /// An answer of ours on a grain's host. A page asks the frame around it to offer the log; others get a line of text.
    func errorPage(_ status: Int, _ reason: String, _ origin: GrainOrigin, for head: CheckedHead? = nil) -> Response {
        var fields = origin.policy
        fields.add("Cache-Control", "no-store")
        if status == 426 { fields.add("Sec-WebSocket-Version", "13") }
        guard head?.value(of: "accept")?.contains("text/html") == true else {
            fields.add("Content-Type", "text/plain; charset=utf-8")
            return Response(
                status, fields: fields, body: .bytes(Array("\(status) \(StatusLine.name(status)): \(reason)\n".utf8)))
        }
        fields.add("Content-Type", "text/html; charset=utf-8")
        let page = GrainErrorPage.html(status: status, reason: reason, shell: site.baseURL)
        return Response(status, fields: fields, body: .bytes(Array(page.utf8)))
    }
}

enum GrainErrorPage {
    static func html(status: Int, reason: String, shell: String) -> String {
        let offersLog = status >= 500
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(StatusLine.name(status))</title>
            <style>
            :root{color-scheme:light dark;font:16px/1.55 system-ui,sans-serif}
            body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#faf8f5,#191714);color:light-dark(#2b2620,#ece6dc)}
            main{max-width:34rem;padding:2rem;overflow-wrap:anywhere}
            h1{font-size:1.35rem;margin:0 0 .5rem}
            small{color:light-dark(#6f6558,#a59b8b)}
            button{font:inherit;padding:.5rem 1rem;margin:1rem .5rem 0 0;border-radius:.5rem;border:1px solid light-dark(#c9bda9,#574e41);background:light-dark(#fff,#26221d);color:inherit;cursor:pointer}
            </style>
            <main><h1>\(title(status))</h1><p>\(escaped(reason))</p>
            <button id="again">Try again</button>\(offersLog ? "<button id=\"log\">Show the app’s log</button>" : "")
            <p><small>\(status) \(StatusLine.name(status))</small></p></main>
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

    static func escaped(_ text: String) -> String {
        var result = ""
        // Scalars: a character may be `<` with an accent, and is not equal to `<` then.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
