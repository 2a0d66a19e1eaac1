import Foundation
import MailSink
import Testing

extension EndToEndTests {
    /// Several people with browsers of their own (specification, sections 12 and 15).
    @Suite("People and sharing", .serialized) struct Sharing {
        @Test("an invited person gets a grain, uses it, and loses it while it is open")
        func person() async throws {
            try await Stage.with("sharing-person", apps: ["fossil"]) { stage in
                let ann = try await stage.visitor()
                try await stage.invite(ann, handle: "ann")
                let page = try await stage.person.create("New repository")
                let grain = try await page.grain()
                try await page.waitInFrame(for: "document.title !== ''", "Fossil's first page")
                let dialog = try await page.share()
                try await dialog.submit("person", ["handle": "ann", "role": "2"])
                try await page.wait(
                    for: "document.querySelector('dialog .tree').innerText.includes('Ann @ann')", "the tree to name Ann"
                )
                try await page.capture("sharing-dialog")

                let list = try await Page(in: stage.tools, at: stage.host.address + "/", profile: ann)
                try await list.wait(for: "document.body.innerText.includes('Shared with you')", "Ann's list")
                try await list.capture("sharing-list")
                let shared = try await Page(in: stage.tools, at: "\(stage.host.address)/grain/\(grain)", profile: ann)
                try await shared.waitInFrame(for: "document.title !== ''", "the grain for Ann")
                #expect(try await shared.evaluate("!!document.querySelector('form.title')") == .bool(false))

                _ = try await page.evaluate(
                    "[...document.querySelectorAll('dialog .grant button')].find(b => b.innerText === 'Remove').click()"
                )
                try await page.wait(
                    for: "document.querySelector('dialog').innerText.includes('They are removed')", "Ann to be removed")
                // Her page learns of it by itself, and her next request of the app gets nothing.
                try await shared.wait(
                    for:
                        "document.body.innerText.includes('There is nothing here') || !document.querySelector('.problem').hidden",
                    "Ann's page to say that it is over", limit: .seconds(300))
                let gone = try await Page(in: stage.tools, at: "\(stage.host.address)/grain/\(grain)", profile: ann)
                #expect(try await gone.evaluate("!document.querySelector('iframe')") == .bool(true))
                try await stage.host.stop()
            }
        }

        @Test("a link lets somebody anonymous in until it is revoked; another one is kept by a person")
        func link() async throws {
            try await Stage.with("sharing-link", apps: ["fossil"]) { stage in
                let page = try await stage.person.create("New repository")
                let grain = try await page.grain()
                try await page.waitInFrame(for: "document.title !== ''", "Fossil's first page")
                let dialog = try await page.share()
                try await dialog.submit("link", ["label": "for the choir"])
                let link = try await dialog.made()
                #expect(link.hasPrefix(stage.host.address + "/shared/"))
                try await dialog.submit("label", ["label": "for the band"])
                try await page.wait(
                    for: "document.querySelector('dialog .tree').innerText.includes('for the band')", "another label")

                let stranger = try await stage.visitor()
                let open = try await Page(in: stage.tools, at: link + "/timeline?n=5", profile: stranger)
                try await open.waitInFrame(for: "location.pathname === '/timeline'", "the app's page behind the link")
                try await open.capture("sharing-anonymous")

                let bob = try await stage.visitor()
                try await stage.invite(bob, handle: "bob")
                // The place within the page comes along, whatever Bob chooses.
                let place = link + "/timeline?n=5#bottom"
                let inFrame = "location.pathname + location.hash === '/timeline#bottom'"
                let choice = try await Page(in: stage.tools, at: place, profile: bob)
                let incognito = try await Page(in: stage.tools, at: place, profile: bob)
                for tab in [choice, incognito] {
                    try await tab.wait(for: "document.body.innerText.includes('Keep it')", "the choice")
                }
                try await choice.capture("sharing-choice")
                _ = try await incognito.evaluate(
                    "document.querySelector('form[action^=\"/incognito\"] button').click()")
                try await incognito.waitInFrame(for: inFrame, "the place, incognito")
                _ = try await choice.evaluate("document.querySelector('button.main').click()")
                try await choice.wait(
                    for: "location.pathname.startsWith('/grain/\(grain)')", "the grain to be Bob's too")
                try await choice.waitInFrame(for: inFrame, "the place, kept")
                let state = "document.querySelector('header.bar .state').className"
                try await incognito.wait(for: "\(state) === 'state running'", "the tab to be open still")

                _ = try await page.evaluate(
                    "[...document.querySelectorAll('dialog .grant button')].find(b => b.innerText === 'Revoke').click()"
                )
                try await page.wait(
                    for: "document.querySelector('dialog').innerText.includes('Nobody has access by it')",
                    "the link to go")
                for tab in [open, choice] {
                    try await tab.wait(
                        for:
                            "document.body.innerText.includes('There is nothing here') || document.body.innerText.includes('of no use') || (document.querySelector('.problem') && !document.querySelector('.problem').hidden)",
                        "the pages that came by the link to be over", limit: .seconds(300))
                }
                try await stage.host.stop()
            }
        }

        @Test("somebody comes by a mailed invitation, logs out, and is back by a mailed code")
        func mailCode() async throws {
            let mail = try MailSink()
            let settings = [
                "mail.server=smtp://127.0.0.1:\(mail.port)", "mail.from=barchan@example.org", "mail.encrypted=false",
            ]
            try await Stage.with("mail-code", apps: [], settings: settings) { stage in
                let people = try await Page(in: stage.tools, at: stage.host.address + "/people")
                _ = try await people.evaluate(
                    """
                    (() => { const form = document.querySelector('form[action="/people/invite"]');
                             form.elements.address.value = 'ann@example.org'; form.requestSubmit(); return true; })()
                    """)
                let invitation = try #require(await mail.next())
                #expect(invitation.recipients == ["<ann@example.org>"])
                let link = try #require(
                    invitation.text.firstMatch(of: /http:\/\/localhost:[0-9]+\/invite\/[A-Za-z0-9_-]+/)?.output)

                let ann = try await stage.visitor()
                let page = try await Page(in: stage.tools, at: String(link), profile: ann)
                _ = try await page.evaluate(
                    """
                    (() => { const form = document.querySelector('form'); form.elements.name.value = 'Ann';
                             form.elements.handle.value = 'ann'; form.requestSubmit(); return true; })()
                    """)
                try await page.wait(
                    for: "location.pathname === '/' && !!document.querySelector('.who')", "Ann to be in")
                _ = try await page.evaluate("document.querySelector('form[action=\"/logout\"]').requestSubmit()")
                try await page.wait(for: "document.body.innerText.includes('not logged in')", "Ann to be out")

                // Whoever asks for a stranger's code sees the same page, and nobody gets mail.
                try await page.ask(forCodeTo: "nobody@example.org")
                try await page.go(to: stage.host.address + "/account")
                try await page.ask(forCodeTo: "ann@example.org")
                let message = try #require(await mail.next())
                #expect(message.recipients == ["<ann@example.org>"] && mail.count == 2)
                let code = try #require(message.text.firstMatch(of: /\b[0-9]{4} ?[0-9]{4}\b/)?.output)
                try await page.capture("mail-code")

                let wrong = code.hasPrefix("0") ? "11111111" : "00000000"
                try await page.answer(wrong)
                try await page.wait(for: "!!document.querySelector('[role=alert]')", "a wrong code to be refused")
                #expect(try await page.evaluate("!document.querySelector('.who')") == true)
                // Another browser cannot use it either.
                let other = try await Page(
                    in: stage.tools, at: stage.host.address + "/", profile: try await stage.visitor())
                try await other.ask(forCodeTo: "nobody@example.org")
                try await other.answer(String(code))
                try await other.wait(
                    for: "!!document.querySelector('[role=alert]')", "a code of somebody else's browser")

                try await page.answer(String(code))
                try await page.wait(for: "!!document.querySelector('.who')", "Ann to be in again")
                #expect(try await page.evaluate("document.querySelector('.who .name').innerText").string == "Ann")
                #expect(try await page.evaluate("location.pathname").string == "/account", "where Ann was")
                try await stage.host.stop()
            }
        }

        @Test("the pages about people are there, in both colours")
        func pages() async throws {
            try await Stage.with("people-pages", apps: []) { stage in
                for path in ["people", "account"] {
                    let page = try await Page(in: stage.tools, at: "\(stage.host.address)/\(path)")
                    #expect(try await page.evaluate("document.querySelectorAll('h1').length") == .number(1))
                    let unlabelled = try await page.evaluate(
                        """
                        [...document.querySelectorAll('input:not([type=hidden]), select')]
                            .filter(e => !e.labels || !e.labels.length).map(e => e.name).join()
                        """)
                    #expect(unlabelled.string == "")
                    try await page.capture("\(path)-light")
                    _ = try await stage.tools.call(
                        "Emulation.setEmulatedMedia",
                        ["features": [["name": "prefers-color-scheme", "value": "dark"]]], in: page.session)
                    try await page.capture("\(path)-dark")
                }
                try await stage.host.stop()
            }
        }
    }
}

extension Page {
    /// Says who somebody is, on the page for people who are not logged in.
    fileprivate func ask(forCodeTo address: String) async throws {
        _ = try await evaluate(
            """
            (() => { const form = document.querySelector('form[action="/login/by/email"]');
                     form.elements.claim.value = '\(address)'; form.requestSubmit(); return true; })()
            """)
        try await wait(
            for: "!!document.getElementById('code') && document.body.innerText.includes('\(address)')",
            "the question for the code")
    }

    fileprivate func answer(_ code: String) async throws {
        _ = try await evaluate(
            """
            (() => { const field = document.getElementById('code'); field.value = '\(code)'; field.form.requestSubmit();
                     return true; })()
            """)
        try await wait(for: "document.readyState === 'complete'", "an answer")
    }
}

extension Stage {
    /// A browser profile of somebody else.
    func visitor() async throws -> String {
        try await tools.call("Target.createBrowserContext")["browserContextId"].string ?? ""
    }

    /// Makes an invitation as the administrator and accepts it as somebody else.
    func invite(_ profile: String, handle: String) async throws {
        let page = try await Page(in: tools, at: host.address + "/people")
        _ = try await page.evaluate("document.querySelector('form[action=\"/people/invite\"]').requestSubmit()")
        let link = try await page.wait(for: "document.querySelector('#made').value", "the invitation").string ?? ""
        try await page.close()
        let welcome = try await Page(in: tools, at: link, profile: profile)
        _ = try await welcome.evaluate(
            """
            (() => { const form = document.querySelector('form'); form.elements.name.value = '\(handle.capitalized)';
                     form.elements.handle.value = '\(handle)'; form.requestSubmit(); return true; })()
            """)
        try await welcome.wait(for: "location.pathname === '/'", "\(handle) to be in")
        try await welcome.close()
    }
}

/// The dialog for sharing, on the page around a grain.
struct ShareDialog: Sendable {
    let page: Page

    /// Fills in the form that does `act` and sends it.
    func submit(_ act: String, _ fields: [String: String]) async throws {
        let values = try fields.map { "form.elements.\($0.key).value = \(try JSON.literal($0.value));" }.joined()
        _ = try await page.evaluate(
            """
            (() => { const form = document.querySelector('dialog input[name=act][value=\(act)]').form; \(values)
                     form.requestSubmit(); return true; })()
            """)
        try await page.wait(for: "!!document.querySelector('dialog [role=status], dialog [role=alert]')", "an answer")
    }

    /// The link or webkey that was made.
    func made() async throws -> String {
        try await page.wait(for: "document.querySelector('dialog #made').value", "the new link").string ?? ""
    }
}

extension Page {
    /// Opens the dialog for sharing.
    func share() async throws -> ShareDialog {
        _ = try await evaluate("document.querySelector('[data-share]').click()")
        try await wait(for: "document.querySelector('dialog.share').open", "the dialog for sharing")
        return ShareDialog(page: self)
    }
}
