import Barchan
import Glibc
import ProjectQuota

/// One project for each volume, so that the file system counts what the volume takes and holds it within its limit.
///
/// Only where the file system has project quotas. The number is on the volume's directory, and on everything in it, which
/// inherits it; the log beside it does not count.
struct VolumeProjects {
    private let root: Directory
    private let quota: ProjectQuota
    /// Nil before the first is needed.
    private var numbers: ProjectNumbers?

    /// Nil where the file system holds no limits; the volumes are only measured then.
    /// - Parameter root: The directory that the volumes are in.
    init?(in root: Directory) {
        self.root = root
        quota = ProjectQuota(fileSystemOf: root.number)
        guard quota.support == .enforced else { return nil }
    }

    /// What a volume takes, or nil when it is not counted yet.
    func usedBytes(_ data: Directory) throws(HostError) -> Int64? {
        guard let project = Self.project(of: data) else { return nil }
        return try quota.usage(of: project).bytes
    }

    func limit(_ project: UInt32, to bytes: Int64?) throws(HostError) { try quota.limit(project, to: bytes) }

    /// The volume's project. Nil before ``assign(_:to:)``, and when that was interrupted.
    static func project(of data: Directory) -> UInt32? {
        let project = data.project
        return project.number >= ProjectNumbers.first && project.isInherited ? project.number : nil
    }

    /// A number that no volume has.
    mutating func newProject() throws(HostError) -> UInt32 {
        var numbers = if let known = numbers { known } else { ProjectNumbers(taken: try Self.projects(in: root)) }
        // Not even a file of somebody else, whatever it is doing there.
        let number = try numbers.next { (number) throws(HostError) in try quota.usage(of: number).files > 0 }
        self.numbers = numbers
        guard let number else { throw HostError(.resourceExhausted, "limit a volume: no project number is left") }
        return number
    }

    /// The projects of all volumes, also of those half made or half removed.
    private static func projects(in root: Directory) throws(HostError) -> [UInt32] {
        var found: [UInt32] = []
        for name in try root.names() {
            guard let data = try? root.directory(name).directory("data") else { continue }
            found.append(data.project.number)
        }
        return found
    }

    /// Makes everything in a volume that nobody uses part of a project, its own directory last: it stands for the whole.
    static func assign(_ project: UInt32, to data: Directory) throws(HostError) {
        let forFiles = FileProject(number: project, isInherited: false)
        let forDirectories = FileProject(number: project, isInherited: true)
        var listing = try TreeListing(data)
        while let item = try listing.next() {
            switch item.kind {
            case .file:
                let file = try item.file()
                try forFiles.set(on: file.rawValue, called: item.text)
                _ = consume file
            case .directory: try item.directory().setProject(forDirectories)
            // They take no space worth counting, and cannot be opened without doing something.
            case .link, .other: continue
            }
        }
        try data.setProject(forDirectories)
    }
}

extension Directory {
    fileprivate var project: FileProject { withExtendedLifetime(self) { FileProject(of: number) } }

    fileprivate func setProject(_ project: FileProject) throws(HostError) {
        try withExtendedLifetime(self) { () throws(HostError) in try project.set(on: number, called: path) }
    }
}
