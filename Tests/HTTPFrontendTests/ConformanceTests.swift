import Barchan
import BarchanConformance
import HTTPFrontend
import Testing

@Suite struct HTTPFrontendConformanceTests {
    @Test(arguments: FrontendConformance.checks)
    func conforms(_ check: ConformanceCheck<any FrontendProvider>) async throws {
        guard case .frontend(let make) = Plugin.http.factory else { fatalError("the module is a frontend") }
        let settings = try PluginSettings(["port": .integer(0)], definitions: Plugin.http.settings)
        try await check.run(
            on: try await make(
                settings, PluginContext(dataDirectory: "/nowhere", programDirectory: "/nowhere", log: .none)))
    }
}

@Suite struct SettingsTests {
    @Test(arguments: [
        ("port", SettingValue.integer(70_000), "from 0 to 65535"),
        ("base_url", .string("localhost"), "has to look like"),
        ("base_url", .string("http://localhost/x"), "has to look like"),
        ("base_url", .string("http://a\"b"), "has to look like"),
        ("base_url", .string("http://192.0.2.1:6080"), "grains need host names"),
        ("base_url", .string("https://[2001:db8::1]"), "grains need host names"),
        ("wildcard_host", .string("localhost"), "has to hold one '*'"),
        ("wildcard_host", .string("*.*.localhost"), "has to hold one '*'"),
        ("host", .string("192.0.2.1"), "listen on '192.0.2.1"),
    ]) func nonsenseIsExplained(_ name: String, _ value: SettingValue, _ reason: String) async throws {
        let error = await #expect(throws: HostError.self) {
            try await Serving.run(settings: [name: value]) { _ async throws in }
        }
        #expect(error?.message.contains(reason) == true)
    }

    @Test func aTakenPortIsExplained() async throws {
        try await Serving.run { serving async throws in
            let error = await #expect(throws: HostError.self) {
                try await Serving.run(settings: ["port": .integer(Int64(serving.port))]) { _ async throws in }
            }
            #expect(error?.message.contains("is another program using the port?") == true)
        }
    }
}
