import Barchan

/// A saved object as it is sealed: named texts, bytes in hexadecimal.
extension SavedObject {
    /// - Throws: ``HostError`` `.unsupported` for a kind of a newer contract.
    func fields(label: String) throws(HostError) -> RecordFields {
        var fields = RecordFields()
        switch kind {
        case .app(let objectID): (fields["kind"], fields["id"]) = ("app", Hexadecimal.text(objectID))
        case .identity(let identityID): (fields["kind"], fields["id"]) = ("identity", Hexadecimal.text(identityID))
        case .permissions(let identityID):
            (fields["kind"], fields["id"]) = ("permissions", Hexadecimal.text(identityID))
        @unknown default: throw HostError(.unsupported, "save an object: this host does not know its kind")
        }
        fields["label"] = label
        for (index, requirement) in requirements.enumerated() {
            let bits = requirement.permissions.map { $0 ? "1" : "0" }.joined()
            fields["requirement-\(index)"] = "\(Hexadecimal.text(requirement.identityID)) \(bits)"
        }
        return fields
    }

    /// - Throws: ``HostError`` `.corrupt` for anything that ``fields(label:)`` does not write.
    init(_ fields: RecordFields) throws(HostError) {
        guard let identifier = fields["id"].flatMap(Hexadecimal.bytes) else { throw SavedObject.corrupt }
        switch fields["kind"] {
        case "app": self.init(.app(objectID: identifier))
        case "identity": self.init(.identity(identifier))
        case "permissions": self.init(.permissions(identityID: identifier))
        default: throw SavedObject.corrupt
        }
        while let text = fields["requirement-\(requirements.count)"] {
            guard let requirement = Requirement(text) else { throw SavedObject.corrupt }
            requirements.append(requirement)
        }
    }

    private static let corrupt = HostError(.corrupt, "restore an object: its record is not one of a saved object")
}

extension Requirement {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let identityID = Hexadecimal.bytes(String(parts[0])) else { return nil }
        self.init(identityID: identityID, permissions: parts[1].map { $0 == "1" })
    }
}
