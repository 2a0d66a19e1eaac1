import Glibc

/// A number and a token, each in a small file of the grain's own data.
struct VisitFile {
    private let folder: String

    init(_ folder: String) {
        self.folder = folder
        mkdir(folder, 0o700)
    }

    /// How often the page was asked for, in all runs.
    var count: Int {
        get { Int(String(decoding: read("count"), as: UTF8.self)) ?? 0 }
        nonmutating set { write(Array(String(newValue).utf8), "count") }
    }

    /// What the host gave for the saved counter; empty before the first time.
    var token: [UInt8] {
        get { read("token") }
        nonmutating set { write(newValue, "token") }
    }

    private func read(_ name: String) -> [UInt8] {
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(Glibc.read(descriptor, buffer.baseAddress, 4096), 0)
        }
    }

    /// Replaces the file as a whole, so that a kill at any moment leaves the old one or the new one.
    private func write(_ bytes: [UInt8], _ name: String) {
        let path = "\(folder)/\(name)", fresh = path + ".new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return perror("native-app: open '\(fresh)'") }
        let written = Glibc.write(descriptor, bytes, bytes.count)
        let isStored = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isStored, rename(fresh, path) == 0 else { return perror("native-app: write '\(path)'") }
    }
}
