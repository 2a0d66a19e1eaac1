import Barchan

/// What an app said of its permissions and roles when it last started: sharing must be possible while it sleeps
/// (specification, section 5.5).
extension ViewInfo {
    /// More than any app has; what is beyond is not remembered, and so not given to anybody.
    private static let maximumDefinitions = 256
    private static let maximumTextCharacters = 200

    var fields: RecordFields {
        var fields = RecordFields()
        func text(_ text: String) -> String { String(text.prefix(ViewInfo.maximumTextCharacters)) }
        for (index, permission) in permissions.prefix(ViewInfo.maximumDefinitions).enumerated() {
            fields["p\(index)"] = text(permission.name)
            fields["p\(index)-title"] = text(permission.title)
            if permission.isObsolete { fields["p\(index)-obsolete"] = "1" }
        }
        for (index, role) in roles.prefix(ViewInfo.maximumDefinitions).enumerated() {
            fields["r\(index)"] = text(role.title)
            fields["r\(index)-verb"] = text(role.verbPhrase)
            fields["r\(index)-gives"] = role.permissions.prefix(ViewInfo.maximumDefinitions).map { $0 ? "1" : "0" }
                .joined()
            if role.isDefault { fields["r\(index)-default"] = "1" }
            if role.isObsolete { fields["r\(index)-obsolete"] = "1" }
        }
        return fields
    }

    init(_ fields: RecordFields) {
        self.init()
        while let name = fields["p\(permissions.count)"] {
            let key = "p\(permissions.count)"
            permissions.append(
                PermissionDefinition(
                    name: name, title: fields["\(key)-title"] ?? "", isObsolete: fields["\(key)-obsolete"] != nil))
        }
        while let title = fields["r\(roles.count)"] {
            let key = "r\(roles.count)"
            roles.append(
                RoleDefinition(
                    title: title, verbPhrase: fields["\(key)-verb"] ?? "",
                    permissions: (fields["\(key)-gives"] ?? "").map { $0 == "1" },
                    isDefault: fields["\(key)-default"] != nil, isObsolete: fields["\(key)-obsolete"] != nil))
        }
    }
}

extension RecordBook {
    /// Nothing for a grain that has never started.
    func viewInfo(of grain: GrainID) async throws(HostError) -> ViewInfo {
        try await read(.viewInfo(grain)).map { ViewInfo($0.fields) } ?? ViewInfo()
    }

    /// Remembers what an app says of itself; touches the disk only when it says something new.
    func remember(_ info: ViewInfo, of grain: GrainID) async throws(HostError) {
        let fields = info.fields
        while let record = try await store.read(.grain(grain)) {
            if try await read(.viewInfo(grain))?.fields == fields { return }
            // Never for a grain that is being removed, whose records are being collected.
            guard try await self.grain(grain) != nil else { return }
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), record.version)],
                // The grain's record is touched so that everybody who watches permissions looks again.
                writes: [.put(.viewInfo(grain), fields.encoded), .put(.grain(grain), record.value)])
            if try await store.commit(batch) { return }
        }
    }
}
