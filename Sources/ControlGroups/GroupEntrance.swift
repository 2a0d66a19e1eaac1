import CLinux
import Glibc

/// The way of a new process into the groups of one sandbox, opened: opening takes as long as joining, and can be done ahead.
public final class GroupEntrance {
    /// The directory of the group of version 2; -1 where there is none.
    private var unified: CInt = -1
    /// `tasks` of each group of version 1.
    private var legacy: [CInt] = []

    /// Nil, with `errno`, when a group cannot be opened.
    public init?(_ group: SandboxGroup) {
        for base in group.tree.bases {
            let (directory, path) = base.group(group.name)
            let file =
                base.version == .v2
                ? openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                : openat(directory, path + "/tasks", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return nil }
            if base.version == .v2 { unified = file } else { legacy.append(file) }
        }
    }

    deinit {
        if unified >= 0 { close(unified) }
        for file in legacy { close(file) }
    }

    /// As clone(2), into the group of version 2. The child calls ``joinLegacy()`` before anything else.
    public func clone(_ signal: CInt) -> Int {
        unified < 0 ? clinux_clone(UInt(signal)) : clinux_clone_into(0, UInt64(signal), unified)
    }

    /// Moves the calling process, which has one thread and just began, into the groups of version 1; 0 or an error number.
    ///
    /// A thread that moves itself waits for nobody; moving another process takes a grace period of 12 ms.
    public func joinLegacy() -> CInt {
        for file in legacy where write(file, "0", 1) != 1 { return errno }
        return 0
    }
}
