import Barchan
import Glibc

/// The mount points that old packages lack, as a layer below them.
enum Skeleton {
    static func make(in root: Directory) throws(HostError) -> String {
        let skeleton = try root.directory(makingIfMissing: "skeleton", mode: 0o755)
        for name in ["dev", "tmp", "var"] { _ = try skeleton.directory(makingIfMissing: name, mode: 0o755) }
        let proc = try skeleton.directory(makingIfMissing: "proc", mode: 0o755)
        if !proc.exists("cpuinfo") { try proc.writeFile("cpuinfo", [], mode: 0o644) }
        return skeleton.path
    }
}
