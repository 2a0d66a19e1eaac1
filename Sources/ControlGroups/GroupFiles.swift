import Glibc

/// The short files of one control group.
public struct GroupFiles: Sendable {
    /// An open directory, not owned.
    let directory: CInt
    /// Empty, or the way from there to the group with a slash behind it.
    let prefix: String

    /// The contents of a file, as much of it as one may be, to whole pages; nil when it cannot be read.
    func text(_ name: String, maximumBytes: Int = 4096) -> String? {
        let file = openat(directory, prefix + name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text: [UInt8] = [], count = 0
        repeat {
            // The kernel gives a page at a time.
            text += [UInt8](unsafeUninitializedCapacity: 4096) { buffer, used in
                count = read(file, buffer.baseAddress, 4096)
                used = max(0, count)
            }
        } while count > 0 && text.count < maximumBytes
        return count < 0 ? nil : String(decoding: text, as: UTF8.self)
    }

    /// As ``text(_:)``, of any directory.
    public static func text(_ directory: CInt, _ name: String) -> String? {
        GroupFiles(directory: directory, prefix: "").text(name)
    }

    /// The directories in a directory.
    public static func names(in path: String) -> [String] { GroupDirectory.names(in: path, groupsOnly: true) }

    /// The words of a file; none when it cannot be read.
    func words(_ name: String, maximumBytes: Int = 4096) -> [String] {
        (text(name, maximumBytes: maximumBytes) ?? "").split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    /// The first number of a file. Nil also for `max`.
    func number(_ name: String) -> UInt64? { words(name).first.flatMap { UInt64($0) } }

    /// The number behind `key` in a file of lines `key number`.
    func number(_ name: String, _ key: String) -> UInt64? { numbers(name)[key] }

    /// All of a file of lines `key number`; none when it cannot be read.
    func numbers(_ name: String) -> [String: UInt64] {
        var numbers: [String: UInt64] = [:]
        for line in (text(name) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let number = UInt64(words[1]) { numbers[String(words[0])] = number }
        }
        return numbers
    }

    func has(_ name: String) -> Bool { faccessat(directory, prefix + name, F_OK, 0) == 0 }

    /// 0, or the error number. The kernel's files take one value per write; nothing is ever created.
    @discardableResult
    func set(_ name: String, _ value: String) -> CInt {
        let file = openat(directory, prefix + name, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return errno }
        defer { close(file) }
        let bytes = Array(value.utf8)
        return bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count ? 0 : errno
    }
}

/// A directory of a control group hierarchy, held open.
final class GroupDirectory: Sendable {
    let path: String
    let descriptor: CInt
    var files: GroupFiles { GroupFiles(directory: descriptor, prefix: "") }

    /// Nil, with `errno`, when it cannot be opened.
    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.path = path
    }

    deinit { close(descriptor) }

    /// The names of what a directory holds; of groups only, when asked.
    static func names(in path: String, groupsOnly: Bool = false) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            guard !groupsOnly || entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
