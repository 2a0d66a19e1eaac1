import Glibc

/// A hierarchy of control groups that is mounted, and the group in it that a process is in (cgroups(7)).
public struct GroupHierarchy: Sendable, Equatable {
    public enum Version: Sendable { case v1, v2 }

    public var version: Version
    /// What a version 1 hierarchy controls. A version 2 group says it itself, in `cgroup.controllers`.
    public var controllers: [String]
    /// Absolute path of the process's group.
    public var directory: String

    public init(version: Version, controllers: [String], directory: String) {
        self.version = version
        self.controllers = controllers
        self.directory = directory
    }

    /// As ``all(mounts:membership:)``, from the files of a process in /proc; a file that cannot be read is taken for an empty one.
    public static func all(
        mountsFile: String = "/proc/self/mountinfo", membershipFile: String = "/proc/self/cgroup"
    ) -> [GroupHierarchy] {
        all(mounts: contents(mountsFile), membership: contents(membershipFile))
    }

    private static func contents(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < 16 << 20, case let count = read(file, &buffer, buffer.count), count > 0 {
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every hierarchy in which the process's group can be reached.
    /// - Parameter mounts: The contents of `/proc/self/mountinfo`.
    /// - Parameter membership: The contents of `/proc/self/cgroup`.
    public static func all(mounts: String, membership: String) -> [GroupHierarchy] {
        let memberships = membership.split(separator: "\n").compactMap(Membership.init)
        var found: [GroupHierarchy] = []
        for line in mounts.split(separator: "\n") {
            guard let mount = GroupMount(line), let member = memberships.first(where: mount.shows),
                let directory = mount.directory(of: member.path)
            else { continue }
            let hierarchy = GroupHierarchy(
                version: mount.version, controllers: member.controllers, directory: directory)
            // A hierarchy may be mounted in several places; the first is as good as any.
            if !found.contains(where: { ($0.version, $0.controllers) == (hierarchy.version, hierarchy.controllers) }) {
                found.append(hierarchy)
            }
        }
        return found
    }

    /// One line of `/proc/self/cgroup`: `4:memory:/path`, for version 2 `0::/path`.
    fileprivate struct Membership {
        let controllers: [String]
        let path: String

        init?(_ line: Substring) {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[2].hasPrefix("/") else { return nil }
            controllers = fields[1].split(separator: ",").map(String.init)
            path = String(fields[2])
        }
    }
}

/// A line of `/proc/self/mountinfo` that shows control groups.
private struct GroupMount {
    let version: GroupHierarchy.Version
    private let root: String
    private let point: String
    private let options: [Substring]

    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count == dash + 4 else { return nil }
        switch fields[dash + 1] {
        case "cgroup": version = .v1
        case "cgroup2": version = .v2
        default: return nil
        }
        root = GroupMount.unescaped(fields[3])
        point = GroupMount.unescaped(fields[4])
        options = fields[dash + 3].split(separator: ",")
    }

    func shows(_ membership: GroupHierarchy.Membership) -> Bool {
        switch version {
        case .v2: membership.controllers.isEmpty
        case .v1:
            !membership.controllers.isEmpty && membership.controllers.allSatisfy { options.contains(Substring($0)) }
        }
    }

    /// Nil when the group lies outside of what is mounted, as in some containers.
    func directory(of path: String) -> String? {
        if root == "/" { return path == "/" ? point : point + path }
        if path == root { return point }
        return path.hasPrefix(root + "/") ? point + path.dropFirst(root.utf8.count) : nil
    }

    /// The kernel writes space, tab, newline and backslash as `\040` and so on.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }))
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
