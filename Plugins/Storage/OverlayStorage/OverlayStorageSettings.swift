import Barchan
import SPK
import ZIP

/// The module's section of the configuration.
struct OverlayStorageSettings {
    var directory: String
    var logBytes: Int64
    /// Whether packages are kept as images instead of trees of files.
    var storesImages: Bool
    var sharesFiles: Bool
    /// The program that verifies authors' proofs; empty for none.
    var gpg: String
    var limits: PackageLimits
    var backupLimits = ZIPLimits()

    static let definitions = [
        SettingDefinition(
            "directory", default: .string(""),
            "where everything is kept, an absolute path; empty: the host's data directory"),
        SettingDefinition(
            "packageStore", default: .string("directories"),
            "what packages become: 'directories' of files, or 'images', one EROFS file each, which takes root and Linux 6.12"
        ),
        SettingDefinition(
            "shareFiles", default: .boolean(true),
            "whether identical files of several packages are stored once (directories only)"),
        SettingDefinition(
            "packageBytes", default: .integer(1 << 30), "largest package once unpacked, in bytes"),
        SettingDefinition(
            "packageFiles", default: .integer(250_000), "most files, links and directories in a package"),
        SettingDefinition(
            "decoderBytes", default: .integer(70 << 20), "most memory for unpacking a package, in bytes"),
        SettingDefinition(
            "gpg", default: .string("gpg"),
            "the program that verifies who a package's author is, a name or a path; empty: nobody verifies it"),
        SettingDefinition(
            "logBytes", default: .integer(512 << 10),
            "size at which a grain's log is rotated, in bytes; twice this is kept"),
        SettingDefinition(
            "backupBytes", default: .integer(1 << 40), "largest backup once unpacked, holes included, in bytes"),
        SettingDefinition(
            "backupFiles", default: .integer(500_000), "most files, links and directories in a backup"),
    ]

    init(_ settings: PluginSettings, dataDirectory: String) throws(HostError) {
        let given = settings.string("directory")
        directory = given.isEmpty ? dataDirectory : given
        guard directory.hasPrefix("/") else {
            throw HostError(.invalidArgument, "setting 'directory' is '\(directory)'; an absolute path is needed")
        }
        let store = settings.string("packageStore")
        guard ["directories", "images"].contains(store) else {
            throw HostError(
                .invalidArgument, "setting 'packageStore' is '\(store)'; known are 'directories' and 'images'")
        }
        storesImages = store == "images"
        gpg = settings.string("gpg")
        sharesFiles = settings.boolean("shareFiles")
        logBytes = try Self.positive(settings, "logBytes", atLeast: 4096)
        backupLimits.expandedBytes = try Self.positive(settings, "backupBytes", atLeast: 1 << 20)
        backupLimits.entries = Int(try Self.positive(settings, "backupFiles", atLeast: 100))
        limits = PackageLimits()
        limits.expandedBytes = try Self.positive(settings, "packageBytes", atLeast: 1 << 20)
        limits.entries = Int(try Self.positive(settings, "packageFiles", atLeast: 100))
        limits.decoderBytes = try Self.positive(settings, "decoderBytes", atLeast: 1 << 20)
    }

    private static func positive(
        _ settings: PluginSettings, _ name: String, atLeast minimum: Int64
    ) throws(HostError) -> Int64 {
        let value = settings.integer(name)
        guard value >= minimum, value <= 1 << 50 else {
            throw HostError(.invalidArgument, "setting '\(name)' is \(value); at least \(minimum) is needed")
        }
        return value
    }
}
