import Foundation

/// Where things are in this checkout.
enum Places {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let programs = root.appending(path: ".build/debug")
    static let examples = root.appending(path: ".build/examples")

    /// Pictures and logs, kept for people to look at.
    static let artifacts: URL = {
        let folder = root.appending(path: ".build/artifacts")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }()

    /// The host, built.
    static var barchan: String { programs.appending(path: "barchan").path }
    static func package(_ name: String) -> String { examples.appending(path: "\(name).spk").path }

    /// What looks at pages as people who cannot see them have to; `contrib/setup test` fetches it.
    static let axe = root.appending(path: ".build/axe/axe.min.js").path

    /// What the tests need, or why they cannot run.
    static func missing() -> String? {
        let packages = [
            "dokuwiki", "fossil", "hello", "HostilePages", "flow", "hog", "native-app", "native-python", "git",
            "webdav",
            "calendar",
        ].map(
            package)
        for path in [barchan, DevTools.executable, axe] + packages
        where !FileManager.default.fileExists(atPath: path) {
            return path
        }
        return nil
    }
}

/// A folder of a test's own, removed with this object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        // Not below the system's temporary folder: a host refuses modules and data that others may change.
        let place = Places.root.appending(path: ".build/end-to-end")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        // Another user's host may have its data there.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: place.path)
        let folder = place.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = folder.path
    }

    /// Makes it somebody else's, who can reach it.
    func give(to user: Int) throws {
        try FileManager.default.setAttributes(
            [.ownerAccountID: user, .groupOwnerAccountID: user], ofItemAtPath: path)
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
