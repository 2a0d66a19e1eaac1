import Barchan
import CLinux
import Glibc

/// A directory for this process and what it starts, removed with this object.
final class ScratchDirectory {
    let path: String

    init(in parent: String) throws(HostError) {
        var template = Array("\(parent)/.new-author-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw ScratchDirectory.failure("make a directory in '\(parent)'") }
        path = made
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(HostError) {
        let number = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw ScratchDirectory.failure("make file '\(path)/\(name)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ScratchDirectory.failure("write '\(path)/\(name)'") }
            rest = rest.dropFirst(count)
        }
    }

    /// No more than `maximumBytes` of a file, which somebody else may have made.
    func read(_ name: String, maximumBytes: Int) throws(HostError) -> [UInt8] {
        let number = open("\(path)/\(name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw ScratchDirectory.failure("open '\(path)/\(name)'") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = Glibc.read(file.rawValue, &bytes, bytes.count)
        guard count >= 0 else { throw ScratchDirectory.failure("read '\(path)/\(name)'") }
        return Array(bytes[..<count])
    }

    private static func failure(_ attempt: String) -> HostError {
        HostError(errno == ENOSPC ? .resourceExhausted : .failed, "\(attempt): \(String(cString: strerror(errno)))")
    }

    /// What cannot be removed stays as a leftover of the storage's.
    deinit { ScratchDirectory.remove(path) }

    /// Links are removed and not followed; a confined program can make none.
    private static func remove(_ path: String) {
        guard unlink(path) != 0, errno == EISDIR else { return }
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    private static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
