import CLinux
import Glibc

/// Files for a check, below a directory of their own.
public enum TemporaryTree {
    public static func make() throws -> String {
        var template = Array("/tmp/barchan-conformance-XXXXXX".utf8CString)
        try require(mkdtemp(&template) != nil, "no temporary directory can be made: \(lastError())")
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // The grain's user passes through.
        chmod(path, 0o755)
        return path
    }

    public static func makeDirectory(_ path: String) throws {
        try require(mkdir(path, 0o755) == 0 && chmod(path, 0o755) == 0, "make '\(path)': \(lastError())")
    }

    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode)
        try require(
            file >= 0 && Glibc.write(file, bytes, bytes.count) == bytes.count, "write '\(path)': \(lastError())")
        fchmod(file, mode)
        close(file)
    }

    public static func copy(_ source: String, to path: String) throws {
        let from = open(source, O_RDONLY | O_CLOEXEC)
        guard from >= 0 else { throw ConformanceSkip("'\(source)' is not built: \(lastError())") }
        defer { close(from) }
        try write([], to: path, mode: 0o755)
        let to = open(path, O_WRONLY | O_CLOEXEC)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = read(from, &buffer, buffer.count), count > 0 {
            guard Glibc.write(to, buffer, count) == count else {
                close(to)
                throw ConformanceFailure("copy '\(source)': \(lastError())")
            }
        }
        close(to)
        try waitForWriters(of: path)
    }

    /// A process that another thread is just starting has this file open for writing, too, until it executes; so long the file
    /// itself cannot be executed. A read lease is refused as long as there is such a process (fcntl(2)).
    private static func waitForWriters(of path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        for _ in 0..<2000 {
            if fcntl(file, 1024 /* F_SETLEASE */, F_RDLCK) == 0 || errno != EAGAIN { return }
            usleep(1000)
        }
        throw ConformanceFailure("'\(path)' is still open for writing after two seconds")
    }

    /// Removes a tree without following links out of it.
    public static func remove(_ path: String) { remove(path, in: AT_FDCWD) }

    private static func remove(_ name: String, in parent: CInt) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        let directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if let stream = directory >= 0 ? fdopendir(directory) : nil {
            while let entry = readdir(stream) {
                let child = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if child != "." && child != ".." { remove(child, in: directory) }
            }
            closedir(stream)
        }
        unlinkat(parent, name, 0x200 /* AT_REMOVEDIR */)
    }

    private static func lastError() -> String { String(cString: strerror(errno)) }
}

/// Descriptors for a check, close-on-exec.
public enum TrialDescriptors {
    public static func socketPair() throws -> (CInt, CInt) {
        try pair { socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, $0) }
    }

    public static func pipe() throws -> (reader: CInt, writer: CInt) { try pair { clinux_pipe2($0, O_CLOEXEC) } }

    private static func pair(_ make: (UnsafeMutablePointer<CInt>) -> CInt) throws -> (CInt, CInt) {
        var ends: [CInt] = [-1, -1]
        let result = ends.withUnsafeMutableBufferPointer { $0.baseAddress.map(make) ?? -1 }
        try require(result == 0, "no descriptors: \(String(cString: strerror(errno)))")
        return (ends[0], ends[1])
    }
}
