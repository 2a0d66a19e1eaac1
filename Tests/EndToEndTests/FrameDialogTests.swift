import Testing

/// What a page that means harm can do with the dialog that it may ask for (specification, section 14).
extension EndToEndTests.Frame {
    @Test("a page cannot turn the link that a person copies into another one")
    func madeLinks() async throws {
        // What the page asks for, and what may come behind the link's token.
        let wishes = [
            ("pathname: '/../../shared/stolen', hash: '#x'", ""), ("pathname: '/%2e%2E/.%2e/login/x'", ""),
            ("pathname: '/..'", ""), ("pathname: '/a/../../stolen'", ""), (#"pathname: '/\\..\\..\\stolen'"#, ""),
            (#"pathname: '/.\t./..\n/stolen'"#, ""),
            ("pathname: '/a/../b?c=/../..', hash: '#/../..'", "/b?c=/../..#/../.."),
            ("hash: '#part-2'", "#part-2"),
        ]
        try await Stage.with("frame-made", apps: ["HostilePages"]) { stage in
            let page = try await stage.open(), dialog = ShareDialog(page: page)
            for (wish, rest) in wishes {
                try await page.say("{startSharing: {\(wish)}}")
                try await page.agree()
                try await dialog.submit("link", [:])
                let link = try await dialog.made()
                let start = "\(stage.host.address)/shared/"
                #expect(link.hasPrefix(start), "\(wish): \(link)")
                let token = link.dropFirst(start.count).prefix { !"/#?".contains($0) }
                #expect(token.count > 20 && link.dropFirst(start.count + token.count) == rest, "\(wish): \(link)")
                #expect(try await page.evaluate("new URL(\(JSON.literal(link))).href").string == link)
                try await page.closeDialog()
            }
            // A webkey is no address for people: nothing comes behind it.
            try await page.say("{startSharing: {pathname: '/a', hash: '#b'}}")
            try await page.agree()
            try await dialog.submit("token", [:])
            let webkey = try await dialog.made()
            #expect(webkey.contains("://api-") && !webkey.hasSuffix("/a#b"), "\(webkey)")
            try await stage.host.stop()
        }
    }

    @Test("a page cannot open the dialog over and over")
    func trap() async throws {
        try await Stage.with("frame-trap", apps: ["HostilePages"]) { stage in
            var page = try await stage.open()
            // Nobody clicks or types, as far as the browser knows, and not a moment ago either.
            page.isActing = false
            try await page.wait(for: "!navigator.userActivation.isActive", "the last click to be over")
            try await page.runInFrame(
                """
                setInterval(() => {
                    for (const name of ['startSharing', 'showConnectionGraph', 'overlaySignin'])
                        parent.postMessage({[name]: {}}, '*');
                }, 20); true
                """)
            try await page.wait(for: Page.dialogIsOpen, "the dialog, once")
            for _ in 0..<2 {
                try await page.closeDialog()
                try await page.wait(for: Page.isAsking, "the question whether to go on")
                _ = try await page.evaluate(
                    "window.arrived = 0; addEventListener('message', () => { ++arrived; }); true")
                try await page.wait(for: "arrived > 100", "the page to have asked again and again")
                #expect(try await page.evaluate("\(Page.isAsking) && !\(Page.dialogIsOpen)") == true)
                _ = try await page.evaluate("document.querySelector('.problem [data-again]').click()")
                try await page.wait(for: Page.dialogIsOpen, "the dialog that the person agreed to")
                #expect(try await page.evaluate(Page.isAsking) == false)
            }
            try await stage.host.stop()
        }
    }
}

extension Page {
    static let dialogIsOpen = "document.querySelector('dialog.share').open"
    /// Whether the person is asked beside the page.
    static let isAsking = "(p => !p.hidden && p.dataset.kind === 'wanted')(document.querySelector('.problem'))"

    /// Lets the dialog open that the grain's page has asked for, should the person be asked.
    func agree() async throws {
        try await wait(
            for: "(\(Page.isAsking) && document.querySelector('.problem [data-again]').click(), \(Page.dialogIsOpen))",
            "the dialog for sharing")
    }

    fileprivate func closeDialog() async throws {
        _ = try await evaluate("document.querySelector('dialog.share .close').click()")
    }
}
