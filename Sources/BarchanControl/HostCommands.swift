import Barchan
import BarchanKernel

/// What a running host answers on its control socket.
public struct HostCommands: Sendable {
    let host: Host
    let address: FrontendAddress
    private let installations = InstallProgress()

    public init(_ host: Host, address: FrontendAddress) {
        self.host = host
        self.address = address
    }

    public func answer(_ request: JSONValue) async throws(HostError) -> JSONValue {
        if let answer = try await answerAboutPeople(request) { return answer }
        switch request["command"]?.text {
        case "status": return .members(["ok": .boolean(true), "address": .string(address.baseURL)])
        case "grains": return try await grains()
        case "top": return try await top()
        case "audit":
            return try await audit(
                olderThan: try request.optionalText("older"), limit: try request.optionalNumber("limit") ?? 100)
        case "log":
            return try await log(
                of: try HostCommands.grain(in: request), maximumBytes: try request.optionalNumber("bytes") ?? 64 << 10)
        case "stop":
            try await host.operatorStop(try HostCommands.grain(in: request))
            return .members(["ok": .boolean(true)])
        case "trash":
            let grain = try HostCommands.grain(in: request)
            if try request.flag("recover") {
                try await host.operatorRecover(grain)
            } else {
                try await host.operatorDiscard(grain)
            }
            return .members(["ok": .boolean(true)])
        case "activity": return try await activity(of: try HostCommands.grain(in: request))
        case "wake-locks":
            return try await wakeLocks(of: try HostCommands.grain(in: request), release: try request.flag("release"))
        case "limits": return try await limits(of: try HostCommands.grain(in: request), request["changes"])
        case "record", "end-recording", "drop-recording": return try await recording(request)
        case "login-link":
            let link = address.loginLink(token: try await host.operatorLoginToken())
            return .members(["ok": .boolean(true), "link": .string(link)])
        case "backup":
            guard let path = request["path"]?.text else { throw HostError(.invalidArgument, "back up: no path") }
            let bytes = try await host.operatorBackUp(try HostCommands.grain(in: request), to: path)
            return .members(["ok": .boolean(true), "path": .string(path), "bytes": .integer(bytes)])
        case "restore":
            guard let path = request["path"]?.text else { throw HostError(.invalidArgument, "restore: no path") }
            let grain = try await host.operatorRestore(try FileBytes(path))
            return .members([
                "ok": .boolean(true), "grain": .string(grain.identifier.text), "title": .string(grain.title),
                "appTitle": .string(grain.appTitle),
            ])
        case "verify-backup":
            guard let path = request["path"]?.text else { throw HostError(.invalidArgument, "verify: no path") }
            return HostCommands.json(try await host.operatorVerify(try FileBytes(path)))
        case "install":
            guard let path = request["path"]?.text else { throw HostError(.invalidArgument, "install: no path") }
            let name = request["progress"]?.text ?? ""
            defer { installations.end(name) }
            let installation = try await host.operatorInstall(try FileBytes(path)) { [installations] bytes in
                if !name.isEmpty { installations.note(bytes, of: name) }
            }
            return HostCommands.installed(installation, in: HostCommands.languages(of: request))
        case "install-progress":
            let bytes = installations.bytes(of: request["progress"]?.text ?? "")
            return .members(["ok": .boolean(true), "bytes": bytes.map { .integer($0) } ?? .null])
        case "apps", "upgrade", "decline", "uninstall", "move", "collect":
            return try await AppCommands(host).answer(request)
        default:
            throw HostError(
                .unsupported,
                "ask the host: it knows no command '\(request["command"]?.text ?? "")'; is it another version than this one?"
            )
        }
    }

    /// What a command prints about a package that was just installed.
    /// - Parameter languages: What whoever reads it prefers, the best first.
    public static func installed(_ installation: Installation, in languages: [String]) -> JSONValue {
        let package = installation.package
        let manifest = package.manifest.localized(for: languages)
        return .members([
            "ok": .boolean(true), "package": .string(package.identifier.text), "app": .string(package.app.text),
            "title": .string(manifest.title), "version": .string(manifest.marketingVersion),
            "bytes": .integer(package.sizeBytes),
            "state": .string(AppCommands.state(of: package, in: installation.versions)),
            "remark": installation.remark.map { .string($0) } ?? .null,
            "authorProof": .string(package.authorProof.name),
            "authorPgpKeyFingerprint": package.authorProof.fingerprint.map { .string($0) } ?? .null,
            "authorProofReason": package.authorProof.reason.map { .string($0) } ?? .null,
        ])
    }

    private static func json(_ contents: BackupContents) -> JSONValue {
        .members([
            "ok": .boolean(true), "title": .string(contents.metadata.title),
            "app": .string(contents.metadata.app.text), "appVersion": .integer(Int64(contents.metadata.appVersion)),
            "files": .integer(Int64(contents.files)), "directories": .integer(Int64(contents.directories)),
            "links": .integer(Int64(contents.links)), "bytes": .integer(contents.bytes),
        ])
    }

    static func languages(of request: JSONValue) -> [String] {
        (request["languages"]?.elements ?? []).compactMap(\.text)
    }

    static func grain(in request: JSONValue) throws(HostError) -> GrainID {
        let text = request["grain"]?.text ?? ""
        guard let grain = GrainID(text) else {
            throw HostError(
                .invalidArgument, "look for grain '\(text)': that is no identifier; 'barchan grain list' shows them")
        }
        return grain
    }

    private func log(of grain: GrainID, maximumBytes: Int64) async throws(HostError) -> JSONValue {
        let limit = Int(min(max(maximumBytes, 0), 1 << 20))
        let bytes = try await host.operatorLog(of: grain, maximumBytes: limit)
        return .members(["ok": .boolean(true), "log": .string(String(decoding: bytes, as: UTF8.self))])
    }

    /// The recorder keeps its connection: a recording lasts no longer than that.
    private func recording(_ request: JSONValue) async throws(HostError) -> JSONValue {
        if request["command"]?.text == "drop-recording" {
            await host.operatorDropRecording(request["path"]?.text ?? "")
            return .members(["ok": .boolean(true)])
        }
        let grain = try HostCommands.grain(in: request)
        if request["command"]?.text == "end-recording" {
            let gap = try await host.operatorEndRecording(grain)
            return .members(["ok": .boolean(true), "gap": gap.map { .string($0) } ?? .null])
        }
        let process = request["process"]?.number.map { "process \($0)" } ?? "another process"
        let path = try await host.operatorRecord(grain, by: process)
        return .members([
            "ok": .boolean(true), "path": .string(path),
            ControlSocket.lastRequest: .members(["command": .string("drop-recording"), "path": .string(path)]),
        ])
    }

    private func activity(of grain: GrainID) async throws(HostError) -> JSONValue {
        let all = try await host.operatorActivities(of: grain).map { activity -> JSONValue in
            func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
            return .members([
                "type": .string(activity.type), "verb": .string(activity.verbPhrase), "path": .string(activity.path),
                "thread": text(activity.threadPath), "threadTitle": .string(activity.threadTitle),
                "caption": text(activity.caption), "actor": text(activity.actor),
                "mentioned": .strings(activity.mentioned), "subscribed": .strings(activity.subscribed),
                "count": .integer(activity.count),
                "first": .integer(activity.first), "last": .integer(activity.last),
            ])
        }
        return .members(["ok": .boolean(true), "activities": .array(all)])
    }

    /// Says why a grain runs, and ends that first when `release` is true.
    private func wakeLocks(of grain: GrainID, release: Bool) async throws(HostError) -> JSONValue {
        if release { await host.operatorCancelWakeLocks(of: grain) }
        let reasons = await host.operatorWakeReasons(of: grain)
        return .members(["ok": .boolean(true), "reasons": .strings(reasons)])
    }

    /// - Parameter changes: Numbers by name, null for what its app's grains have; nil to look only.
    private func limits(of grain: GrainID, _ changes: JSONValue?) async throws(HostError) -> JSONValue {
        if let changes, changes != .null {
            guard case .object(let members) = changes else { throw HostError.unreadable("changes", "an object") }
            var limits: [GrainLimit: Int64?] = [:]
            for member in members {
                guard let limit = GrainLimit(rawValue: member.name) else {
                    let known = GrainLimit.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                    throw HostError(
                        .invalidArgument, "limit grain '\(grain)': unknown limit '\(member.name)'; known are: \(known)")
                }
                guard member.value == .null || member.value.number != nil else {
                    throw HostError(
                        .invalidArgument, "limit grain '\(grain)': \(limit.rawValue) has to be an integer or 'default'")
                }
                limits.updateValue(member.value.number, forKey: limit)
            }
            try await host.operatorSetLimits(of: grain, limits)
        }
        let all = try await host.operatorLimits(of: grain).map { entry -> JSONValue in
            .members([
                "limit": .string(entry.limit.rawValue), "value": .integer(entry.value),
                "from": .string(entry.origin.rawValue), "guaranteed": .boolean(entry.isGuaranteed),
                "summary": .string(entry.limit.summary),
            ])
        }
        return .members(["ok": .boolean(true), "limits": .array(all)])
    }

    private func audit(olderThan older: String?, limit: Int64) async throws(HostError) -> JSONValue {
        let limit = Int(min(max(limit, 0), Int64(Host.auditPage)))
        let entries: [JSONValue] = try await host.operatorAudit(olderThan: older, limit: limit).map { entry in
            .members([
                "id": .string(entry.identifier), "time": .integer(entry.time), "actor": .string(entry.actor),
                "act": .string(entry.act), "object": .string(entry.object), "detail": .string(entry.detail),
            ])
        }
        return .members(["ok": .boolean(true), "entries": .array(entries)])
    }

    /// Totals; whoever asks twice knows rates.
    private func top() async throws(HostError) -> JSONValue {
        let uses = try await host.uses()
        return .members([
            "ok": .boolean(true), "microseconds": .integer(HostCommands.microseconds(SystemHostClock().now())),
            "grains": .array(uses.map(HostCommands.json)),
        ])
    }

    private static func json(_ use: Host.GrainUse) -> JSONValue {
        let grain = use.grain.summary, usage = use.usage ?? SandboxUsage()
        func count(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
        var members: [(String, JSONValue)] = [
            ("grain", .string(grain.identifier.text)), ("title", .string(grain.title)),
            ("appTitle", .string(grain.appTitle)), ("owner", .string(use.grain.owner)),
            ("processorMicroseconds", count(usage.processorTime.map(microseconds))),
            ("memoryBytes", count(usage.memoryBytes)), ("memoryPeakBytes", count(usage.memoryPeakBytes)),
            ("processes", count(usage.processes)), ("readBytes", count(usage.readBytes)),
            ("writtenBytes", count(usage.writtenBytes)), ("memoryKills", count(usage.memoryKills)),
            ("refusedProcesses", count(usage.refusedProcesses)), ("diskBytes", .integer(grain.usedBytes)),
            ("requests", .integer(Int64(use.requests))),
        ]
        members += use.isFrozen ? [("state", .string("frozen"))] : HostCommands.members(of: grain.state)
        return .object(members.map { JSONValue.Member(name: $0.0, value: $0.1) })
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    private func grains() async throws(HostError) -> JSONValue {
        let recorded = await host.operatorRecordedGrains()
        let grains: [JSONValue] = try await host.allGrains().map { owned in
            let grain = owned.summary
            var members: [(String, JSONValue)] = [
                ("grain", .string(grain.identifier.text)), ("title", .string(grain.title)),
                ("app", .string(grain.app.text)),
                ("appTitle", .string(grain.appTitle)), ("package", .string(grain.package.text)),
                ("owner", .string(owned.owner)),
                ("bytes", .integer(grain.usedBytes)), ("lastUsed", .integer(grain.lastUsed)),
                ("recorded", .boolean(recorded.contains(grain.identifier))),
            ]
            if let problem = grain.packageProblem { members.append(("problem", .string(problem))) }
            if let expires = grain.expires {
                members += [("state", .string("trash")), ("expires", .integer(expires))]
            } else {
                members += HostCommands.members(of: grain.state)
            }
            return .object(members.map { JSONValue.Member(name: $0.0, value: $0.1) })
        }
        return .members(["ok": .boolean(true), "grains": .array(grains)])
    }

    private static func members(of state: GrainState) -> [(String, JSONValue)] {
        switch state {
        case .stopped: [("state", .string("stopped"))]
        case .starting: [("state", .string("starting"))]
        case .running: [("state", .string("running"))]
        case .crashed(let reason): [("state", .string("crashed")), ("reason", .string(reason))]
        @unknown default: [("state", .string("unknown"))]
        }
    }
}
