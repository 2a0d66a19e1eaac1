import CLinux
import Glibc

/// Mounts and roots. Where they succeed they do so in a mount namespace of their own.
enum MountAttempts {
    static let all = types + changes + roots + descriptors

    private static let bind = 4096, recursive = 16384, remount = 32, readOnly = 1, move = 8192
    private static let shared = 1 << 20, isPrivate = 1 << 18, slave = 1 << 19, unbindable = 1 << 17

    private static let types =
        [
            "tmpfs", "proc", "sysfs", "devpts", "mqueue", "cgroup2", "ramfs", "devtmpfs", "debugfs", "tracefs",
        ].map { type in
            refused("type.\(type)", .noCapabilities) { on($0) { mount(type, $0, type, 0) } }
        } + [
            refused("type.overlay", .noCapabilities) { targets in
                on(targets) {
                    mount("overlay", $0, "overlay", 0, "lowerdir=\(targets.data):\(targets.root)/")
                }
            }
        ]

    private static let changes = [
        refused("bind", .noCapabilities) { targets in on(targets) { mount("\(targets.root)/", $0, "", bind) } },
        refused("bindRecursive", .noCapabilities) { targets in
            on(targets) { mount(targets.data, $0, "", bind | recursive) }
        },
        refused("bindOverPackage", .noCapabilities) { targets in
            on(targets) { _ in mount(targets.data, "\(targets.root)/", "", bind) }
        },
        refused("remountWritable", .noCapabilities) { _ in
            apart()
            return mount("none", "/", "", remount | bind)
        },
        refused("remountSuperblock", .noCapabilities) { _ in
            apart()
            // The options it has: nothing changes where it works.
            return mount("none", "/dev/shm", "", remount)
        },
        refused("move", .noCapabilities) { on($0) { mount("/dev/shm", $0, "", move) } },
        refused("propagation.shared", .noCapabilities) { _ in propagate(shared) },
        refused("propagation.private", .noCapabilities) { _ in propagate(isPrivate) },
        refused("propagation.slave", .noCapabilities) { _ in propagate(slave) },
        refused("propagation.unbindable", .noCapabilities) { _ in propagate(unbindable) },
        refused("unmount", .noCapabilities) { _ in
            apart()
            return kernel(SYS_umount2, address("/dev/shm"), Int(CLINUX_MNT_DETACH))
        },
        refused("unmountRoot", .noCapabilities) { _ in
            apart()
            return kernel(SYS_umount2, address("/"), Int(CLINUX_MNT_DETACH))
        },
    ]

    private static let roots = [
        refused("chroot", .noCapabilities) { on($0) { kernel(SYS_chroot, address($0)) } },
        refused("chrootOut", .noCapabilities) { on($0, chrootOut) },
        refused("pivot", .noCapabilities) { targets in
            on(targets) { directory in
                let result = mount(directory, directory, "", bind)
                return result < 0 ? result : kernel(SYS_pivot_root, address(directory), address(directory))
            }
        },
    ]

    /// The oldest way out: a root below the one that a descriptor still knows.
    private static func chrootOut(_ directory: String) -> Int {
        let above = open("/", O_RDONLY | O_DIRECTORY)
        let result = kernel(SYS_chroot, address(directory))
        guard result >= 0 else { return result }
        return negated(fchdir(above)) | negated(chdir("../../../.."))
    }

    /// The calls of the newer interface, with what makes each succeed.
    private static let descriptors = [
        absent("fsopen") { _ in kernel(SYS_fsopen, address("tmpfs"), 0) },
        absent("fsconfig") { _ in kernel(SYS_fsconfig, Int(clinux_fsopen("tmpfs")), 6, 0, 0, 0) },
        absent("fsmount") { _ in
            let context = clinux_fsopen("tmpfs")
            _ = clinux_fsconfig_create(context)
            return kernel(SYS_fsmount, Int(context), 0, 0)
        },
        absent("fspick") { _ in kernel(SYS_fspick, Int(AT_FDCWD), address("/"), 0) },
        absent("open_tree") { _ in kernel(SYS_open_tree, Int(AT_FDCWD), address("/"), 0) },
        absent("open_tree.clone") { _ in kernel(SYS_open_tree, Int(AT_FDCWD), address("/"), 1) },
        absent("move_mount") { targets in
            let directory = targets.scratchDirectory("moved") ?? "/"
            apart()
            let tree = clinux_open_tree(AT_FDCWD, "/", 1)
            return kernel(SYS_move_mount, Int(tree), address(""), Int(AT_FDCWD), address(directory), 4)
        },
        absent("mount_setattr") { _ in
            apart()
            return kernel(SYS_mount_setattr, Int(AT_FDCWD), address("/"), 0, address([0, 0, 1 << 18, 0]), 32)
        },
        // struct mnt_id_req: size, mount, what; the root of all mounts is -1.
        absent("listmount") { _ in kernel(458, address([24, UInt64.max, 0]), buffer(64), 8, 0) },
        absent("statmount") { _ in kernel(457, address([24, 1, 1]), buffer(512), 512, 0) },
        absent("open_tree_attr") { _ in kernel(467, Int(AT_FDCWD), address("/"), 1, address([0, 0, 0, 0]), 32) },
    ]

    /// Tries it on a directory of its own.
    private static func on(_ targets: Targets, _ body: (String) -> Int) -> Int {
        guard let directory = targets.scratchDirectory("mount") else { return untried }
        apart()
        return body(directory)
    }

    private static func mount(
        _ source: String, _ target: String, _ type: String, _ flags: Int, _ options: String? = nil
    ) -> Int {
        kernel(
            SYS_mount, address(source), address(target), address(type), flags, options.map { address($0) } ?? 0)
    }

    private static func propagate(_ kind: Int) -> Int {
        apart()
        return mount("none", "/", "", kind)
    }
}
