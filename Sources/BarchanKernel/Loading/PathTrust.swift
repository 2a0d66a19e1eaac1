import Barchan
import Glibc

/// Whether only the host's own user and root can change what a path leads to.
enum PathTrust {
    /// Follows links, then looks at the file, its directory and every directory above.
    /// - Returns: The path without links.
    /// - Throws: ``HostError`` `.permissionDenied` naming the first place that somebody else may change.
    static func check(_ path: String, attempt: String) throws(HostError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw HostError(.notFound, "\(attempt) '\(path)': \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        let real = String(cString: resolved)
        var place = real, depth = 0
        while true {
            // A sticky directory further up, such as /tmp, does not let others replace what is ours.
            try check(place, isSticky: depth >= 2, attempt: "\(attempt) '\(path)'")
            guard place != "/" else { return real }
            place = parent(of: place)
            depth += 1
        }
    }

    private static func check(_ place: String, isSticky allowed: Bool, attempt: String) throws(HostError) {
        var status = stat()
        guard lstat(place, &status) == 0 else {
            throw HostError(.notFound, "\(attempt): '\(place)': \(String(cString: strerror(errno)))")
        }
        if status.st_mode & (S_IWGRP | S_IWOTH) != 0 && !(allowed && status.st_mode & S_ISVTX != 0) {
            throw HostError(.permissionDenied, "\(attempt): '\(place)' can be changed by others; run chmod go-w on it")
        }
        guard isTrusted(status.st_uid) else {
            throw HostError(
                .permissionDenied,
                "\(attempt): '\(place)' belongs to user \(status.st_uid); it must belong to root or to the user of this host"
            )
        }
    }

    private static func isTrusted(_ owner: uid_t) -> Bool {
        if owner == 0 || owner == geteuid() { return true }
        // Inside a user namespace root appears as the owner of `/` under another number.
        var status = stat()
        return lstat("/", &status) == 0 && status.st_uid == owner
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
