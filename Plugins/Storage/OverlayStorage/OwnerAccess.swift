import Barchan
import CLinux
import Glibc

/// Lets a host that is not root look into what an app has closed to its own user, which is the host's, too, as long as this lives;
/// then the mode is what it was.
///
/// Everything goes through one descriptor, which was opened through no link: whatever a running app makes of the name meanwhile,
/// no other file's mode changes. Nobody but the owner, who could do that at any time, is allowed more than before, so that a
/// changed mode that a crash leaves behind does no harm.
final class OwnerAccess {
    /// Good for nothing but this (`O_PATH`), which takes no permission.
    private let file: OwnedDescriptor
    private let before: mode_t, given: mode_t
    private var isForGood = false

    /// Nil for what needs no such thing, or is neither a file nor a directory of the host's user.
    init?(to path: [UInt8], beneath base: Directory) {
        guard geteuid() != 0 else { return nil }
        let flags = UInt64(CLINUX_O_PATH | O_NOFOLLOW | O_CLOEXEC)
        // Beneath, no links, no other file system: openat2(2).
        let number = path.withName { clinux_openat2(base.number, $0, flags, 0x08 | 0x04 | 0x01) }
        guard number >= 0 else { return nil }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        var facts = stat()
        guard fstat(number, &facts) == 0, facts.st_uid == geteuid() else { return nil }
        let needed: mode_t
        switch facts.st_mode & S_IFMT {
        case S_IFDIR: needed = 0o500
        case S_IFREG: needed = 0o400
        default: return nil
        }
        before = facts.st_mode & 0o7777
        given = before | needed
        guard given != before, chmod(Self.path(of: number), given) == 0 else { return nil }
        self.file = file
    }

    deinit {
        var facts = stat()
        // What the app has set meanwhile stays.
        guard !isForGood, fstat(file.rawValue, &facts) == 0, facts.st_mode & 0o7777 == given else { return }
        _ = chmod(Self.path(of: file.rawValue), before)
    }

    /// The mode stays as it is now.
    func keep() { isForGood = true }

    /// A regular file, for reading; nil with `errno`.
    func openFile() -> OwnedDescriptor? {
        let number = open(Self.path(of: file.rawValue), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        return number < 0 ? nil : OwnedDescriptor(takingOwnershipOf: number)
    }

    private static func path(of number: CInt) -> String { "/proc/self/fd/\(number)" }
}

/// The closed directories on the way to the one that a walk is at.
struct OwnerAccesses {
    private var held: [(path: [UInt8], access: OwnerAccess)] = []
    /// Each is a descriptor. What is closed more deeply than that stays open to its owner.
    private let most: Int

    init(most: Int = 64) { self.most = most }

    /// The walk goes on at this path, which need not be a directory: what is not on the way to it is closed again.
    mutating func leave(for path: [UInt8]) {
        while let last = held.last, !path.starts(with: last.path + [0x2f]) { held.removeLast() }
    }

    /// The walk is about to open the directory at this path.
    /// - Parameter place: The path from `base`, where that is another one.
    mutating func enter(_ path: [UInt8], at place: [UInt8]? = nil, beneath base: Directory) {
        leave(for: path)
        guard let access = OwnerAccess(to: place ?? path, beneath: base) else { return }
        if held.count < most { held.append((path, access)) } else { access.keep() }
    }
}

extension Directory {
    /// Keeps others from walking through a volume with ``OwnerAccess`` at the same time, who would close it under each other,
    /// until the last reference to this directory is gone.
    /// - Parameter isPatient: Waits for them.
    /// - Returns: False while somebody else does. True for a host that is root, which needs no such thing.
    func lockForOwnerAccess(isPatient: Bool) -> Bool {
        guard geteuid() != 0 else { return true }
        var result: CInt
        repeat { result = flock(number, isPatient ? LOCK_EX : LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
        return result == 0
    }
}
