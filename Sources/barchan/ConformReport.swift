import Barchan
import BarchanConformance
import BarchanControl

/// What `barchan conform` says: for people, as JSON, as TAP and as JUnit.
struct ConformReport {
    private let verdicts: [BackEndVerdict]
    /// What was under way when a signal ended the command; nil when everything was tried.
    private let unfinishedAt: String?

    init(_ verdicts: [BackEndVerdict], unfinishedAt: String? = nil) {
        self.verdicts = verdicts
        self.unfinishedAt = unfinishedAt
    }

    private var judged: [(name: String, verdict: IsolationVerdict)] {
        verdicts.compactMap { entry in (try? entry.result.get()).map { (entry.name, $0) } }
    }

    /// A back end that cannot be used here claims nothing.
    var everyClaimHeld: Bool { unfinishedAt == nil && judged.allSatisfy(\.verdict.everyClaimHeld) }

    // MARK: For people

    var text: String {
        (verdicts.map(text) + (unfinishedAt.map { ["UNFINISHED: stopped at \($0)"] } ?? [])).joined(separator: "\n\n")
    }

    private func text(_ entry: BackEndVerdict) -> String {
        switch entry.result {
        case .failure(let error): return "isolation '\(entry.name)' cannot be used here: \(error.message)"
        case .success(let verdict):
            var table = Table(["PROMISE", "CLAIMED", "FOUND", "TRIED"])
            for finding in verdict.findings {
                let tried = finding.trials.filter { !$0.isUntried }.count
                table.add([finding.promise, finding.isClaimed ? "yes" : "no", found(finding), "\(tried)"])
            }
            let lines = verdict.findings.filter(\.isClaimed).flatMap { finding in
                finding.trials.filter { $0.outcome != .kept }.map { "\(finding.promise): \(line($0))" }
            }
            return (["isolation '\(entry.name)'", table.text] + lines).joined(separator: "\n")
        }
    }

    private func found(_ finding: IsolationVerdict.Finding) -> String {
        finding.isUntried ? "untried" : finding.isKept ? "kept" : "BROKEN by \(finding.broken.count)"
    }

    private func line(_ trial: IsolationVerdict.Trial) -> String {
        "\(trial.isUntried ? "untried" : "broken") \(trial.name): \(trial.reason)"
    }

    /// Every attempt.
    var everything: String {
        verdicts.map { entry in
            guard case .success(let verdict) = entry.result else { return text(entry) }
            var table = Table(["ATTEMPT", "PROMISE", "FOUND"])
            for trial in verdict.trials {
                table.add([
                    trial.name, trial.promises.joined(separator: ","),
                    trial.outcome == .kept ? "kept" : "\(trial.isUntried ? "untried" : "BROKEN"): \(trial.reason)",
                ])
            }
            return "isolation '\(entry.name)'\n\(table.text)"
        }.joined(separator: "\n\n")
    }

    // MARK: For programs

    var json: JSONValue {
        .members([
            "held": .boolean(everyClaimHeld), "unfinishedAt": unfinishedAt.map { .string($0) } ?? .null,
            "backEnds": .array(verdicts.map(json)),
        ])
    }

    private func json(_ entry: BackEndVerdict) -> JSONValue {
        switch entry.result {
        case .failure(let error): return .members(["name": .string(entry.name), "unusable": .string(error.message)])
        case .success(let verdict):
            return .members([
                "name": .string(entry.name), "held": .boolean(verdict.everyClaimHeld),
                "promises": .array(
                    verdict.findings.map { finding in
                        .members([
                            "promise": .string(finding.promise), "claimed": .boolean(finding.isClaimed),
                            "found": .string(finding.isUntried ? "untried" : finding.isKept ? "kept" : "broken"),
                            "attempts": .integer(Int64(finding.trials.count)),
                            "broken": .integer(Int64(finding.broken.count)),
                        ])
                    }),
                "attempts": .array(
                    verdict.trials.map { trial in
                        .members([
                            "name": .string(trial.name), "promises": .strings(trial.promises),
                            "found": .string(trial.isUntried ? "untried" : trial.isBroken ? "broken" : "kept"),
                            "why": .string(trial.reason),
                        ])
                    }),
            ])
        }
    }

    /// Test Anything Protocol, version 14. What a back end does not claim is TODO: it may fail.
    var tap: String {
        let points = judged.flatMap { name, verdict in
            verdict.trials.map { trial in
                let title = "\(name) \(trial.promises.joined(separator: ",")) \(tapText(trial.name))"
                switch trial.outcome {
                case .kept: return ("ok", title)
                case .untried(let reason): return ("ok", "\(title) # SKIP \(tapText(reason))")
                case .broken(let reason):
                    let directive = isClaimed(trial, verdict) ? "" : " # TODO not claimed"
                    return ("not ok", "\(title): \(tapText(reason))\(directive)")
                }
            }
        }
        let lines = points.enumerated().map { "\($1.0) \($0 + 1) - \($1.1)" }
        let end = unfinishedAt.map { ["Bail out! stopped at \(tapText($0))"] } ?? []
        return (["TAP version 14", "1..\(lines.count)"] + lines + end).joined(separator: "\n")
    }

    private func isClaimed(_ trial: IsolationVerdict.Trial, _ verdict: IsolationVerdict) -> Bool {
        verdict.findings.contains { $0.isClaimed && trial.promises.contains($0.promise) }
    }

    private func tapText(_ text: String) -> String {
        text.unicodeScalars.map { $0 == "#" || $0 == "\\" ? "\\\($0)" : $0.value < 0x20 ? " " : String($0) }.joined()
    }

    var junit: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"barchan conform\">"]
        for (name, verdict) in judged {
            let broken = verdict.trials.filter { $0.isBroken && isClaimed($0, verdict) }.count
            let skipped = verdict.trials.filter { $0.outcome != .kept }.count - broken
            lines.append(
                "<testsuite name=\"\(xml(name))\" tests=\"\(verdict.trials.count)\" failures=\"\(broken)\" skipped=\"\(skipped)\">"
            )
            for trial in verdict.trials { lines.append(testCase(trial, name, isClaimed(trial, verdict))) }
            lines.append("</testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private func testCase(_ trial: IsolationVerdict.Trial, _ name: String, _ isClaimed: Bool) -> String {
        let parts = trial.duration.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        let digits = "\(1000 + milliseconds % 1000)".dropFirst()
        let open =
            "<testcase classname=\"\(xml("\(name).\(trial.promises.joined(separator: "."))"))\" name=\"\(xml(trial.name))\" time=\"\(milliseconds / 1000).\(digits)\""
        switch trial.outcome {
        case .kept: return "\(open)/>"
        case .broken(let reason) where isClaimed:
            return "\(open)><failure message=\"\(xml(reason))\"/></testcase>"
        case .broken(let reason): return "\(open)><skipped message=\"\(xml("not claimed: \(reason)"))\"/></testcase>"
        case .untried(let reason): return "\(open)><skipped message=\"\(xml(reason))\"/></testcase>"
        }
    }

    private func xml(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "\u{0}"..."\u{1f}": " "
            default: String(scalar)
            }
        }.joined()
    }
}
