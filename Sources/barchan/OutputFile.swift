import Barchan
import Glibc

/// A file that a command was told to write.
enum OutputFile {
    private static let maximumLinks = 40

    /// Writes a file so that whoever reads it never sees half of it: under another name first, which is removed when
    /// something fails. A symbolic link stays one: what it leads to is replaced. What is there and no regular file (a
    /// device, a FIFO) is never replaced but written into.
    /// - Parameters:
    ///   - mode: Permissions of a new file, before the umask.
    ///   - fill: Writes everything to the descriptor it is given.
    static func write<Result>(
        _ path: String, mode: mode_t = 0o666, _ fill: (CInt) throws(HostError) -> Result
    ) throws(HostError) -> Result {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else {
            return try replace(try destination(of: path), mode, fill)
        }
        let number = open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { throw fileError("write", path) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        return try fill(file.rawValue)
    }

    private static func replace<Result>(
        _ path: String, _ mode: mode_t, _ fill: (CInt) throws(HostError) -> Result
    ) throws(HostError) -> Result {
        let temporary = "\(path).\(getpid()).new"
        let number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard number >= 0 else { throw fileError("make file", temporary) }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        do throws(HostError) {
            let result = try fill(file.rawValue)
            guard rename(temporary, path) == 0 else { throw fileError("make file", path) }
            return result
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Behind the links, also where the last one leads to nothing yet.
    private static func destination(of path: String) throws(HostError) -> String {
        var place = path
        for _ in 0..<maximumLinks {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(place, &buffer, buffer.count)
            guard count > 0 else { return place }
            let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let directory = place.lastIndex(of: "/").map { place[...$0] } ?? ""
            place = target.hasPrefix("/") ? target : directory + target
        }
        throw fileError("make file", path, ELOOP)
    }
}
