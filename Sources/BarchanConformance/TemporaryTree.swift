import CLinux
import Glibc

/// A directory of a check's own below /tmp, removed with this object or by ``Leftovers/clear()``.
public final class TemporaryDirectory: Sendable {
    public var path: String { leftover.value }
    private let leftover: Leftover<String>

    public init() throws { leftover = try Leftover(try TemporaryTree.make()) { TemporaryTree.remove($0) } }
}

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

    /// A copy that may be executed at once.
    ///
    /// Another process makes it: a descriptor that is open for writing here is for a moment in every child that is just
    /// starting, and the kernel executes no file that somebody may write (execve(2), ETXTBSY).
    public static func copy(_ source: String, to path: String) throws {
        guard access(source, R_OK) == 0 else { throw ConformanceSkip("'\(source)' is not built: \(lastError())") }
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("cp"), strdup(source), strdup(path), nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0, status: CInt = 0
        let failure = posix_spawnp(&child, "cp", nil, nil, &arguments, environ)
        try require(failure == 0, "start cp: \(String(cString: strerror(failure)))")
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        try require(status == 0 && chmod(path, 0o755) == 0, "copy '\(source)' to '\(path)'")
    }

    /// Removes a tree without following links out of it. What a program still makes in it meanwhile is removed, too, for at
    /// most a second or two: nothing can be made in a directory that is gone.
    public static func remove(_ path: String) {
        for _ in 0..<100 {
            remove(path, in: AT_FDCWD)
            guard access(path, F_OK) == 0 else { return }
            usleep(10_000)
        }
    }

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
