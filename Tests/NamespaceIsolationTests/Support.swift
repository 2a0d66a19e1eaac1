import BarchanConformance
import Glibc

/// Files of the source tree.
enum Repository {
    static func path(_ name: String) -> String {
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/\(name)"
    }
}

enum Text {
    static func lines(of path: String) throws -> [String] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        try require(file >= 0, "'\(path)' cannot be read")
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(file, &buffer, buffer.count), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// What a directory holds; nothing when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// How many descriptors a process has open.
    static func descriptors(of process: pid_t) throws -> Int {
        guard let stream = opendir("/proc/\(process)/fd") else {
            throw ConformanceSkip("the launcher's descriptors cannot be seen")
        }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        return count
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

enum Command {
    /// Runs a program found through PATH and returns its exit status.
    static func run(_ arguments: [String]) async throws -> CInt {
        let process = try start(arguments)
        return await onThread {
            var status: CInt = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            return status
        }
    }

    /// Starts a program; the caller waits for it. `descriptor` becomes its descriptor 3, `output` its standard output.
    static func start(_ arguments: [String], descriptor: CInt? = nil, output: CInt? = nil) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, 3) }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        let strings = arguments.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, arguments[0], &actions, nil, strings, environ)
        try require(result == 0, "'\(arguments[0])' cannot be started: \(String(cString: strerror(result)))")
        return process
    }
}
