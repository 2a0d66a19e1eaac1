import CapnProto
import GrainSchemas
import Testing

@testable import HTTPBridge

@Suite struct RequestWritingTests {
    @Test(arguments: ["a\r\nX-Injected: 1", "a\nb", "a\rb"])
    func aLineEndInAnyValueFailsTheCall(_ value: String) async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let fills: [(Wire.WebSession.GetParams.Builder) -> Void] = [
                { $0.setPath(value) },
                { $0.initContext().initCookies(count: 1)[0].setKey(value) },
                { $0.initContext().initCookies(count: 1)[0].setValue(value) },
                { $0.initContext().initAccept(count: 1)[0].setMimeType(value) },
                { $0.initContext().initAcceptEncoding(count: 1)[0].setContentCoding(value) },
                { $0.initContext().initETagPrecondition().initMatchesOneOf(count: 1)[0].setValue(value) },
                {
                    let header = $0.initContext().initAdditionalHeaders(count: 1)[0]
                    header.setName("x-sandstorm-app-a")
                    header.setValue(value)
                },
                { $0.initContext().initAdditionalHeaders(count: 1)[0].setName("x-sandstorm-app-" + value) },
            ]
            for (index, fill) in fills.enumerated() {
                #expect(throws: CallFailure.self, "value \(index)") {
                    try host.call(session, Wire.WebSession.Methods.get, { fill($1) }) { _, _ in }
                }
            }
            #expect(throws: CallFailure.self) { try host.openSession(basePath: "https://" + value) }
            #expect(!app.log.contains("X-Injected"))
        }
    }

    @Test func onlyListedHeadersReachTheApp() async throws {
        try await onOwnThread {
            let app = try ScriptedApp()
            let host = try GrainHost(port: app.port, command: try app.command())
            defer { host.close() }
            let session = try host.openSession()
            let names = ["X-Sandstorm-App-A", "OC-Checksum", "X-Sandstorm-User-Id", "Range", "Authorization", "Origin"]
            try host.call(session, Wire.WebSession.Methods.get) { _, params in
                let headers = params.initContext().initAdditionalHeaders(count: names.count)
                for (index, name) in names.enumerated() {
                    headers[index].setName(name)
                    headers[index].setValue("forged")
                }
            } _: { _, _ in
            }
            let forged = app.log.split(whereSeparator: \.isNewline).filter { $0.hasSuffix(": forged") }
            #expect(forged == ["X-Sandstorm-App-A: forged", "OC-Checksum: forged"])
        }
    }

    @Test(
        arguments: [
            (0, 0x0000_ffff_0102_0304, "1.2.3.4"), (0, 1, "::1"), (0, 0, "::"),
            (0x2001_0db8_0000_0000, 1, "2001:db8::1"),
            (0x2001_0db8_0001_0002, 0x0003_0004_0005_0006, "2001:db8:1:2:3:4:5:6"),
            (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "2001:0:0:1::1"), (0xfe80_0000_0000_0000, 0, "fe80::"),
            (0x0001_0000_0002_0003, 0x0004_0005_0006_0007, "1:0:2:3:4:5:6:7"),
        ] as [(UInt64, UInt64, String)])
    func addressesAreWrittenShort(_ example: (UInt64, UInt64, String)) {
        #expect(IPAddressText.written(upper: example.0, lower: example.1) == example.2)
    }
}
