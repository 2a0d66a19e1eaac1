/// One name in an archive and what is known of it.
public struct ZIPEntry: Sendable, Equatable {
    public enum Kind: Sendable, Equatable { case file, directory, link }

    /// Components with `/` between them, none before the first or behind the last. Bytes: what an app calls its files
    /// need not be UTF-8.
    public var name: [UInt8]
    public var kind: Kind
    /// Permission bits as in stat(2), at most 0o7777.
    public var permissions: UInt16
    /// Seconds since 1970-01-01T00:00:00Z.
    public var modified: Int64
    /// Bytes of a file's content or of a link's target; 0 for a directory.
    public var size: Int64

    public init(name: [UInt8], kind: Kind, permissions: UInt16, modified: Int64, size: Int64 = 0) {
        self.name = name
        self.kind = kind
        self.permissions = permissions
        self.modified = modified
        self.size = size
    }

    /// For messages.
    public var text: String { Self.text(of: name) }

    /// A name for messages: of a long one, both ends.
    public static func text(of name: [UInt8]) -> String {
        guard name.count > 200 else { return String(decoding: name, as: UTF8.self) }
        let start = String(decoding: name.prefix(100), as: UTF8.self)
        return start + "…" + String(decoding: name.suffix(99), as: UTF8.self)
    }
}

/// An entry with where and how it is stored.
public struct ZIPMember: Sendable, Equatable {
    public enum Method: UInt16, Sendable { case stored = 0, deflated = 8 }

    public var entry: ZIPEntry
    public var method: Method
    public var checksum: UInt32
    public var storedSize: Int64
    /// Of its local header, from the start of the archive.
    public var offset: Int64
    /// From `offset` to the first byte of the content.
    var headerSize: Int64 = 0
    /// The name as the local header has it.
    var rawName: [UInt8] = []
    var flags: UInt16 = 0
}
