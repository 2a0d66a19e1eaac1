import Barchan
import Glibc
import Testing

/// The database of an older host, as that host made it: with SQLite's own module for Python.
@Suite struct RecordMigrationTests {
    private static let firstLayout = """
        CREATE TABLE records (key BLOB PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE versions (last INTEGER NOT NULL);
        INSERT INTO versions VALUES (41);
        INSERT INTO records VALUES (x'612f31', x'6f6e65', 7), (x'612f32', x'', 41);
        PRAGMA user_version = 1;
        """

    private func python(_ script: String, _ path: String) throws {
        let code = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); \(script)"
        try #require(try run(["/usr/bin/python3", "-c", code, path]) == 0)
    }

    private func firstLayout(at path: String) throws {
        try python("d.executescript('''\(Self.firstLayout)'''); d.close()", path)
    }

    /// A page of zeros is none of SQLite's: the first one of the file, or the one with the records.
    @Test(arguments: ["1", "d.execute('SELECT rootpage FROM sqlite_master WHERE name=\\'records\\'').fetchone()[0]"])
    func aDamagedDatabaseSaysWhatToDo(_ page: String) async throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/records.sqlite"
        try firstLayout(at: path)
        try python(
            """
            size = d.execute('PRAGMA page_size').fetchone()[0]; page = \(page); d.close()
            f = open(sys.argv[1], 'r+b'); f.seek((page - 1) * size); f.write(b'\\xff' * size); f.close()
            """, path)
        for _ in 0..<2 {
            let error = await #expect(throws: HostError.self) {
                _ = try await scratch.storage().records.read(RecordKey("a/1"))
            }
            #expect(error?.code == .corrupt, "\(error?.message ?? "")")
            for word in ["stop the host", "from a copy", "barchan doctor --records"] {
                #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func anOlderDatabaseIsCopiedAndTakenOver() async throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/records.sqlite"
        try firstLayout(at: path)
        let records = try await scratch.storage().records
        #expect(
            try await records.read(RecordKey("a/1"))
                == Record(key: RecordKey("a/1"), value: Array("one".utf8), version: 7))
        #expect(try await records.scan(prefix: RecordKey("a/"), after: nil, limit: 9).map(\.version) == [7, 41])
        // Versions go on where they were.
        _ = try await records.commit(RecordBatch(writes: [.put(RecordKey("a/1"), [1])]))
        #expect(try await records.read(RecordKey("a/1"))?.version == 42)
        // The copy is the old database, whole, in its old layout.
        try python(
            """
            assert d.execute('PRAGMA user_version').fetchone()[0] == 1; \
            assert d.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'; \
            assert d.execute('SELECT key, value, version FROM records ORDER BY key').fetchall() \
            == [(b'a/1', b'one', 7), (b'a/2', b'', 41)]
            """, "\(path).layout-1")
        #expect(access("\(path).layout-1.new", F_OK) != 0)
    }

    @Test func aNewDatabaseNeedsNoCopy() async throws {
        let scratch = try Scratch()
        _ = try await scratch.storage()
        #expect(access("\(scratch.path)/records.sqlite.layout-1", F_OK) != 0)
        _ = try await scratch.storage()
        #expect(access("\(scratch.path)/records.sqlite.layout-1", F_OK) != 0)
    }

    @Test func withoutACopyNothingIsChanged() async throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/records.sqlite"
        try firstLayout(at: path)
        // A directory in the place of the copy: it cannot be made.
        try #require(mkdir("\(path).layout-1", 0o700) == 0)
        let error = await #expect(throws: HostError.self) { _ = try await scratch.storage() }
        #expect(error?.message.contains("copy the records before their layout is changed from 1 to 2") == true)
        #expect(access("\(path).layout-1.new", F_OK) != 0)
        try python(
            """
            assert d.execute('PRAGMA user_version').fetchone()[0] == 1; \
            assert d.execute('SELECT count(*) FROM records').fetchone()[0] == 2
            """, path)
    }

    @Test func aNewerDatabaseIsRefusedWithTheCopyNamed() async throws {
        let scratch = try Scratch()
        try python("d.execute('PRAGMA user_version = 99'); d.close()", "\(scratch.path)/records.sqlite")
        let error = await #expect(throws: HostError.self) { _ = try await scratch.storage() }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("there is no copy here") == true)
        close(creat("\(scratch.path)/records.sqlite.layout-2", 0o600))
        let again = await #expect(throws: HostError.self) { _ = try await scratch.storage() }
        #expect(again?.message.contains("put the copy '\(scratch.path)/records.sqlite.layout-2' in its place") == true)
    }
}
