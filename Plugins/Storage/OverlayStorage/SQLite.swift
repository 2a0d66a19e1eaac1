import Barchan
import CSQLite

/// One connection to an SQLite database. Used by one thread at a time.
final class SQLiteConnection {
    private let handle: OpaquePointer
    let path: String

    /// Opens the database, making it when it is missing.
    init(path: String) throws(HostError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let result = sqlite3_open_v2(path, &handle, flags, nil)
        guard result == SQLITE_OK, let handle else {
            sqlite3_close(handle)
            throw HostError(.failed, "open database '\(path)': \(String(cString: sqlite3_errstr(result)))")
        }
        self.handle = handle
        self.path = path
        // Another process that looks at the same records, for instance `barchan grain list`.
        sqlite3_busy_timeout(handle, 10_000)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs a statement that gives no rows.
    func execute(_ sql: String) throws(HostError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    /// Leaves the write-ahead log in its place when the database is closed, and lets the database grow in steps of `chunkBytes`.
    func keepLogFile(chunkBytes: Int32) {
        var isKept: Int32 = 1, chunk = chunkBytes
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &isKept)
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_CHUNK_SIZE, &chunk)
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The first column of the first row.
    func integer(_ sql: String) throws(HostError) -> Int64 {
        var value: Int64 = 0
        try prepare(sql).run([]) { row in
            value = row.integer(0)
            return false
        }
        return value
    }

    func prepare(_ sql: String) throws(HostError) -> SQLiteStatement {
        var statement: OpaquePointer?
        let result = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard result == SQLITE_OK, let statement else { throw failure(sql) }
        return SQLiteStatement(statement, connection: self)
    }

    /// The connection's last error as a sentence.
    func failure(_ attempt: String) -> HostError {
        let code = sqlite3_errcode(handle)
        let message = String(cString: sqlite3_errmsg(handle))
        // Whoever caused it may read this, and need not know where the host keeps its records.
        let sentence = "\(attempt.prefix(60)) in the records' database: \(message)"
        return switch code & 0xff {
        case SQLITE_FULL:
            HostError(
                .resourceExhausted,
                "write this down: the disk that the host keeps its records on is full; whoever runs the host has to make room on"
                    + " the disk, and what is deleted for good makes some, too")
        case SQLITE_NOMEM: HostError(.resourceExhausted, sentence)
        case SQLITE_BUSY, SQLITE_LOCKED:
            HostError(.resourceExhausted, sentence + "; another process is writing there, try again")
        case SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN:
            HostError(.failed, sentence + "; check the disk, and what the kernel says of it")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            HostError(
                .corrupt,
                sentence + "; stop the host, put its records back from a copy (README of OverlayStorage, "
                    + "'When something is damaged'), and see with 'barchan doctor --records' whether they fit the data")
        default: HostError(.failed, sentence)
        }
    }
}

/// A prepared statement, used again and again.
final class SQLiteStatement {
    private let statement: OpaquePointer
    private let connection: SQLiteConnection
    // SQLITE_TRANSIENT: SQLite copies what is bound.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ statement: OpaquePointer, connection: SQLiteConnection) {
        self.statement = statement
        self.connection = connection
    }

    deinit { sqlite3_finalize(statement) }

    enum Value {
        case blob([UInt8])
        case integer(Int64)
        case null
    }

    /// Runs the statement; `row` sees each row and returns whether it wants another.
    func run(_ values: [Value], row: (borrowing SQLiteRow) -> Bool = { _ in true }) throws(HostError) {
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index) + 1) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: guard row(SQLiteRow(statement: statement)) else { return }
            case SQLITE_DONE: return
            default: throw connection.failure(String(cString: sqlite3_sql(statement)))
            }
        }
    }

    private func bind(_ value: Value, at index: Int32) throws(HostError) {
        let result =
            switch value {
            // A pointer to nothing would bind NULL.
            case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, index, 0)
            case .blob(let bytes): sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), Self.copied)
            case .integer(let number): sqlite3_bind_int64(statement, index, number)
            case .null: sqlite3_bind_null(statement, index)
            }
        guard result == SQLITE_OK else { throw connection.failure("bind a value") }
    }
}

/// The row a statement stands on; good only until it moves on.
struct SQLiteRow: ~Copyable {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }
}
