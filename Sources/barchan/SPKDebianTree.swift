import Barchan
import Glibc
import SPK

/// A file system made of Debian packages and everything they depend on. They are downloaded, not taken from this
/// machine, and none of their scripts is run.
struct DebianTree {
    private let names: [String]
    private let cache: String

    /// What a grain has no use for.
    private static let skipped = ["doc", "man", "info", "locale", "lintian", "bug"].map { "usr/share/\($0)" }

    init(names: [String]) throws(HostError) {
        for name in names where name.isEmpty || name.hasPrefix("-") {
            throw HostError(.invalidArgument, "read '--from-debian': '\(name)' is no name of a package")
        }
        self.names = names
        let home =
            getenv("XDG_CACHE_HOME").map { String(cString: $0) }
            ?? getenv("HOME").map { "\(String(cString: $0))/.cache" } ?? scratchDirectory()
        cache = "\(home)/barchan/debian"
    }

    func read(into spool: Spool) throws(HostError) -> LayeredTree {
        let tree = LayeredTree()
        // Packages of Debian 12 still carry files under /lib that belong under /usr/lib.
        for name in ["bin", "sbin", "lib", "lib64"] {
            try tree.setDirectory(Array("usr/\(name)".utf8), modifiedNanoseconds: 0)
            try tree.setLink(Array(name.utf8), target: Array("usr/\(name)".utf8), modifiedNanoseconds: 0)
        }
        let importer = TarImporter(tree: tree, spool: spool, skipped: Self.skipped)
        for file in try download() {
            try importer.read { sink throws(HostError) in
                try ToolProcess.run(["dpkg-deb", "--fsys-tarfile", file], package: "dpkg", sink: sink)
            }
        }
        try addPeople(to: tree, spool)
        return tree
    }

    /// What installing would have written: a grain is one user, 1000 (specification, section 3.1).
    private func addPeople(to tree: LayeredTree, _ spool: Spool) throws(HostError) {
        try tree.add("etc/passwd", "app:x:1000:1000:app:/var:/bin/sh\n", spool)
        try tree.add("etc/group", "app:x:1000:\n", spool)
        try tree.addHosts(spool)
    }

    /// One package file of the closure.
    private struct Download {
        var file: String
        var byteCount: Int64
        /// As apt wants it: `NAME:ARCHITECTURE=VERSION`.
        var choice: String
    }

    /// The package files, in the order in which apt would unpack them.
    private func download() throws(HostError) -> [String] {
        let downloads = try closure()
        try makeDirectories(cache)
        let wanted = downloads.filter { fileSize("\(cache)/\($0.file)") != $0.byteCount }
        if !wanted.isEmpty {
            let mebibytes = wanted.reduce(0) { $0 + $1.byteCount } >> 20
            printNote(
                "downloading \(wanted.count) of \(downloads.count) Debian packages, \(mebibytes) MiB, to \(cache)")
            let user = getuid() == 0 ? ["-o", "APT::Sandbox::User=root"] : []
            try ToolProcess.run(
                ["env", "-C", cache, "apt-get", "download", "-q"] + user + wanted.map(\.choice), package: "apt")
        }
        return downloads.map { "\(cache)/\($0.file)" }
    }

    /// The named packages and what they depend on, as on a machine that has none.
    private func closure() throws(HostError) -> [Download] {
        var printed: [UInt8] = []
        do throws(HostError) {
            try ToolProcess.run(
                [
                    "apt-get", "install", "-qq", "-y", "--print-uris", "-o", "Dir::State::status=/dev/null", "-o",
                    "APT::Install-Recommends=false", "--",
                ] + names, package: "apt"
            ) { printed += $0 }
        } catch  where error.code == .failed {
            throw HostError(
                .notFound,
                "find the Debian packages \(names.joined(separator: ", ")) and what they need: apt says why above; if it "
                    + "knows none of them, run 'apt-get update'")
        }
        return String(decoding: printed, as: UTF8.self).split(separator: "\n").compactMap(Self.download)
    }

    /// A line of apt-get(8) `--print-uris`: `'URI' FILE SIZE HASH`, where FILE is `NAME_VERSION_ARCHITECTURE.deb`.
    private static func download(_ line: Substring) -> Download? {
        let words = line.split(separator: " ")
        guard words.count >= 3, words[1].hasSuffix(".deb"), let byteCount = Int64(words[2]) else { return nil }
        let parts = words[1].dropLast(".deb".count).split(separator: "_")
        guard parts.count == 3 else { return nil }
        let version = parts[1].split(separator: "%3a", omittingEmptySubsequences: false).joined(separator: ":")
        let architecture = parts[2] == "all" ? "" : ":\(parts[2])"
        return Download(
            file: String(words[1]), byteCount: byteCount, choice: "\(parts[0])\(architecture)=\(version)")
    }
}

/// Makes a directory and those above it, for this user alone; those that are there stay as they are.
func makeDirectories(_ path: String) throws(HostError) {
    var place = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
        place += "/\(part)"
        guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw fileError("make directory", place) }
    }
}

extension LayeredTree {
    /// Adds a text file where there is none, or an empty one.
    func add(_ path: String, _ text: String, _ spool: Spool) throws(HostError) {
        guard hasNothing(at: path) else { return }
        let bytes = Array(text.utf8)
        try setFile(
            Array(path.utf8), reference: spool.reference(byteCount: bytes.count), byteCount: bytes.count,
            isExecutable: false, modifiedNanoseconds: 0)
        try spool.append(bytes)
    }

    /// Adds the names that a grain has for itself. `localhost` is not ::1: a server that listens there by that name would not be
    /// found at 127.0.0.1, where the bridge looks for it.
    func addHosts(_ spool: Spool) throws(HostError) {
        try add("etc/hosts", "127.0.0.1 localhost sandbox\n::1 ip6-localhost ip6-loopback\n", spool)
    }
}
