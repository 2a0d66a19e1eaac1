import Barchan
import BarchanKernel
import Glibc

/// Where a configuration comes from: defaults, then the file, then single values from the command line.
public enum ConfigurationLoader {
    public static let defaultFile = "/etc/barchan/barchan.toml"
    /// What is taken when a configuration does not choose and there are several.
    static let preferredProviders: [PluginInterface: String] = [.isolation: "namespace"]
    /// A configuration is small; a larger file is a mistake.
    static let maximumBytes = 1 << 20

    /// - Parameter file: Nil for the default file, which may be absent.
    /// - Parameter overrides: `section.key=value` with the value as in TOML; a bare word counts as a string.
    public static func load(
        file: String?, overrides: [String] = [], paths: HostPaths = .ofThisProcess(),
        dataDirectory: String = defaultDataDirectory()
    ) throws(HostError) -> HostConfiguration {
        var configuration = HostConfiguration(dataDirectory: dataDirectory, paths: paths)
        for (interface, name) in preferredProviders { configuration.choices[interface]?.preferred = name }
        if let text = try read(file ?? defaultFile, isOptional: file == nil) {
            try ConfigurationFile(text: text, name: file ?? defaultFile).apply(to: &configuration)
        }
        for override in overrides {
            try ConfigurationFile(text: try toml(for: override), name: "--set \(override)", isOneLine: true)
                .apply(to: &configuration)
        }
        return configuration
    }

    /// `/var/lib/barchan` for root, a folder of the user's own otherwise.
    public static func defaultDataDirectory() -> String {
        if geteuid() == 0 { return "/var/lib/barchan" }
        if let data = environment("XDG_DATA_HOME"), data.hasPrefix("/") { return "\(data)/barchan" }
        return "\(environment("HOME") ?? "/tmp")/.local/share/barchan"
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `isolation.namespace.x=1` as TOML.
    static func toml(for override: String) throws(HostError) -> String {
        guard let equals = override.firstIndex(of: "="), override[..<equals].split(separator: ".").count >= 2 else {
            throw HostError(
                .invalidArgument, "read --set '\(override)': section.key=value is needed, such as grains.idleSeconds=10"
            )
        }
        let key = override[..<equals], value = override[override.index(after: equals)...]
        let isTOML =
            value == "true" || value == "false" || Int64(value) != nil || value.hasPrefix("[") || value.hasPrefix("\"")
        let escaped = value.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }.joined()
        return isTOML ? "\(key) = \(value)" : "\(key) = \"\(escaped)\""
    }

    private static func read(_ path: String, isOptional: Bool) throws(HostError) -> String? {
        guard let file = fopen(path, "re") else {
            if isOptional && errno == ENOENT { return nil }
            throw HostError(.notFound, "read configuration '\(path)': \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        // Half a configuration would be the defaults where the other half says something else.
        guard ferror(file) == 0 else {
            throw HostError(.failed, "read configuration '\(path)': \(String(cString: strerror(errno)))")
        }
        guard count <= maximumBytes else {
            throw HostError(.invalidArgument, "read configuration '\(path)': it is larger than \(maximumBytes) bytes")
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
