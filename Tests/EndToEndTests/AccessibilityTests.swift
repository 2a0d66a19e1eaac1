import Foundation
import MailSink
import Testing

extension EndToEndTests {
    /// Every page of ours for everybody: axe's rules for WCAG 2.2 AA in light, dark and on a phone, and the keyboard.
    @Suite("Pages for everybody", .serialized) struct Accessibility {
        @Test("axe finds nothing on any page, in light, in dark and on a phone")
        func axe() async throws {
            let mail = try MailSink()
            let settings = [
                "mail.server=smtp://127.0.0.1:\(mail.port)", "mail.from=barchan@example.org", "mail.encrypted=false",
            ]
            try await Stage.with("pages", apps: ["hello"], settings: settings) { stage in
                let inspector = try Inspector(stage)
                try await inspector.strangersPages()
                try await inspector.grainsPages()
                try await inspector.appsPages()
                try await inspector.peoplesPages()
                #expect(await inspector.pages.count >= 24)
                for problem in await inspector.problems { Issue.record("\(problem)") }
                try await stage.host.stop()
            }
        }

        @Test("the list of grains is worked with keys alone")
        func keyboard() async throws {
            try await Stage.with("pages-keyboard", apps: ["hello"]) { stage in
                let grain = try await stage.person.create("New greeting").grain()
                let page = try await Page(in: stage.tools, at: stage.host.address + "/")
                // The first key leads past the navigation.
                try await page.press("Tab")
                #expect(try await page.evaluate("document.activeElement.innerText").string == "Skip to the content")
                try await page.press("Enter")
                #expect(try await page.evaluate("location.hash").string == "#main")
                // Everything that can be used can be reached, in the order of the page.
                let reached = try await page.tabThrough()
                let usable = try await page.evaluate("(\(usable)).length").int ?? 0
                #expect(reached == (0..<usable).map { $0 }, "\(reached) of \(usable)")

                // Search: what is typed is found, the address follows, and the number is told.
                _ = try await page.evaluate("document.getElementById('q').focus()")
                _ = try await stage.tools.call("Input.insertText", ["text": "nothing like it"], in: page.session)
                try await page.wait(
                    for: "location.search.includes('nothing') && !document.querySelector('table')", "an empty list")
                #expect(
                    try await page.evaluate("document.querySelector('[role=search] + [role=status]').innerText").string?
                        .hasPrefix("0 of 1 grain") == true)
                _ = try await page.evaluate("document.getElementById('q').select()")
                try await page.press("Delete")
                try await page.wait(for: "document.querySelectorAll('tbody tr').length === 1", "the grain to be back")

                // The options of a grain open, close with Escape, and the focus is where it was.
                try await page.openOptions()
                try await page.press("Escape")
                try await page.wait(for: "!document.querySelector('dialog.options').open", "the options to close")
                #expect(try await page.evaluate("document.activeElement.className").string == "more")

                // A tag from there, one by choosing the row, then into the trash and back.
                try await page.openOptions()
                _ = try await page.evaluate("document.querySelector('input[name=tags]').focus()")
                _ = try await stage.tools.call("Input.insertText", ["text": "home, work"], in: page.session)
                try await page.press("Enter")
                try await page.wait(for: "\(tags) === 'home 1,work 1'", "the tags")
                #expect(try await page.evaluate("document.getElementById('several').checkVisibility()") == false)
                _ = try await page.evaluate("document.querySelector('tbody .pick input').focus()")
                try await page.press("Space")
                try await page.wait(for: "document.getElementById('several').checkVisibility()", "what can be done")
                _ = try await page.evaluate("document.getElementById('several-tag').focus()")
                _ = try await stage.tools.call("Input.insertText", ["text": "garden"], in: page.session)
                try await page.press("Enter")
                try await page.wait(for: "\(tags) === 'garden 1,home 1,work 1'", "the new tag")
                try await page.openOptions()
                _ = try await page.evaluate("document.querySelector('form[action$=\"/trash\"] button').focus()")
                try await page.press("Enter")
                try await page.wait(for: "document.body.innerText.includes('is in the trash')", "the grain to be away")
                #expect(try await stage.command.grains().contains { $0.identifier == grain && $0.state == "trash" })
                _ = try await page.evaluate("document.querySelector('.notice button').focus()")
                try await page.press("Enter")
                try await page.wait(for: "!!document.querySelector('a[href=\"/grain/\(grain)\"]')", "the grain again")
                try await stage.host.stop()
            }
        }

        @Test("without scripts everything on the list of grains works")
        func withoutScripts() async throws {
            try await Stage.with("pages-no-script", apps: ["hello"]) { stage in
                let grain = try await stage.person.create("New greeting").grain()
                let page = try await Page(in: stage.tools, at: "about:blank")
                _ = try await stage.tools.call(
                    "Emulation.setScriptExecutionDisabled", ["value": true], in: page.session)
                let list: JSON = ["url": .string(stage.host.address + "/?sort=title")]
                _ = try await stage.tools.call("Page.navigate", list, in: page.session)
                try await page.look(for: "!!document.querySelector('[role=search] button')", "the list")
                _ = try await page.evaluate(
                    "document.getElementById('q').value = 'greet'; document.querySelector('[role=search] button').click()"
                )
                try await page.look(
                    for: "location.search.startsWith('?q=greet') && document.readyState === 'complete'", "the search")
                #expect(try await page.evaluate("document.querySelectorAll('tbody tr').length") == .number(1))
                _ = try await page.evaluate("document.querySelector('a.more').click()")
                try await page.look(
                    for: "location.pathname === '/grains/\(grain)' && document.readyState === 'complete'", "its options"
                )
                _ = try await page.evaluate("document.querySelector('form[action$=\"/trash\"] button').click()")
                try await page.look(
                    for: "location.search === '?trashed=\(grain)' && document.readyState === 'complete'", "the trash")
                _ = try await page.evaluate("document.querySelector('.notice button').click()")
                try await page.look(for: "!!document.querySelector('a[href=\"/grain/\(grain)\"]')", "the grain again")

                // Several at once, and the whole trash.
                _ = try await page.evaluate("document.querySelector('tbody .pick input').click()")
                _ = try await page.evaluate("document.querySelector('#several button[value=trash]').click()")
                try await page.look(
                    for: "location.search === '?trashed=\(grain)' && document.readyState === 'complete'", "the trash")
                _ = try await page.evaluate("document.querySelector('a[href=\"/trash\"]').click()")
                try await page.look(for: "!!document.querySelector('a[href=\"/trash/empty\"]')", "what is in it")
                _ = try await page.evaluate("document.querySelector('a[href=\"/trash/empty\"]').click()")
                try await page.look(for: "!!document.querySelector('form[action=\"/trash/empty\"]')", "the question")
                _ = try await page.evaluate("document.querySelector('form[action=\"/trash/empty\"] button').click()")
                try await page.look(for: "document.body.innerText.includes('It is empty.')", "the empty trash")
                #expect(try await stage.command.grains().isEmpty)
                try await stage.host.stop()
            }
        }
    }
}

/// What somebody may use with keys, in the order of the page; what is in a closed menu is not there.
private let usable = """
    [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), main select, main summary')]
        .filter(e => e.checkVisibility() && !e.closest('details:not([open]) > :not(summary)'))
    """

/// The person's tags with their numbers, as the list shows them.
private let tags = "[...document.querySelectorAll('#found > .tags a')].map(a => a.innerText).join()"

/// Goes through our pages, has axe look at each, and keeps pictures.
private actor Inspector {
    private static let tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    /// Width, height and colours.
    private static let looks: [(name: String, width: Int, height: Int, scheme: String)] = [
        ("light", 1280, 900, "light"), ("dark", 1280, 900, "dark"), ("phone", 375, 812, "light"),
        ("phone-dark", 375, 812, "dark"),
    ]

    let stage: Stage
    private let axe: String
    private(set) var pages: [String] = []
    private(set) var problems: [String] = []

    init(_ stage: Stage) throws {
        self.stage = stage
        axe = try String(contentsOfFile: Places.axe, encoding: .utf8)
    }

    // MARK: Pages

    /// What people see who are not logged in.
    func strangersPages() async throws {
        let stranger = try await stage.visitor()
        try await look("welcome", "/", as: stranger)
        try await look("login", "/login/x", as: stranger)
        try await look("missing", "/nowhere")
        let code = try await Page(in: stage.tools, at: stage.host.address + "/", profile: stranger)
        _ = try await code.evaluate(
            """
            (() => { const form = document.querySelector('form[action="/login/by/email"]');
                     form.elements.claim.value = 'ann@example.org'; form.requestSubmit(); return true; })()
            """)
        try await code.wait(for: "document.body.innerText.includes('Enter the code')", "the question for the code")
        try await look("code", at: code)
    }

    func grainsPages() async throws {
        try await look("grains-empty", "/")
        try await look("trash-empty", "/trash")
        let grain = try await stage.person.create("New greeting")
        let identifier = try await grain.grain()
        try await grain.waitInFrame(for: "document.body.innerText.includes('Hello')", "the app's page")
        try await grain.wait(for: "document.querySelector('.state').innerText === 'running'", "the grain to run")
        try await look("grain", at: grain, keepsOpen: true)
        _ = try await grain.share()
        try await look("grain-sharing", at: grain)
        for place in ["log", "sharing", "version", "remove"] { try await look(place, "/grains/\(identifier)/\(place)") }

        let old = try await stage.person.create("New greeting")
        let discarded = try await old.grain()
        try await old.close()
        for (grain, tags) in [(identifier, "home, garden"), (discarded, "home")] {
            let options = try await Page(in: stage.tools, at: "\(stage.host.address)/grains/\(grain)")
            _ = try await options.evaluate(
                """
                (() => { const form = document.querySelector('form[action="/grains/\(grain)/tags"]');
                         form.elements.tags.value = '\(tags)'; form.requestSubmit(); return true; })()
                """)
            try await options.wait(for: "location.pathname === '/' && !!document.querySelector('.tags')", "the tags")
            try await options.close()
        }
        try await look("grain-options", "/grains/\(identifier)")
        let list = try await Page(in: stage.tools, at: stage.host.address + "/")
        try await look("grains", at: list, keepsOpen: true)
        try await list.openOptions()
        try await look("grains-options", at: list, keepsOpen: true)
        try await list.press("Escape")
        _ = try await list.evaluate("document.querySelector('.pick [value=\"\(discarded)\"]').click()")
        try await look("grains-chosen", at: list, keepsOpen: true)
        _ = try await list.evaluate("document.querySelector('#several button[value=trash]').click()")
        try await list.wait(for: "location.search.startsWith('?trashed')", "the grain to go")
        try await look("grains-trashed", at: list)
        let trash = try await Page(in: stage.tools, at: stage.host.address + "/trash")
        _ = try await trash.evaluate("document.querySelector('[data-all]').click()")
        try await look("trash", at: trash, keepsOpen: true)
        _ = try await trash.evaluate("document.querySelector('#several button[value=ask]').click()")
        try await trash.wait(for: "!!document.querySelector('button[value=remove]')", "the question")
        try await look("trash-delete", at: trash)
        try await look("trash-empty-question", "/trash/empty")
        try await look("grains-nothing-found", "/?q=nothing+like+it")
    }

    func appsPages() async throws {
        let question = try await stage.person.upload(try await packSecondVersion(in: stage.folder))
        try await look("upgrade", at: question)
        let apps = try await Page(in: stage.tools, at: stage.host.address + "/apps")
        _ = try await apps.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        try await look("apps", at: apps)
        try await look("admin-usage", "/admin")
        for place in ["packages", "limits", "log", "audit"] { try await look("admin-\(place)", "/admin/\(place)") }
    }

    func peoplesPages() async throws {
        let ann = try await stage.visitor()
        let people = try await Page(in: stage.tools, at: stage.host.address + "/people")
        _ = try await people.evaluate("document.querySelector('form[action=\"/people/invite\"]').requestSubmit()")
        let link = try await people.wait(for: "document.querySelector('#made').value", "the invitation").string ?? ""
        try await look("people-invited", at: people)
        try await look("invitation", at: try await Page(in: stage.tools, at: link, profile: ann))
        try await stage.invite(ann, handle: "ann")
        try await look("people", "/people")
        try await look("account", "/account")

        let grain = try await stage.person.open(
            try #require(await stage.command.grains().first { $0.state != "trash" }).identifier)
        try await grain.waitInFrame(for: "document.body.innerText.includes('Hello')", "the app's page")
        let dialog = try await grain.share()
        try await dialog.submit("person", ["handle": "ann"])
        try await dialog.submit("link", ["label": "for the choir"])
        let shared = try await dialog.made()
        try await look("grain-shared", at: grain)
        try await look("guest-grains", "/", as: ann)
        try await look("shared", at: try await Page(in: stage.tools, at: shared, profile: ann))
        let anonymous = try await Page(in: stage.tools, at: shared, profile: try await stage.visitor())
        try await look("grain-anonymous", at: anonymous)
    }

    // MARK: Looking

    private func look(_ name: String, _ path: String, as profile: String? = nil) async throws {
        try await look(name, at: try await Page(in: stage.tools, at: stage.host.address + path, profile: profile))
    }

    private func look(_ name: String, at page: Page, keepsOpen: Bool = false) async throws {
        pages.append(name)
        for look in Inspector.looks {
            try await page.look(width: look.width, height: look.height, scheme: look.scheme)
            try await page.capture("page-\(name)-\(look.name)")
            for violation in try await violations(on: page) {
                problems.append("\(name), \(look.name): \(violation.replacing("\n", with: " "))")
            }
            // Nothing is wider than the screen.
            let wide = try await page.evaluate("document.documentElement.scrollWidth").int ?? 0
            if wide > look.width { problems.append("\(name), \(look.name): it is \(wide) pixels wide") }
        }
        if !keepsOpen { try await page.close() }
    }

    /// The page itself; a grain's frame is its app's business.
    private func violations(on page: Page) async throws -> [String] {
        if try await page.evaluate("!!window.axe") != true { _ = try await page.evaluate(axe + "; true") }
        let tags = try Inspector.tags.map { try JSON.literal($0) }.joined(separator: ",")
        let found = try await page.evaluate(
            """
            axe.run(document, { runOnly: [\(tags)], iframes: false, resultTypes: ["violations"] }).then(r =>
                r.violations.map(v => v.id + " (" + v.impact + "): " + v.nodes.map(n => n.target + " " + n.failureSummary).join("; ")))
            """)
        return found.array.compactMap(\.string)
    }
}

extension Page {
    /// Shows the page as on another screen.
    fileprivate func look(width: Int, height: Int, scheme: String) async throws {
        _ = try await tools.call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)), "deviceScaleFactor": 1,
                "mobile": .bool(width < 600),
            ], in: session)
        _ = try await tools.call(
            "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": .string(scheme)]]],
            in: session)
    }

    /// As ``wait(for:_:)``, in a page whose scripts, and so whose timers, do not run.
    fileprivate func look(for expression: String, _ what: String) async throws {
        try await within(.seconds(30), what) {
            while (try? await evaluate(expression)) != true { try await Task.sleep(for: .milliseconds(25)) }
        }
    }

    /// Opens the options of the first grain of a list, by its key.
    fileprivate func openOptions() async throws {
        _ = try await evaluate("document.querySelector('a.more').focus()")
        try await press("Enter")
        try await wait(for: "document.querySelector('dialog.options').open", "the options")
    }

    /// Presses a key and lets it go.
    fileprivate func press(_ key: String) async throws {
        let codes = ["Tab": 9, "Enter": 13, "Escape": 27, "Space": 32, "Delete": 46]
        for type in ["keyDown", "keyUp"] {
            var event: [String: JSON] = [
                "type": .string(type), "key": .string(key == "Space" ? " " : key), "code": .string(key),
                "windowsVirtualKeyCode": .number(Double(codes[key] ?? 0)),
            ]
            if type == "keyDown" { event["text"] = key == "Enter" ? "\r" : key == "Space" ? " " : nil }
            _ = try await tools.call("Input.dispatchKeyEvent", .object(event), in: session)
        }
    }

    /// Which of what is usable the Tab key reaches, from here to the end of the page.
    fileprivate func tabThrough() async throws -> [Int] {
        var reached: [Int] = []
        for _ in 0..<200 {
            try await press("Tab")
            let index = try await evaluate("(\(usable)).indexOf(document.activeElement)").int ?? -1
            guard index >= 0 else { break }
            reached.append(index)
        }
        return reached
    }
}
