import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Test("a grain's conversation is recorded, and its app gives the same answers when that is played to it")
    func recordAndReplay() async throws {
        try await Stage.with("recording", apps: ["flow"]) { stage in
            let page = try await stage.person.create("New flow")
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.body.innerText.includes('....')", "the app's page")

            let file = stage.folder("grain.wire")
            let recorder = try ChildProcess(
                Places.barchan, ["grain", "record", "--data", stage.command.data, grain, "--output", file])
            var lines = recorder.lines.makeAsyncIterator()
            #expect(await lines.next()?.contains("recording grain") == true)
            let again = try await stage.person.open(grain)
            try await again.waitInFrame(for: "document.body.innerText.includes('....')", "the app's page, recorded")
            try await again.runInFrame(
                "fetch('/bytes/300000').then(r => r.blob()).then(b => { window.got = b.size }); true")
            try await again.waitInFrame(for: "window.got === 300000", "a long body, recorded")
            recorder.signal(SIGINT)
            #expect(await recorder.end() == 0)

            // What cannot be written is not lost.
            let full = try ChildProcess(
                Places.barchan, ["grain", "record", "--data", stage.command.data, grain, "--output", "/dev/full"])
            var said = full.lines.makeAsyncIterator()
            #expect(await said.next()?.contains("recording grain") == true)
            let third = try await stage.person.open(grain)
            try await third.waitInFrame(for: "document.body.innerText.includes('....')", "the app's page, once more")
            full.signal(SIGINT)
            #expect(await full.end() == 1)
            let kept = try FileManager.default.contentsOfDirectory(atPath: stage.command.data + "/recordings")
            #expect(kept.count == 1 && kept[0].hasSuffix(".kept"))

            let tree = stage.folder("tree")
            let unpacked = try await ChildProcess.run(Places.barchan, ["spk", "unpack", Places.package("flow"), tree])
            try #require(unpacked.status == 0, "\(unpacked.output)")
            let program = [
                "\(tree)/sandstorm-http-bridge", "--config", "\(tree)/sandstorm-http-bridge-config", "--api-socket", "",
                "--proxy-port", "0", "--identities", stage.folder("identities"),
            ]
            let port = String(try freePort())
            let same = try await ChildProcess.run(
                Places.barchan, ["grain", "replay", file, "--"] + program + [port, "--", "\(tree)/flow", port])
            #expect(same.status == 0, "\(same.output)")
            #expect(same.output.contains(" 0 differences"), "\(same.output)")

            // The other way round: the app is played to the transport, which says what the host said.
            let transport = try await ChildProcess.run(Places.barchan, ["grain", "replay", file, "--transport"])
            #expect(transport.status == 0, "\(transport.output)")
            #expect(transport.output.contains(" 0 differences"), "\(transport.output)")

            // Another app behind the bridge: the recorded page does not come.
            let other = try await ChildProcess.run(
                Places.barchan,
                ["grain", "replay", file, "--"] + program
                    + [port, "--", "/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", port])
            #expect(other.status == 1, "\(other.output)")
            #expect(other.output.contains("WebSession.get"), "\(other.output)")
        }
    }

    @Test("a recording goes on over restarts of its grain, has one recorder, and outlives its host")
    func recordingsAndRestarts() async throws {
        try await Stage.with("recording-restarts", apps: ["flow"]) { stage in
            let data = stage.command.data, page = try await stage.person.create("New flow")
            let grain = try await page.grain()
            @Sendable func recorder(_ file: String, _ more: [String] = []) throws -> ChildProcess {
                // Below nohup(1), and in some services, SIGHUP is ignored.
                try ChildProcess(
                    "/usr/bin/env",
                    ["--default-signal=HUP", Places.barchan, "grain", "record", "--data", data, grain]
                        + ["--output", file] + more, standardError: file + ".errors")
            }
            func use() async throws {
                let page = try await stage.person.open(grain)
                try await page.waitInFrame(for: "document.body.innerText.includes('....')", "the app's page")
            }
            func files() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: data + "/recordings")
            }
            func said(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

            let twice = stage.folder("twice.wire"), first = try recorder(twice)
            var lines = first.lines.makeAsyncIterator()
            #expect(await lines.next()?.contains("recording grain") == true)
            try await use()
            let stop = try await ChildProcess.run(Places.barchan, ["grain", "stop", "--data", data, grain])
            #expect(stop.status == 0)
            try await use()

            // A second one is refused, and told whom to end.
            let other = try recorder(stage.folder("other.wire"))
            #expect(await other.end() == 1)
            let refusal = try said(stage.folder("other.wire.errors"))
            #expect(refusal.contains("process \(first.pid)"), "\(refusal)")
            let list = try await ChildProcess.run(Places.barchan, ["grain", "list", "--data", data])
            #expect(list.output.contains(", recorded"), "\(list.output)")

            // A terminal that is closed ends it, too.
            first.signal(SIGHUP)
            #expect(await first.end() == 0)
            let count = try said(twice).split(separator: "\n").filter { $0 == "conversation" }.count
            #expect(count >= 2)
            #expect(try files().isEmpty)
            let replay = { (more: [String]) in
                try await ChildProcess.run(Places.barchan, ["grain", "replay", twice, "--transport"] + more).output
            }
            for (more, number) in [([], count), (["--conversation", "1"], 1), (["--conversation", "2"], 2)] {
                let output = try await replay(more)
                #expect(output.hasPrefix("conversation \(number) of \(count)\n"), "\(output)")
                #expect(output.contains(" 0 differences"), "\(output)")
            }
            #expect(try await replay(["--conversation", "\(count + 1)"]).isEmpty)

            // One that is killed is no longer waited for.
            let killed = try recorder(stage.folder("killed.wire"))
            lines = killed.lines.makeAsyncIterator()
            #expect(await lines.next()?.contains("recording grain") == true)
            try await use()
            killed.signal(SIGKILL)
            await killed.end()
            try await within(.seconds(300), "the recording to be gone") {
                while try !FileManager.default.contentsOfDirectory(atPath: data + "/recordings").isEmpty {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }

            let last = stage.folder("last.wire"), orphan = try recorder(last, ["--redact"])
            lines = orphan.lines.makeAsyncIterator()
            #expect(await lines.next()?.contains("recording grain") == true)
            try await use()
            try await stage.host.stop()
            #expect(await orphan.end() == 1)
            let reason = try said(last + ".errors")
            #expect(reason.contains("the host has ended"), "\(reason)")
            #expect(try said(last).contains("app>host"))
            #expect(try files().isEmpty)
        }
    }
}

@Suite struct RecordedBridgeTests {
    private let recording = #filePath.replacing("EndToEndTests/RecordingTests.swift", with: "Fixtures/bridge/wire.txt")

    /// The recorded host was a small one of its own: it sent no permissions of the old kind, let a header pass that may
    /// not, and streamed three bytes.
    static let otherWays: Set<String> = [
        "the call of UiView.newSession: field 0.1 is new",
        "the call of WebSession.get: field 1.3 has 2 elements instead of 3",
        "the call of WebSession.putStreaming did not come", "the call of WebSession.put is new",
    ]

    @Test("what is no recording is not replayed", arguments: ["/tmp", "/dev/null", "/nothing-here"])
    func whatIsNoRecordingIsNotReplayed(_ path: String) async throws {
        let replay = try await ChildProcess.run(Places.barchan, ["grain", "replay", path, "--", "/bin/true"])
        #expect(replay.status == 1 && replay.output.isEmpty, "\(replay.output)")
    }

    @Test("what an app started ends with the replay, also where the app itself has ended")
    func whatAnAppStartedEndsWithTheReplay() async throws {
        // The output is read to its end, which comes when nobody has it any more.
        let replay = try await ChildProcess.run(
            Places.barchan,
            ["grain", "replay", recording, "--patience", "1", "--", "/bin/sh", "-c", "sleep 3600 3>&- & exit 0"])
        #expect(replay.status == 1)
    }

    @Test(
        "every call of the recorded host is asked of our transport: sessions of both kinds, WebDAV, web sockets, uploads"
    )
    func theRecordedAppIsPlayedToOurTransport() async throws {
        let replay = try await ChildProcess.run(
            Places.barchan, ["grain", "replay", recording, "--transport", "--patience", "30"])
        let lines = replay.output.split(separator: "\n").map(String.init)
        #expect(lines.last == "40 calls and answers compared, 25 differences", "\(replay.output)")
        #expect(Set(lines.dropLast()) == Self.otherWays, "\(replay.output)")
    }
}

/// A port for programs that bind it with SO_REUSEADDR; it stays bound here, too, so that nobody else gets it.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) | getsockname(descriptor, $0, &size)
        }
    }
    guard result == 0 else { throw TestFailure("no port is free") }
    return UInt16(bigEndian: address.sin_port)
}
