import Barchan
import Glibc

/// Where this host's modules and helper programs are when the configuration does not say.
public struct HostPaths: Sendable, Equatable {
    public var plugins: String
    public var programs: String

    public init(plugins: String, programs: String) {
        self.plugins = plugins
        self.programs = programs
    }

    /// Looks from the directory that the running executable really lies in.
    ///
    /// Installed: `PREFIX/bin/barchan`, `PREFIX/lib/barchan/plugins/*.so`, `PREFIX/libexec/barchan/`. In a build
    /// folder everything lies beside the executable.
    public static func ofThisProcess() -> HostPaths {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1
            }
        }
        let executable = length > 0 ? String(decoding: buffer.prefix(length), as: UTF8.self) : "/usr/bin/barchan"
        return HostPaths(executableDirectory: PathTrust.parent(of: executable)) { access($0, F_OK) == 0 }
    }

    /// As ``ofThisProcess()`` for an executable in `directory`.
    public init(executableDirectory directory: String, exists: (String) -> Bool) {
        let prefix = PathTrust.parent(of: directory)
        let installed = prefix == "/" ? "" : prefix
        if exists("\(installed)/lib/barchan/plugins") {
            self.init(plugins: "\(installed)/lib/barchan/plugins", programs: "\(installed)/libexec/barchan")
        } else {
            self.init(plugins: directory, programs: directory)
        }
    }
}
