import BarchanControl
import BarchanKernel

/// What `barchan doctor` says.
struct DoctorReport {
    private let findings: [MachineCheck.Finding]

    init(_ configuration: HostConfiguration) async throws {
        findings = MachineCheck.all(configuration) + (try await BackEndCheck.findings(configuration))
    }

    var isFatal: Bool { findings.contains { $0.isNeeded && $0.fix != nil } }

    var text: String {
        findings.map { finding in
            let state = finding.state + String(repeating: " ", count: max(1, 8 - finding.state.count))
            let line = "\(state)\(finding.name): \(finding.found)"
            return finding.fix.map { "\(line)\n        fix: \($0)" } ?? line
        }.joined(separator: "\n")
    }

    var json: JSONValue {
        .members([
            "ok": .boolean(!isFatal),
            "findings": .array(
                findings.map { finding in
                    .members([
                        "name": .string(finding.name), "ok": .boolean(finding.fix == nil),
                        "needed": .boolean(finding.isNeeded), "state": .string(finding.state.lowercased()),
                        "found": .string(finding.found), "fix": finding.fix.map { .string($0) } ?? .null,
                    ])
                }),
        ])
    }
}
