import Foundation
import Glibc
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
                let line = try await within(.seconds(300), "the trace in the grain's log") {
                    while true {
                        let log = try await stage.command.log(of: grain)
                        if let line = log.split(separator: "\n").first(where: { $0.contains(trace) }) { return line }
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(line.hasPrefix("barchan: GET /traced ") && !line.contains("secret"))
                let host = try await Stage.log("operation-trace", with: trace)
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

        @Test("a restart under load loses nothing that was acknowledged, and refuses nobody")
        func restart() async throws {
            let listener = try makeListener()
            defer { close(listener) }
            try await Stage.with("operation-restart", apps: ["webdav"], listener: listener) { stage in
                let page = try await stage.person.create("New folder")
                try await page.waitInFrame(for: "document.title.includes('Index')", "the folder's page")
                let key = try await page.webkey(role: "0")
                // Sixteen clients, each with one connection that it keeps as long as it may, put one file after the other.
                let script = """
                    import base64, collections, http.client, json, sys, threading
                    host, port, token = sys.argv[1], int(sys.argv[2]), sys.argv[3]
                    fields = {'Host': f'{host}:{port}', 'Content-Type': 'text/plain',
                              'Authorization': 'Basic ' + base64.b64encode(b'x:' + token.encode()).decode()}
                    outcomes, acknowledged, lock = collections.Counter(), {}, threading.Lock()
                    end = threading.Event()
                    def ask(connection, method, path, body=None):
                        connection.request(method, path, body, fields)
                        answer = connection.getresponse()
                        return answer, answer.read()
                    def work(number):
                        connection, isFresh, count = None, True, 0
                        while not end.is_set():
                            count += 1
                            path, body = f'/{number}-{count}.txt', f'{number} {count} ' * 100
                            try:
                                if connection is None:
                                    connection, isFresh = http.client.HTTPConnection('127.0.0.1', port, timeout=60), True
                                answer, _ = ask(connection, 'PUT', path, body)
                                outcome = str(answer.status)
                                if answer.status == 503 and not answer.headers['Retry-After']: outcome = '503 without Retry-After'
                                if answer.status in (201, 204):
                                    with lock: acknowledged[path] = body
                                if answer.headers['Connection'] == 'close': connection = None
                                isFresh = False
                            except Exception as error:
                                # A connection that waited may be closed at any time (RFC 9112, 9.3.1); a new one may not.
                                outcome = type(error).__name__ + (' when new' if isFresh else ' when kept')
                                connection = None
                            with lock: outcomes[outcome] += 1
                    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
                    for thread in threads: thread.start()
                    print('begun', flush=True)
                    sys.stdin.readline()
                    end.set()
                    for thread in threads: thread.join()
                    connection, lost = http.client.HTTPConnection('127.0.0.1', port, timeout=60), []
                    for path, body in acknowledged.items():
                        if ask(connection, 'GET', path)[1].decode() != body: lost.append(path)
                    print(json.dumps({'outcomes': outcomes, 'acknowledged': len(acknowledged), 'lost': lost}), flush=True)
                    """
                let path = stage.folder("load.py")
                try script.write(toFile: path, atomically: true, encoding: .utf8)
                let (input, output) = try makePipe()
                defer { close(output) }
                let load = try ChildProcess(
                    "/usr/bin/python3", [path, key.host, "\(stage.host.port)", key.token], descriptors: [0: input])
                close(input)
                var lines = load.lines.makeAsyncIterator()
                #expect(await lines.next() == "begun")
                var host = stage.host
                for _ in 0..<2 {
                    // Some hundred requests, then the next host.
                    try await Task.sleep(for: .seconds(1))
                    try await host.stop()
                    host = try await stage.restarted("operation-restart").host
                }
                try await Task.sleep(for: .seconds(1))
                _ = "\n".utf8CString.withUnsafeBytes { write(output, $0.baseAddress, 1) }
                let text = try #require(await lines.next())
                print("restart: \(text)")
                let report = try JSON(parsing: Data(text.utf8))
                #expect(report["lost"] == .array([]))
                #expect((report["acknowledged"].int ?? 0) > 100)
                guard case .object(let outcomes) = report["outcomes"] else {
                    throw TestFailure("no outcomes in \(text)")
                }
                let fine: Set = ["201", "204", "503", "RemoteDisconnected when kept", "ConnectionResetError when kept"]
                #expect(Set(outcomes.keys).subtracting(fine).isEmpty)
                try await host.stop()
            }
        }
    }
}
