import Glibc
import Testing

/// Files of Tests/Fixtures/capnproto; `make` there made them.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(tests)/Fixtures/capnproto/\(name)"
        let file = try #require(fopen(path, "r"), "open \(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
