import Foundation
import Testing

/// What `barchan bench` says holds together.
@Suite(
    "Measurements", .serialized,
    .enabled(if: Places.missing() == nil, "\(Places.missing() ?? "") is not there; run 'make test'"),
    .timeLimit(.minutes(10)))
struct BenchTests {
    @Test("every way to start is measured beside plain vfork and exec, with its parts")
    func starts() async throws {
        let folder = try TemporaryFolder()
        let (unpacked, words) = try await ChildProcess.run(
            Places.barchan, ["spk", "unpack", Places.package("fossil"), folder("app")])
        try #require(unpacked == 0, "\(words)")
        let (status, output) = try await ChildProcess.run(
            Places.barchan,
            [
                "bench", "start", "--backend", "namespace", "--rounds", "3", "--json", "--app", folder("app"), "--data",
                folder("data"),
            ])
        try #require(status == 0, "\(output)")
        let report = try JSON(parsing: Data(output.utf8))
        let names = report["starts"].array.compactMap { $0["name"].string }
        #expect(names.first == "plain")
        #expect(Set(names).isSuperset(of: ["bwrap", "namespace:cold", "namespace:pooled"]), "\(names)")
        for start in report["starts"].array {
            let parts = phases(of: start)
            #expect(parts.keys.contains("first instruction") && parts.keys.contains("first byte"), "\(parts)")
            #expect(parts.values.allSatisfy { $0 >= 0 } && (start["ratio"].number ?? 0) > 0, "\(start)")
        }
        let cold = try #require(report["starts"].array.first { $0["name"].string == "namespace:cold" })
        #expect(Set(phases(of: cold).keys).isSuperset(of: ["namespaces", "preparation", "mounts", "filter"]))
        let pooled = try #require(report["starts"].array.first { $0["name"].string == "namespace:pooled" })
        #expect(phases(of: pooled)["mounts"] != nil)
        for app in report["apps"].array {
            #expect((phases(of: app)["getViewInfo"] ?? 0) > 0 && (phases(of: app)["first answer"] ?? 0) > 0)
        }
        #expect(report["apps"].array.count == names.count - 2)
    }

    @Test("a back end that is not there is an error that names those that are")
    func unknown() async throws {
        for name in ["marble", "namespace:lukewarm"] {
            let (status, _) = try await ChildProcess.run(
                Places.barchan, ["bench", "start", "--backend", name, "--rounds", "1"])
            #expect(status != 0)
        }
    }

    private func phases(of start: JSON) -> [String: Double] {
        Dictionary(
            start["phases"].array.compactMap { phase in
                phase["name"].string.flatMap { name in phase["medianNanoseconds"].number.map { (name, $0) } }
            }, uniquingKeysWith: { first, _ in first })
    }
}
