import Foundation
import Glibc
import Testing

/// What may happen to the disk that a host's data is on.
enum DiskFault: String, CaseIterable, Sendable {
    /// Something else has taken all of it.
    case full
    /// It cannot be written any more, which shows when it is tried.
    case broken
    /// The kernel has found an error and made it read-only.
    case readOnly

    /// In what somebody reads who asks for a new grain.
    var words: String {
        self == .full ? "make room on " : "check the disk, and what the kernel says of it"
    }
}

extension EndToEndTests {
    @Test(
        "a disk that is full, broken or read-only: one clear error for who asks for a grain, and the host stays up",
        .enabled(if: geteuid() == 0, "mounting takes root"), arguments: DiskFault.allCases)
    func disks(_ fault: DiskFault) async throws {
        let disk = try await FaultyDisk(fault)
        try await Stage.with("disk-\(fault)", apps: ["hello"], data: disk.folder("disk/data")) { stage in
            let page = try await stage.person.create("New greeting")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.body.innerText.includes('Hello')", "the greeting")
            let list = try await Page(in: stage.tools, at: stage.host.address + "/")
            try await disk.fail()

            let (status, text) = try await list.createGrain()
            #expect(status >= 500 && text.contains(fault.words), "\(status): \(text)")
            try await list.capture("disk-\(fault)")
            // A disk that breaks may have taken the record, and then it is the grain's page that says so.
            let path = try await list.evaluate("location.pathname").string ?? ""
            let made = path.hasPrefix("/grain/") ? [String(path.dropFirst("/grain/".count))] : []
            // The host is there, and knows what it knew.
            try await list.go(to: stage.host.address + "/")
            let (again, words) = try await list.answer()
            #expect(again == 200 && words.contains("Make something new"), "\(again): \(words)")
            #expect(Set(try await stage.command.grains().map(\.identifier)) == Set(made + [grain]))
            if fault == .broken {
                let (status, text) = try await list.createGrain()
                #expect(status >= 500 && text.contains("start the host again"), "\(status): \(text)")
            }
            if fault == .full {
                try await disk.mend()
                #expect(try await list.createGrain().status == 200)
                #expect(try await stage.command.grains().count == 2)
            }
            #expect(kill(stage.host.process.pid, 0) == 0)
            stage.host.process.signal(SIGKILL)
            await stage.host.process.end()
        }
        await disk.end()
    }
}

extension EndToEndTests {
    @Test("what a grain takes on disk is listed after the host was killed, before anybody opens it")
    func sizesAfterAKill() async throws {
        try await Stage.with("sizes", apps: ["hello"]) { stage in
            let page = try await stage.person.create("New greeting")
            try await page.waitInFrame(for: "document.body.innerText.includes('Hello')", "the greeting")
            let grain = try await page.grain()
            let content = "\(stage.command.data)/storage/volumes/\(grain)/data/large"
            try Data(repeating: 7, count: 20 << 20).write(to: URL(filePath: content))
            stage.host.process.signal(SIGKILL)
            await stage.host.process.end()
            try await page.close()
            let restarted = try await stage.restarted("sizes-again")
            try await within(.seconds(300), "the list to say what is there") {
                while try await stage.command.grains().map(\.bytes).first ?? 0 < 20 << 20 {}
            }
            #expect(try await stage.command.grains().map(\.state) == ["stopped"])
            try await restarted.host.stop()
        }
    }
}

extension Page {
    /// Presses the button for a new grain and reads what comes of it.
    fileprivate func createGrain() async throws -> (status: Double, text: String) {
        _ = try await evaluate(
            "window.isOld = true; [...document.querySelectorAll('button')].find(b => b.innerText.includes('New greeting')).click()"
        )
        try await wait(for: "!window.isOld && document.readyState === 'complete'", "an answer")
        return try await answer()
    }

    /// The status and the text of the page that is there.
    fileprivate func answer() async throws -> (status: Double, text: String) {
        let status = try await evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        return (status.number ?? 0, try await evaluate("document.body.innerText").string ?? "")
    }
}

/// Something mounted that can fail.
private struct FaultyDisk: Sendable {
    let fault: DiskFault
    let folder: TemporaryFolder

    init(_ fault: DiskFault) async throws {
        self.fault = fault
        folder = try TemporaryFolder()
        for name in ["disk", "outer"] { try #require(mkdir(folder(name), 0o700) == 0) }
        let memory = ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=128m,mode=700", "tmpfs"]
        guard fault != .full else {
            try await run(memory + [folder("disk")])
            return
        }
        // To a file system whose own file has no room to grow that is a disk that cannot be written.
        let image = folder("outer/image")
        try await run(memory + [folder("outer")])
        try await run(["/usr/bin/truncate", "-s", fault == .broken ? "400M" : "100M", image])
        try await run(["/usr/sbin/mkfs.ext4", "-q", image])
        let errors = fault == .broken ? "continue" : "remount-ro"
        try await run(["/usr/bin/mount", "-o", "loop,errors=\(errors)", image, folder("disk")])
    }

    func fail() async throws {
        switch fault {
        case .full: try await fill("disk")
        case .broken: try await fill("outer")
        case .readOnly:
            var facts = stat()
            try #require(stat(folder("disk"), &facts) == 0)
            try Data("test\n".utf8).write(
                to: URL(filePath: "/sys/fs/ext4/loop\(facts.st_dev & 0xff)/trigger_fs_error"))
        }
    }

    func mend() async throws { try await run(["/bin/rm", folder("disk/filler")]) }

    func end() async {
        // Lazily: a browser or a grain may end later.
        for name in ["disk", "outer"] { _ = try? await ChildProcess.run("/usr/bin/umount", ["-l", folder(name)]) }
    }

    private func fill(_ name: String) async throws {
        let file = open(folder("\(name)/filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        for size in [64 << 10, 4096, 1] {
            let bytes = [UInt8](repeating: 7, count: size)
            while write(file, bytes, size) > 0 {}
        }
        try #require(errno == ENOSPC)
    }

    private func run(_ words: [String]) async throws {
        let (status, output) = try await ChildProcess.run(words[0], Array(words.dropFirst()))
        guard status == 0 else { throw TestFailure("\(words.joined(separator: " ")): \(output)") }
    }
}
