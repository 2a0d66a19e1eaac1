import Barchan
import Glibc

/// The layouts that the database has had, and the way from each to the next.
///
/// A database that holds something is copied before it is changed: `records.sqlite.layout-1` is the database as the host
/// that knew layout 1 left it, complete and on the disk before the first change.
enum RecordMigrations {
    /// Each leads to the layout whose number is its position plus one.
    private static let steps = [
        """
        CREATE TABLE records (key BLOB PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE versions (last INTEGER NOT NULL);
        INSERT INTO versions VALUES (0);
        """,
        // SQLite itself refuses values of another type, and file(1) and we know whose database it is ("Bdun").
        """
        CREATE TABLE checked (key BLOB PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO checked SELECT key, value, version FROM records;
        DROP TABLE records;
        ALTER TABLE checked RENAME TO records;
        PRAGMA application_id = 0x4264756e;
        """,
    ]

    static let current = Int64(steps.count)

    /// - Throws: ``HostError`` `.unsupported` for a newer layout; whatever keeps the copy from being made. The database is as
    ///   it was then.
    static func run(_ connection: SQLiteConnection) throws(HostError) {
        let version = try connection.integer("PRAGMA user_version")
        guard version <= current else {
            let copy = copyPath(connection, current)
            let other =
                access(copy, F_OK) == 0
                ? "use that host, or put the copy '\(copy)' in its place and remove '\(connection.path)-wal'; the copy lacks"
                    + " what was changed since"
                : "use that host; of an older layout there is no copy here"
            throw HostError(
                .unsupported,
                "open database '\(connection.path)': a newer host wrote it (layout \(version), this host knows \(current)); "
                    + other)
        }
        guard version < current else { return }
        if version > 0 { try copy(connection, version) }
        let script = steps[Int(version)...].joined(separator: "\n")
        do throws(HostError) {
            try connection.execute("BEGIN IMMEDIATE;\n\(script)\nPRAGMA user_version = \(current);\nCOMMIT")
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    private static func copyPath(_ connection: SQLiteConnection, _ version: Int64) -> String {
        "\(connection.path).layout-\(version)"
    }

    private static func copy(_ connection: SQLiteConnection, _ version: Int64) throws(HostError) {
        let path = copyPath(connection, version), unfinished = "\(path).new"
        unlink(unfinished)
        do throws(HostError) {
            try connection.execute(
                "VACUUM INTO '\(unfinished.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
            )
            try synchronize(unfinished)
            guard rename(unfinished, path) == 0 else { throw systemError("name the copy '\(path)'") }
            try synchronize(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        } catch {
            unlink(unfinished)
            throw HostError(
                error.code,
                "copy the records before their layout is changed from \(version) to \(current): \(error.message)")
        }
    }

    private static func synchronize(_ path: String) throws(HostError) {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw systemError("open '\(path)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        guard fsync(file.rawValue) == 0 else { throw systemError("synchronize '\(path)'") }
    }
}
