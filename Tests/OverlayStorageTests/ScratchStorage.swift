import Barchan
import Glibc
import OverlayStorage
import Testing

/// What `packageStore` can be here: images are mounted, which takes root.
let packageStores: [String] = {
    if geteuid() == 0 { return ["directories", "images"] }
    print("packageStore = \"images\" is not tested: mounting takes root")
    return ["directories"]
}()

/// A directory of its own for one test, removed afterwards.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/barchan-storage-XXXXXX\0".utf8CString)
        let made = try #require(mkdtemp(&template))
        path = String(cString: made)
    }

    deinit {
        // The tests' own tools on purpose: the one under test must not clean up after itself unseen. A worker that was killed
        // leaves mounts.
        _ = try? run(["/bin/sh", "-c", "umount -q -l '\(path)'/mounts/.new-* 2>/dev/null"])
        _ = try? run(["/bin/rm", "-rf", path])
    }

    /// The storage as the host builds it.
    func storage(_ settings: [String: SettingValue] = [:]) async throws -> any StorageProvider {
        guard case .storage(let make) = Plugin.overlay.factory else { throw HostError(.failed, "no storage") }
        let settings = try PluginSettings(settings, definitions: Plugin.overlay.settings)
        let context = PluginContext(dataDirectory: path, programDirectory: "/nonexistent", log: .none)
        return try await make(settings, context)
    }

    /// Every path below, sorted; the database's own files left out.
    func files() throws -> [String] {
        var found: [String] = []
        try collect(path, into: &found)
        return found.map { String($0.dropFirst(path.count)) }.filter { !$0.hasPrefix("/records.sqlite") }.sorted()
    }

    private func collect(_ directory: String, into found: inout [String]) throws {
        let stream = try #require(opendir(directory))
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            found.append("\(directory)/\(name)")
            if entry.pointee.d_type == UInt8(DT_DIR) { try collect("\(directory)/\(name)", into: &found) }
        }
    }
}

/// Runs a program and waits for it.
@discardableResult
func run(_ arguments: [String]) throws -> CInt {
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    guard posix_spawn(&child, arguments[0], nil, nil, &words, environ) == 0 else { throw HostError(.failed, "spawn") }
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
}

/// A file of Tests/Fixtures/spk.
func fixture(_ name: String) throws -> [UInt8] {
    let here = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try #require(fopen("/\(here)/Fixtures/spk/\(name)", "re"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
}
