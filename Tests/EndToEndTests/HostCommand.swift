import Foundation

/// What `barchan` says of a running host, asked as an operator asks.
struct HostCommand: Sendable {
    let data: String

    struct Grain: Sendable {
        let identifier: String
        let state: String
        let title: String
        /// What its data takes on disk.
        let bytes: Int
    }

    func grains() async throws -> [Grain] {
        let (status, output) = try await ChildProcess.run(Places.barchan, ["grain", "list", "--json", "--data", data])
        guard status == 0 else { throw TestFailure("barchan grain list: status \(status)") }
        return try JSON(parsing: Data(output.utf8)).array.map {
            Grain(
                identifier: $0["grain"].string ?? "", state: $0["state"].string ?? "", title: $0["title"].string ?? "",
                bytes: $0["bytes"].int ?? -1)
        }
    }

    func install(_ name: String) async throws {
        let (status, output) = try await ChildProcess.run(
            Places.barchan, ["app", "install", "--data", data, Places.package(name)])
        guard status == 0 else { throw TestFailure("barchan app install: status \(status): \(output)") }
    }

    func log(of grain: String) async throws -> String {
        try await ChildProcess.run(Places.barchan, ["grain", "log", "--data", data, grain]).output
    }

    /// Waits until a grain is in a state. The host offers no event for this; it is asked until it says so.
    func wait(for state: String, of grain: String, limit: Duration = .seconds(300)) async throws {
        let command = self
        try await within(limit, "grain \(grain) to be \(state)") {
            while try await command.grains().first(where: { $0.identifier == grain })?.state != state {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
