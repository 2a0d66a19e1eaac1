import Barchan
import Glibc
import Testing
import ZIP

/// An archive in memory.
final class Bytes: ZIPSource {
    private let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var size: Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8] {
        // The reader has to know where the file ends.
        precondition(offset >= 0 && count >= 0 && Int(offset) + count <= bytes.count)
        return Array(bytes[Int(offset)..<(Int(offset) + count)])
    }
}

/// A directory in which other programs work, removed afterwards.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/barchan-zip-XXXXXX\0".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { _ = try? output(of: "rm -rf '\(path)'") }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = try #require(fopen("\(path)/\(name)", "we"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    func read(_ name: String) throws -> [UInt8] {
        let file = try #require(fopen("\(path)/\(name)", "re"))
        defer { fclose(file) }
        var all: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { all += buffer[..<count] }
        return all
    }

    func python(_ script: String) throws -> String {
        try write(Array(script.utf8), to: "script.py")
        return try output(of: "python3 script.py")
    }

    /// What a shell's commands print, standard error included; they must succeed.
    func output(of commands: String) throws -> String {
        let pipe = try #require(popen("cd '\(path)' && { \(commands)\n} 2>&1", "re"))
        var text: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 12)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
        let status = pclose(pipe), result = String(decoding: text, as: UTF8.self)
        try #require(status == 0, "\(commands): \(result)")
        return result
    }
}
