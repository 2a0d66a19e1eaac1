import Barchan
import Sealing

/// The tokens of one grain: what its app saved, for as long as the grain exists.
///
/// A record is found by the token's hash and sealed with the token, so whoever reads the records can neither use nor
/// read what a grain keeps. It is bound to its grain and its place.
actor TokenBook {
    /// As many as a grain may have.
    static let maximumTokens = 10_000
    /// The longest identifier of an app's object.
    static let maximumObjectBytes = 16 << 10
    static let maximumRequirements = 16
    static let maximumLabelCharacters = 256

    private let grain: GrainID
    private let records: RecordBook
    private let clock: any HostClock
    private let maximumTokens: Int
    /// Known after the first save.
    private var count: Int?

    init(grain: GrainID, records: RecordBook, clock: any HostClock, maximumTokens: Int) {
        self.grain = grain
        self.records = records
        self.clock = clock
        self.maximumTokens = maximumTokens
    }

    func save(_ object: SavedObject, label: String) async throws(HostError) -> Secret {
        try check(object)
        try await takePlace()
        do throws(HostError) {
            let token = Secret.token()
            try await store(object, label: String(label.prefix(TokenBook.maximumLabelCharacters)), under: token)
            return token
        } catch {
            count = count.map { $0 - 1 }
            throw error
        }
    }

    func object(_ token: Secret) async throws(HostError) -> SavedObject {
        guard let (fields, _) = try await records.read(.token(token, of: grain)) else {
            throw HostError(.notFound, "restore an object: grain '\(grain)' has no such token")
        }
        return try open(fields, token)
    }

    func drop(_ token: Secret) async throws(HostError) {
        let key = RecordKey.token(token, of: grain)
        guard let record = try await records.store.read(key) else { return }
        // Nobody writes a token's record again: when the condition fails, somebody else dropped it.
        let batch = RecordBatch(conditions: [.version(key, record.version)], writes: [.delete(key)])
        if try await records.store.commit(batch) { count = count.map { $0 - 1 } }
    }

    func dropAll(ofObject objectID: [UInt8]) async throws(HostError) {
        let digest = digest(of: objectID)
        var writes: [RecordBatch.Write] = []
        try await records.forEach(prefix: .tokenPrefix(grain)) { (record) throws(HostError) in
            let fields = try RecordFields(decoding: record.value)
            if fields["object"] == digest { writes.append(.delete(record.key)) }
        }
        guard !writes.isEmpty else { return }
        _ = try await records.store.commit(RecordBatch(writes: writes))
        count = nil
    }

    // MARK: Limits

    private func check(_ object: SavedObject) throws(HostError) {
        if case .app(let objectID) = object.kind, objectID.count > TokenBook.maximumObjectBytes {
            throw HostError(
                .invalidArgument,
                "save an object: its identifier has \(objectID.count) bytes, \(TokenBook.maximumObjectBytes) are allowed"
            )
        }
        guard object.requirements.count <= TokenBook.maximumRequirements,
            object.requirements.allSatisfy({ $0.permissions.count <= 1_000 })
        else { throw HostError(.invalidArgument, "save an object: it has too many conditions") }
    }

    private func takePlace() async throws(HostError) {
        if count == nil {
            let counted = try await records.count(prefix: .tokenPrefix(grain), limit: maximumTokens)
            if count == nil { count = counted }
        }
        guard let taken = count, taken < maximumTokens else {
            throw HostError(
                .resourceExhausted, "save an object: grain '\(grain)' has \(maximumTokens) tokens; drop some")
        }
        count = taken + 1
    }

    // MARK: Records

    private func store(_ object: SavedObject, label: String, under token: Secret) async throws(HostError) {
        let key = RecordKey.token(token, of: grain)
        var fields = RecordFields()
        fields["created"] = String(clock.wallSeconds())
        if case .app(let objectID) = object.kind { fields["object"] = digest(of: objectID) }
        let plain = try object.fields(label: label).encoded
        fields["sealed"] = Hexadecimal.text(SealedBox.seal(plain, key: token.sealingKey, place: key.bytes))
        // Somebody else changed the grain's record each time this loop turns, so it ends.
        while let record = try await records.store.read(.grain(grain)) {
            // No token of a grain that is being removed.
            guard try await records.grain(grain) != nil else { break }
            let batch = RecordBatch(
                conditions: [.absent(key), .version(.grain(grain), record.version)],
                writes: [.put(key, fields.encoded)])
            if try await records.store.commit(batch) { return }
        }
        throw HostError(.notFound, "save an object: grain '\(grain)' was removed")
    }

    private func open(_ fields: RecordFields, _ token: Secret) throws(HostError) -> SavedObject {
        let place = RecordKey.token(token, of: grain).bytes
        guard let box = fields["sealed"].flatMap(Hexadecimal.bytes),
            let plain = SealedBox.open(box, key: token.sealingKey, place: place)
        else { throw HostError(.corrupt, "restore an object: its record was changed") }
        return try SavedObject(RecordFields(decoding: plain))
    }

    /// Tells that two tokens are for the same object; made from the grain besides, so that it tells nothing else.
    private func digest(of objectID: [UInt8]) -> String {
        SHA256.hexadecimal(Array("object \(grain) ".utf8) + objectID)
    }
}

extension Secret {
    /// 256 random bits as 43 characters of URL-safe base64 (specification, section 10.1).
    static func token() -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var generator = SystemRandomNumberGenerator()
        var characters = (0..<42).map { _ in alphabet[Int(generator.next() & 63)] }
        // The last digit stands for the four bits that are left.
        characters.append(alphabet[Int(generator.next() & 15) << 2])
        return Secret(String(decoding: characters, as: UTF8.self))
    }

    /// Says nothing of the hash by which the record is found, and the hash nothing of it.
    fileprivate var sealingKey: [UInt8] { SHA256.digest(Array("seal ".utf8) + Array(text.utf8)) }
}

extension RecordKey {
    /// By SHA-256, so that reading the records restores nothing.
    static func token(_ token: Secret, of grain: GrainID) -> RecordKey {
        RecordKey("token/\(grain)/\(SHA256.hexadecimal(Array(token.text.utf8)))")
    }
    static func tokenPrefix(_ grain: GrainID) -> RecordKey { RecordKey("token/\(grain)/") }
}
