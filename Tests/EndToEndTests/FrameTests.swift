import Foundation
import Testing

extension EndToEndTests {
    /// What a grain's page may ask of the page around it (specification, section 14), and what that page tells people.
    @Suite("The page and the frame", .serialized) struct Frame {
        @Test("setPath, setTitle and getGrainTitle do what they say, and strange values nothing")
        func pathAndTitle() async throws {
            try await Stage.with("frame-calls", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                let grain = try await page.grain()

                try await page.say(#"{setTitle: "Chapter 1"}"#)
                try await page.wait(for: "document.title.startsWith('Chapter 1')", "the app's title in the tab")
                try await page.say(##"{setTitle: "Chapter\u202e\n\u2066 2"}"##)
                try await page.wait(
                    for: "document.title.startsWith('Chapter 2 · ')", "a title of one line and one direction")
                try await page.say(#"{setTitle: "Chapter 1"}"#)
                try await page.say(#"{setPath: "/a/b?c=d#e"}"#)
                try await page.wait(
                    for: "location.pathname + location.search + location.hash === '/grain/\(grain)/a/b?c=d#e'",
                    "the app's path in the address bar")
                try await page.say(#"{setPath: ""}"#)
                try await page.wait(for: "location.pathname === '/grain/\(grain)/'", "an empty path to be /")

                for bad in [
                    #""x""#, "7", "null", "{}", #""/a\\b""#, #""/a b""#, #""/../../apps""#, #""/%2e%2e/%2e%2e/apps""#,
                    #""https://example.com/""#,
                ] {
                    try await page.say("{setPath: \(bad)}")
                }
                try await page.say("{setTitle: {}}")
                for whole in ["null", "7", #""setPath""#, "[]", "{}", #"{toString: 1}"#] { try await page.say(whole) }
                // Messages arrive in order: this one is behind all of them.
                let title = try await page.ask(#"{getGrainTitle: {}, rpcId: "t1"}"#, rpcID: "t1")
                #expect(title["grainTitle"].string == "Untitled Hostile pages page")
                #expect(try await page.evaluate("location.pathname").string == "/grain/\(grain)/")
                #expect(try await page.evaluate("document.title").string?.hasPrefix("Chapter 1 · ") == true)
                try await stage.host.stop()
            }
        }

        @Test("a subscriber to the title hears of a new one, in every tab of the grain")
        func subscription() async throws {
            try await Stage.with("frame-title", apps: ["HostilePages"]) { stage in
                let first = try await stage.open()
                let second = try await stage.person.open(try await first.grain())
                try await second.waitInFrame(for: "window.hostileReady", "the page in a second tab")
                _ = try await second.ask(#"{getGrainTitle: {}, rpcId: "s", subscribe: true}"#, rpcID: "s")
                _ = try await first.evaluate(
                    """
                    (() => { const form = document.querySelector('form.title'); form.elements.title.value = 'Renamed';
                             form.requestSubmit(); return true; })()
                    """)
                try await second.waitInFrame(
                    for: "heard.filter(m => m.rpcId === 's').at(-1).grainTitle === 'Renamed'",
                    "the second tab's page to hear of the title")
                try await second.wait(
                    for: "document.title.includes('Renamed') && document.querySelector('#title').value === 'Renamed'",
                    "the second tab to show the title")
                // The owner's title stays where the server keeps it.
                let third = try await stage.person.open(try await first.grain())
                try await third.wait(for: "document.title.includes('Renamed')", "the title in a new tab")
                try await stage.host.stop()
            }
        }

        @Test("what is not here says so: the powerbox answers, with the call's number")
        func unavailable() async throws {
            try await Stage.with("frame-powerbox", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                let answer = try await page.ask(#"{powerboxRequest: {rpcId: 41, query: []}}"#, rpcID: "41")
                #expect(answer["error"].string?.contains("not available") == true)
                #expect(answer["token"] == .null)
                try await stage.host.stop()
            }
        }

        @Test("startSharing and showConnectionGraph open the dialog once, and a link leads to the app's place")
        func sharing() async throws {
            // Nobody is sent mail here, but logging in by it is offered.
            let settings = ["mail.server=smtp://127.0.0.1:9", "mail.from=barchan@example.org", "mail.encrypted=false"]
            try await Stage.with("frame-sharing", apps: ["HostilePages"], settings: settings) { stage in
                let page = try await stage.open()
                for bad in ["null", "7", #""x""#] { try await page.say("{startSharing: \(bad)}") }
                _ = try await page.ask(#"{getGrainTitle: {}, rpcId: "a"}"#, rpcID: "a")
                #expect(try await page.evaluate(dialogIsOpen) == false)

                try await page.say(##"{startSharing: {pathname: "/index.html", hash: "#part-2"}}"##)
                try await page.wait(for: dialogIsOpen, "the dialog for sharing")
                // While it is open the page cannot put another place under the person's hands.
                try await page.say(#"{startSharing: {pathname: "/elsewhere"}}"#)
                try await page.say("{showConnectionGraph: {}}")
                _ = try await page.ask(#"{getGrainTitle: {}, rpcId: "b"}"#, rpcID: "b")
                let dialog = ShareDialog(page: page)
                try await dialog.submit("link", ["label": "from the app"])
                let link = try await dialog.made()
                #expect(
                    link.hasPrefix("\(stage.host.address)/shared/") && link.hasSuffix("/index.html#part-2"), "\(link)")
                _ = try await page.evaluate("document.querySelector('dialog.share .close').click()")

                // Whoever gets the link is at that place.
                let other = try await Page(in: stage.tools, at: link, profile: try await stage.visitor())
                try await other.waitInFrame(
                    for: "location.pathname + location.hash === '/index.html#part-2'", "the place behind the link")
                // Somebody anonymous has nothing to share.
                try await other.waitInFrame(for: "window.hostileReady", "the page behind the link")
                try await other.say("{startSharing: {}}")
                try await other.wait(for: "\(problem).dataset.kind === 'refused' && !\(problem).hidden", "a refusal")
                #expect(try await other.evaluate(dialogIsOpen) == false)
                // But may be asked to log in, which somebody who is logged in is not.
                try await other.say("{overlaySignin: {creatingAccount: false}}")
                try await other.wait(
                    for: "\(dialogIsOpen) && document.querySelector('dialog').innerText.includes('not logged in')",
                    "the way to log in")
                #expect(
                    try await other.evaluate(
                        "document.querySelector('dialog [name=next]').value === location.pathname + location.search")
                        == true, "and to come back here")
                try await other.say("{overlaySignin: {disable: true}}")
                try await other.wait(for: "!\(dialogIsOpen)", "the dialog to go")
                try await page.say("{overlaySignin: {}}")
                try await page.say("{requestLogout: {}}")
                _ = try await page.ask(#"{getGrainTitle: {}, rpcId: "c"}"#, rpcID: "c")
                #expect(try await page.evaluate(dialogIsOpen) == false)

                try await page.say("{showConnectionGraph: {}}")
                try await page.agree()
                try await page.wait(for: "document.activeElement.id === 'share-who'", "who has access, in focus")
                #expect(
                    try await page.evaluate("document.querySelector('dialog .tree').innerText").string?
                        .contains("from the app") == true)
                try await stage.host.stop()
            }
        }

        @Test("renderTemplate gives the page a frame with a token that works, which the page itself cannot read")
        func templates() async throws {
            try await Stage.with("frame-template", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                let template = #"template: "<b>$API_HOST $API_TOKEN $GRAIN_TITLE_SLUG""#
                let answer = try await page.ask("{renderTemplate: {rpcId: 's1', \(template)}}", rpcID: "s1")
                let uri = answer["uri"].string ?? ""
                #expect(uri.hasPrefix("http://static.localhost:\(stage.host.port)/offer/"), "\(answer)")
                let frame = try #require(await stage.tools.frames(in: page.session).last)
                _ = try await stage.tools.call(
                    "Target.setAutoAttach",
                    ["autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true], in: frame.identifier)
                try await page.runInFrame(
                    "document.body.insertAdjacentHTML('beforeend', `<iframe id=offer src='\(uri)'></iframe>`); true")
                let shown = try await within(.seconds(300), "the offer's frame") {
                    while true {
                        if let inner = await stage.tools.frames(in: frame.identifier).last {
                            return Page(tools: stage.tools, target: inner.target, session: inner.identifier)
                        }
                        await stage.tools.nextEvent()
                    }
                }
                let text =
                    try await shown.wait(
                        for: "document.getElementById('text') && document.getElementById('text').textContent",
                        "the rendered template"
                    ).string ?? ""
                let words = text.split(separator: " ").map(String.init)
                #expect(words.count == 3 && words.last == "untitled-hostile-pages-page", "\(text)")
                #expect(words.first?.hasPrefix("<b>api-") == true, "text, and no markup: \(text)")
                #expect(
                    try await page.evaluateInFrame("document.getElementById('offer').contentDocument === null") == true)
                let token = words.count > 1 ? words[1] : "", host = String((words.first ?? "").dropFirst(3))
                for (secret, expected) in [(token, "200"), (token + "x", "403")] {
                    #expect(try await stage.status(of: "/echo?text=a", at: host, token: secret) == expected)
                }
                // Somebody else who learns the address sees nothing: it worked once.
                let offer = "/offer/" + (uri.split(separator: "/").last ?? "")
                let late = try await stage.status(of: offer, at: "static.localhost:\(stage.host.port)", token: "")
                #expect(late == "404")

                let kept = try await page.ask("{renderTemplate: {rpcId: 's2', template: 7}}", rpcID: "s2")
                #expect(kept["error"].string != nil && kept["uri"] == .null)
                let long = try await page.ask(
                    "{renderTemplate: {rpcId: 's3', template: 'x'.repeat(20000)}}", rpcID: "s3")
                #expect(long["error"].string?.contains("16 KiB") == true)
                try await stage.host.stop()
            }
        }

        @Test("only the grain's own top frame is listened to")
        func origins() async throws {
            try await Stage.with("frame-origins", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                // From a frame below it, on the same host and without an origin, and from our own page.
                let script = """
                    top.postMessage({setTitle: 'stolen'}, '*'); top.postMessage({startSharing: {}}, '*');
                    top.postMessage({renderTemplate: {rpcId: 'stolen', template: '$API_TOKEN'}}, '*');
                    parent.postMessage('said', '*')
                    """
                for (number, attributes) in ["", "sandbox=allow-scripts"].enumerated() {
                    try await page.runInFrame(
                        """
                        addEventListener('message', e => { if (e.data === 'said') window.said = \(number) + 1; });
                        document.body.insertAdjacentHTML('beforeend',
                            `<iframe \(attributes) srcdoc="<script>\(script)</script>"></iframe>`); true
                        """)
                    try await page.waitInFrame(for: "window.said > \(number)", "the inner frame to have spoken")
                }
                _ = try await page.evaluate(
                    "postMessage({setTitle: 'stolen'}, '*'); postMessage({showConnectionGraph: {}}, '*'); true")
                _ = try await page.ask(#"{getGrainTitle: {}, rpcId: "after"}"#, rpcID: "after")
                // A second round: what other processes sent has had its turn.
                try await Task.sleep(for: .milliseconds(300))
                _ = try await page.ask(#"{getGrainTitle: {}, rpcId: "later"}"#, rpcID: "later")
                #expect(try await page.evaluate("document.title").string?.contains("stolen") == false)
                #expect(try await page.evaluate(dialogIsOpen) == false)
                #expect(try await page.evaluateInFrame("heard.some(m => m.rpcId === 'stolen')") == false)
                // An answer goes to the grain's origin only: a page that took its place would not get it.
                #expect(try await page.evaluateInFrame("heard.every(m => m.from === 'shell')") == true)
                try await stage.host.stop()
            }
        }

        @Test("a link of the app's that is opened in a tab of its own leads there, around which is our page")
        func newTab() async throws {
            try await Stage.with("frame-tab", apps: ["HostilePages"]) { stage in
                let page = try await stage.open(), tools = stage.tools, address = stage.host.address
                let grain = try await page.grain()
                try await page.runInFrame(
                    "document.body.innerHTML = '<a href=\"/index.html?own\" style=\"position: fixed; inset: 0\">x</a>'; true"
                )
                let place = try await page.evaluate(
                    """
                    (() => { const box = document.querySelector('iframe').getBoundingClientRect();
                             return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()
                    """)
                for kind in ["mousePressed", "mouseReleased"] {
                    _ = try await tools.call(
                        "Input.dispatchMouseEvent",
                        ["type": .string(kind), "x": place["x"], "y": place["y"], "button": "middle", "clickCount": 1],
                        in: page.session)
                }
                // Tabs that pages open are nobody's here, but listed.
                let own = "\(address)/grain/\(grain)/index.html?own"
                let tab = try await within(.seconds(300), "our page in a new tab") {
                    while true {
                        let targets = try await tools.call("Target.getTargets")["targetInfos"].array
                        if let tab = targets.first(where: { $0["url"].string == own }) { return tab["targetId"] }
                        try await Task.sleep(for: .milliseconds(25))
                    }
                }
                _ = try await tools.call("Target.closeTarget", ["targetId": tab])
                try await stage.host.stop()
            }
        }

        @Test("a deep link keeps the app's path, query and fragment")
        func deepLinks() async throws {
            try await Stage.with("frame-links", apps: ["HostilePages"]) { stage in
                let grain = try await stage.open().grain()
                let page = try await stage.person.open(grain, path: "/index.html?a=b%20c&d=%2F#part-2")
                try await page.waitInFrame(
                    for: "location.pathname + location.search + location.hash === '/index.html?a=b%20c&d=%2F#part-2'",
                    "the page at the link's place")
                // On a slow machine the frame's first page arrives before our script runs.
                let slow = try await Page(in: stage.tools, at: "about:blank")
                _ = try await stage.tools.call("Emulation.setCPUThrottlingRate", ["rate": 10], in: slow.session)
                for part in 3..<9 {
                    try await slow.go(to: "\(stage.host.address)/grain/\(grain)/index.html?\(part)#part-\(part)")
                    try await slow.waitInFrame(
                        for: "location.search + location.hash === '?\(part)#part-\(part)'", "the link's place, slowly")
                }
                try await slow.close()
                // What the app moved to survives loading again.
                try await page.waitInFrame(for: "window.hostileReady", "the page's scripts")
                try await page.say(#"{setPath: "/index.html?moved#there"}"#)
                try await page.wait(for: "location.search === '?moved'", "the new path in the address bar")
                _ = try await page.evaluate("location.reload(); true")
                try await page.waitInFrame(
                    for: "location.search + location.hash === '?moved#there'", "the app's place after loading again")
                // Nor does a browser bring back the session that was over when the page was left.
                try await page.go(to: "\(stage.host.address)/apps")
                try await page.wait(for: "location.pathname === '/apps'", "another page")
                _ = try await page.evaluate("history.back(); true")
                try await page.waitInFrame(
                    for: "location.search + location.hash === '?moved#there'", "the app's place after coming back")
                try await stage.host.stop()
            }
        }

        @Test("closing one tab of a grain leaves the others alone")
        func tabs() async throws {
            try await Stage.with("frame-tabs", apps: ["HostilePages"]) { stage in
                let first = try await stage.open()
                let second = try await stage.person.open(try await first.grain())
                try await second.waitInFrame(for: "window.hostileReady", "the page in a second tab")
                let hosts = try await (
                    first.evaluateInFrame("location.host").string, second.evaluateInFrame("location.host").string
                )
                #expect(hosts.0 != hosts.1)
                try await first.close()
                let text = try await second.evaluateInFrame("fetch('/echo?text=still').then(r => r.text())")
                #expect(text.string == "still")
                try await stage.host.stop()
            }
        }

        @Test("a crash is explained with a way on, and the way works")
        func crash() async throws {
            try await Stage.with("frame-crash", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                try await page.runInFrame("fetch('/crash').catch(() => {}); true")
                _ = try await page.evaluate("dispatchEvent(new Event('online')); true")
                try await stage.command.wait(for: "crashed", of: try await page.grain())
                _ = try await page.evaluate("dispatchEvent(new Event('online')); true")
                try await page.wait(
                    for: "!\(problem).hidden && \(problem).dataset.kind === 'crashed'",
                    "the page to say that it crashed")
                let text = try await page.evaluate("\(problem).innerText").string ?? ""
                #expect(
                    text.contains("Hostile pages") && text.contains("Start again") && text.contains("log"), "\(text)")
                try await page.capture("frame-crashed")
                _ = try await page.evaluate("\(problem).querySelector('[data-again]').click(); true")
                try await page.waitInFrame(for: "window.hostileReady", "the app to be back")
                try await page.wait(for: "\(problem).hidden", "the explanation to go away")
                try await stage.host.stop()
            }
        }

        @Test("a page of a grain whose app was upgraded meanwhile says so, and can load the new one")
        func upgraded() async throws {
            try await Stage.with("frame-upgraded", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                // As if it had been made before.
                _ = try await page.evaluate(
                    "document.querySelector('header.bar').dataset.package = '0'.repeat(32); dispatchEvent(new Event('online')); true"
                )
                try await page.wait(
                    for: "\(problem).dataset.kind === 'upgraded' && !\(problem).hidden", "the page to say so")
                try await page.capture("frame-upgraded")
                _ = try await page.evaluate("\(problem).querySelector('[data-again]').click(); true")
                try await page.wait(for: "document.readyState === 'complete' && \(problem).hidden", "the new page")
                try await stage.host.stop()
            }
        }

        @Test("a page whose server is gone says so, and comes back by itself at the app's path")
        func offline() async throws {
            try await Stage.with("frame-offline", apps: ["HostilePages"]) { stage in
                let page = try await stage.open()
                try await page.say(#"{setPath: "/index.html?kept"}"#)
                try await page.wait(for: "location.search === '?kept'", "the path")
                try await stage.host.stop()
                _ = try await page.evaluate("dispatchEvent(new Event('offline')); true")
                try await page.wait(
                    for: "\(problem).dataset.kind === 'offline' && !\(problem).hidden",
                    "the page to say that it is offline")
                let text = try await page.evaluate("\(problem).innerText").string ?? ""
                #expect(text.contains("cannot be reached") && text.contains("may not be saved"), "\(text)")
                try await page.capture("frame-offline")
                let after = try await stage.restarted("frame-offline-after")
                // The session ended with the host; the page opens another one, at the same place.
                try await page.waitInFrame(
                    for: "window.hostileReady && location.search === '?kept'", "the page to be back by itself")
                try await after.host.stop()
            }
        }
    }
}

private let problem = "document.querySelector('.problem')"
private let dialogIsOpen = "document.querySelector('dialog.share').open"

extension Stage {
    /// A new grain of the hostile app, whose page notes every message it gets.
    func open() async throws -> Page {
        let page = try await person.create("New hostile page")
        try await page.waitInFrame(for: "window.hostileReady", "the app's page")
        return page
    }

    /// What an API host answers to a program with a token.
    fileprivate func status(of path: String, at host: String, token: String) async throws -> String {
        let script = """
            import http.client, sys
            c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
            c.request("GET", sys.argv[2], headers={"Host": sys.argv[3], "Authorization": "Bearer " + sys.argv[4]})
            print(c.getresponse().status)
            """
        let (_, output) = try await ChildProcess.run(
            "/usr/bin/python3", ["-c", script, "\(self.host.port)", path, host, token])
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Page {
    /// Posts a message to the page around the grain.
    func say(_ message: String) async throws {
        try await runInFrame("parent.postMessage(\(message), '*'); true")
    }

    /// Posts a message and waits for the answer with its number.
    fileprivate func ask(_ message: String, rpcID: String) async throws -> JSON {
        try await runInFrame(
            """
            if (!window.heard) {
                window.heard = [];
                addEventListener('message', e => {
                    if (e.data && e.data.rpcId !== undefined)
                        heard.push({...e.data, from: e.source === parent ? 'shell' : 'elsewhere'});
                });
            }
            parent.postMessage(\(message), '*'); true
            """)
        return try await waitInFrame(for: "heard.find(m => String(m.rpcId) === '\(rpcID)')", "an answer to \(message)")
    }
}
