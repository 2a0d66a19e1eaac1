import Foundation
import Testing

/// Backups, as people and operators make and use them.
extension EndToEndTests {
    @Test("a wiki is downloaded, deleted and restored in the browser, and by command, and backed up by the host itself")
    func backups() async throws {
        try await Stage.with("backup", apps: ["dokuwiki"]) { stage in
            let words = "The dune keeps its shape."
            let page = try await stage.person.create("New wiki")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.querySelector('#dokuwiki__content')", "DokuWiki's front page")
            try await writeWikiPage(page, words)

            let downloaded = try await stage.download(from: page)
            try await expectWikiPage(page, words)
            let verified = try await stage.backup("backup", "verify", downloaded)
            #expect(verified.status == 0 && verified.output.contains("is good"), "\(verified.output)")

            try await page.close()
            try await stage.delete(grain)
            let restored = try await stage.upload(backup: downloaded)
            #expect(try await restored.grain() != grain)
            try await expectWikiPage(restored, words)
            try await restored.capture("backup-restored")

            try await byCommand(stage, try await restored.grain(), words)
            try await restored.close()
            try await bySchedule(stage)
        }
    }

    @Test("a grain answers, and is backed up, while a large one is being backed up")
    func backupsDelayNobody() async throws {
        try await Stage.with("backup-neighbours", apps: ["hello"]) { stage in
            var pages: [Page] = []
            for _ in 0..<2 {
                let page = try await stage.person.create("New greeting")
                try await page.waitInFrame(for: "document.body.innerText.includes('Hello')", "the greeting")
                pages.append(page)
            }
            let large = try await pages[0].grain(), neighbour = try await pages[1].grain()
            let content = "\(stage.command.data)/storage/volumes/\(large)/data/large"
            let made = try await ChildProcess.run(
                "/bin/dd", ["if=/dev/urandom", "of=\(content)", "bs=1M", "count=200", "status=none"])
            try #require(made.status == 0, "\(made.output)")

            let clock = ContinuousClock(), start = clock.now
            async let backup = stage.backup("backup", large, stage.folder("large.zip"))
            var slowest = Duration.zero, answers = 0
            let small = try await stage.backup("backup", neighbour, stage.folder("small.zip"))
            #expect(small.status == 0, "\(small.output)")
            #expect(!FileManager.default.fileExists(atPath: stage.folder("large.zip")), "the large one came first")
            while !FileManager.default.fileExists(atPath: stage.folder("large.zip")),
                start.duration(to: clock.now) < .seconds(600)
            {
                slowest = max(
                    slowest,
                    try await clock.measure {
                        let status = try await pages[1].evaluateInFrame("fetch('/').then(r => r.status)")
                        #expect(status == .number(200))
                    })
                answers += 1
            }
            let whole = start.duration(to: clock.now), result = try await backup
            #expect(result.status == 0, "\(result.output)")
            print("backup of 200 MiB: \(whole); \(answers) answers meanwhile, the slowest after \(slowest)")
            // How long each takes is the machine's affair; that they come before the backup is done is not.
            #expect(answers > 1)
            try await stage.host.stop()
        }
    }
}

private func byCommand(_ stage: Stage, _ grain: String, _ words: String) async throws {
    let file = stage.folder("by-command.zip")
    let made = try await stage.backup("backup", grain, file)
    #expect(made.status == 0 && made.output.contains("backed up"), "\(made.output)")
    #expect(try await stage.backup("backup", grain, file).status != 0, "there is one with that name")
    let restored = try await stage.backup("restore", file, "--json")
    try #require(restored.status == 0, "\(restored.output)")
    let copy = try JSON(parsing: Data(restored.output.utf8))["grain"].string ?? ""
    let page = try await stage.person.open(copy)
    try await expectWikiPage(page, words)
    try await page.close()

    let count = try await stage.command.grains().count
    var bytes = try Data(contentsOf: URL(filePath: file))
    bytes[bytes.count / 2] ^= 0xff
    try bytes.write(to: URL(filePath: file))
    #expect(try await stage.backup("backup", "verify", file).status != 0)
    #expect(try await stage.backup("restore", file).status != 0)
    #expect(try await stage.command.grains().count == count)
}

/// A host that starts makes backups of what was used since the last one.
private func bySchedule(_ stage: Stage) async throws {
    try await stage.host.stop()
    let folder = stage.folder("backups")
    let host = try await stage.restarted("backup", settings: ["backups.directory=\(folder)", "backups.everyHours=1"])
    for grain in try await host.command.grains() {
        let file = try await within(.seconds(300), "a backup of grain \(grain.identifier)") {
            while true {
                let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(grain.identifier)")
                if let name = names?.first(where: { $0.hasSuffix(".zip") }) {
                    return "\(folder)/\(grain.identifier)/\(name)"
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        let verified = try await host.backup("backup", "verify", file)
        #expect(verified.status == 0, "\(verified.output)")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
    try await host.host.stop()
}

extension Stage {
    /// `barchan grain …`
    fileprivate func backup(_ arguments: String...) async throws -> (status: Int32, output: String) {
        try await ChildProcess.run(Places.barchan, ["grain"] + arguments + ["--data", command.data])
    }

    /// Presses the button in the grain's menu and waits for the whole file.
    fileprivate func download(from page: Page) async throws -> String {
        let folder = folder("downloads")
        _ = try await tools.call("Browser.setDownloadBehavior", ["behavior": "allow", "downloadPath": .string(folder)])
        _ = try await page.evaluate(
            "[...document.querySelectorAll('button')].find(b => b.textContent === 'Download backup').click()")
        return try await within(.seconds(300), "the backup to be downloaded") {
            while true {
                let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
                if let name = names?.first(where: { $0.hasSuffix(".zip") }) { return "\(folder)/\(name)" }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    fileprivate func delete(_ grain: String) async throws {
        let page = try await Page(in: tools, at: "\(host.address)/grains/\(grain)/remove")
        _ = try await page.evaluate("document.querySelector('button.danger').click()")
        try await page.wait(
            for: "location.pathname === '/trash' && document.readyState === 'complete'", "the grain to be deleted")
        #expect(try await command.grains().isEmpty)
        try await page.close()
    }

    /// Chooses a backup on the page of grains, and stays on the page of the restored one.
    fileprivate func upload(backup file: String) async throws -> Page {
        let page = try await Page(in: tools, at: host.address + "/")
        try await page.choose(file: file, in: "form[action='/grains/restore'] input[type=file]")
        _ = try await page.evaluate("document.querySelector(\"form[action='/grains/restore']\").requestSubmit()")
        try await page.wait(for: "location.pathname.startsWith('/grain/')", "the restored grain's page")
        return page
    }
}
