import Foundation
import Testing

extension EndToEndTests {
    /// What whoever runs a host looks at.
    @Suite("Operation", .serialized) struct Operation {
        @Test("one trace leads from a browser's request to the host's log and the grain's; /metrics counts it")
        func trace() async throws {
            let settings = ["frontend.http.request_log=all", "host.logFormat=json"]
            try await Stage.with("operation-trace", apps: ["hello"], settings: settings) { stage in
                let page = try await stage.person.create("New greeting")
                let grain = try await page.grain()
                try await page.waitInFrame(for: "document.body.innerText !== ''", "the app's page")
                let script = "fetch('/traced?secret=1').then(answer => answer.headers.get('X-Trace-Id'))"
                let trace = try #require(try await page.evaluateInFrame(script).string)
                #expect(trace.utf8.count == 16)
                // The grain's log gets its line behind the answer.
                let line = try await within(.seconds(20), "the trace in the grain's log") {
                    while true {
                        let log = try await stage.command.log(of: grain)
                        if let line = log.split(separator: "\n").first(where: { $0.contains(trace) }) { return line }
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(line.hasPrefix("barchan: GET /traced ") && !line.contains("secret"))
                let host = try String(
                    contentsOf: Places.artifacts.appending(path: "operation-trace-host.log"), encoding: .utf8)
                let entry = try #require(host.split(separator: "\n").first { $0.contains(trace) })
                #expect(entry.contains(#""trace":"\#(trace)""#) && entry.contains(#""grain":"\#(grain)""#))
                #expect(!host.contains("secret"))

                let (status, figures) = try await ChildProcess.run(
                    "/usr/bin/curl", ["-sf", "http://127.0.0.1:\(stage.host.port)/metrics"])
                #expect(status == 0)
                #expect(figures.contains("\nbarchan_logins_total 1\n"))
                #expect(figures.contains(#"barchan_grains{state="running"} 1"#))
                #expect(figures.contains("\nbarchan_grain_starts_total 1\n"))
                // What a proxy passes on is not for others.
                let (refused, _) = try await ChildProcess.run(
                    "/usr/bin/curl",
                    ["-sf", "-H", "X-Forwarded-For: 192.0.2.1", "http://127.0.0.1:\(stage.host.port)/metrics"])
                #expect(refused == 22)
                try await stage.host.stop()
            }
        }
    }
}
