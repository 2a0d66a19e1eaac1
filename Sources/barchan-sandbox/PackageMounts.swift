import CLinux
import Glibc
import SandboxProtocol

/// The package as a read-only tree that is attached nowhere: its one layer, or an overlay of several.
func openPackage(_ layers: [String]) throws(LaunchFailure) -> Descriptor {
    let attributes = CLINUX_MOUNT_RDONLY | CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV
    guard layers.count > 1 else {
        return try opened(clinux_private_tree(layers[0], attributes), .package)
    }
    let directories = try openDirectories(layers)
    defer { for directory in directories { close(directory) } }
    // A layer's path may hold what the option's syntax uses, and options are short; descriptors have neither trouble.
    let lower = directories.map { "/proc/self/fd/\($0)" }.joined(separator: ":")
    let context = try opened(clinux_fsopen("overlay"), .overlay)
    try check(clinux_fsconfig_string(context.number, "lowerdir", lower), .overlay)
    try check(clinux_fsconfig_create(context.number), .overlay)
    return try opened(clinux_fsmount(context.number, UInt32(attributes)), .overlay)
}

private func openDirectories(_ paths: [String]) throws(LaunchFailure) -> [CInt] {
    var directories: [CInt] = []
    do throws(LaunchFailure) {
        for path in paths {
            directories.append(try check(open(path, CLINUX_O_PATH | O_DIRECTORY | O_CLOEXEC), .package))
        }
        return directories
    } catch {
        for directory in directories { close(directory) }
        throw error
    }
}

/// The grain's data as a tree that is attached nowhere.
func openData(_ path: String) throws(LaunchFailure) -> Descriptor {
    try opened(clinux_private_tree(path, CLINUX_MOUNT_NOSUID | CLINUX_MOUNT_NODEV), .data)
}
