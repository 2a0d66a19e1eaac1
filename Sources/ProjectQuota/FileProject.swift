import Barchan
import CLinux
import Glibc

/// The project that a file or directory belongs to: ioctl_xfs_fsgetxattr(2). Nobody in a user namespace can change it.
public struct FileProject: Equatable, Sendable {
    /// 0 for none.
    public var number: UInt32
    /// Whether what is made in the directory belongs to the same project. Such a directory takes in no file of another one
    /// by rename or link (`EXDEV`).
    public var isInherited: Bool

    public init(number: UInt32, isInherited: Bool) {
        self.number = number
        self.isInherited = isInherited
    }

    /// The project of an open file; none where the file system has no projects.
    public init(of file: CInt) {
        var number: UInt32 = 0, isInherited: CInt = 0
        guard clinux_get_project(file, &number, &isInherited) == 0 else {
            self.init(number: 0, isInherited: false)
            return
        }
        self.init(number: number, isInherited: isInherited != 0)
    }

    /// Makes an open file part of the project; it need not be open for writing.
    public func set(on file: CInt, called path: String) throws(HostError) {
        guard clinux_set_project(file, number, isInherited ? 1 : 0) == 0 else {
            throw HostError(.failed, "make '\(path)' part of project \(number): \(String(cString: strerror(errno)))")
        }
    }
}
