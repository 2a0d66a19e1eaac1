import Barchan
import Glibc

/// The values of the frontend's section of the configuration, checked.
struct HTTPFrontendSettings: Sendable {
    var host: String
    var port: Int
    var baseURL: String
    var wildcardHost: String
    var eventLoops: Int
    var stopSeconds: Int64
    var bufferedBodyBytes: Int
    /// What the pages of some apps may do beyond the walls.
    var pageExceptions: [AppID: PageExceptions]
    var limits: ServerLimits
    var metricsAccess: MetricsService.Access
    /// Attempts to log in or to use tokens from one address; 0 for no limit.
    var attemptsPerMinute: Int
    var notesAllRequests: Bool

    static let definitions: [SettingDefinition] = [
        SettingDefinition("host", default: .string("127.0.0.1"), "address to listen on"),
        SettingDefinition("port", default: .integer(6080), "TCP port to listen on; 0 takes a free one"),
        SettingDefinition(
            "base_url", default: .string(""),
            "what people open, without a trailing slash; empty means http://localhost with the port"),
        SettingDefinition(
            "wildcard_host", default: .string(""),
            "host names of grains, with the port if it is not the scheme's own; * stands for the random part; empty means *. and the base URL's host"
        ),
        SettingDefinition(
            "max_connections", default: .integer(1024), "connections open at the same time, 16 to 1000000"),
        SettingDefinition("event_loops", default: .integer(0), "threads that serve; 0 means one per processor"),
        SettingDefinition("head_timeout", default: .integer(10), "seconds a client has to send the head of a request"),
        SettingDefinition("idle_timeout", default: .integer(75), "seconds a connection may stay without a request"),
        SettingDefinition(
            "stall_timeout", default: .integer(60), "seconds a client may send or take nothing of a body"),
        SettingDefinition(
            "stop_timeout", default: .integer(5), "seconds that requests under way have when the host stops"),
        SettingDefinition(
            "max_buffered_body", default: .integer(16_777_216),
            "bytes of a body that has to be read whole: PATCH, PROPFIND and other WebDAV methods"),
        SettingDefinition(
            "metrics", default: .string("loopback"),
            "who may read /metrics: 'loopback' for this machine, 'token' for who has the one in metrics_token_file, 'off'"
        ),
        SettingDefinition(
            "metrics_token_file", default: .string(""), "file with the token for /metrics, at least 16 characters"),
        SettingDefinition(
            "attempts_per_minute", default: .integer(20),
            "attempts to log in or to use a token from one address, after ten at once; 0 for no limit"),
        SettingDefinition(
            "trusted_proxies", default: .strings(TrustedProxies.usual),
            "addresses and networks of proxies that are believed what they say in X-Real-IP"),
        SettingDefinition(
            "request_log", default: .string("failures"),
            "what gets a line in a grain's log: 'failures' or 'all' requests to it"),
        SettingDefinition(
            "page_exceptions", default: .strings([]),
            "what pages of some apps may do beyond the walls: 'APP-ID img-src https://tiles.example.org', 'APP-ID feature fullscreen'"
        ),
    ]

    init(_ settings: PluginSettings) throws(HostError) {
        host = settings.string("host")
        port = try Self.number("port", settings, 0...65_535)
        baseURL = settings.string("base_url")
        wildcardHost = settings.string("wildcard_host")
        eventLoops = try Self.number("event_loops", settings, 0...1024)
        stopSeconds = Int64(try Self.number("stop_timeout", settings, 0...3600))
        bufferedBodyBytes = try Self.number("max_buffered_body", settings, 65_536...1_073_741_824)
        attemptsPerMinute = try Self.number("attempts_per_minute", settings, 0...100_000)
        metricsAccess = try Self.metricsAccess(settings)
        let noted = settings.string("request_log")
        guard noted == "failures" || noted == "all" else {
            throw HostError(.invalidArgument, "setting 'request_log' is '\(noted)'; it has to be 'failures' or 'all'")
        }
        notesAllRequests = noted == "all"
        pageExceptions = try PageExceptions.parse(settings.strings("page_exceptions"))
        limits = ServerLimits(proxies: try TrustedProxies(settings.strings("trusted_proxies")))
        limits.connections = try Self.number("max_connections", settings, 16...1_000_000)
        limits.head = .seconds(Int64(try Self.number("head_timeout", settings, 1...3600)))
        limits.idle = .seconds(Int64(try Self.number("idle_timeout", settings, 1...86_400)))
        limits.stall = .seconds(Int64(try Self.number("stall_timeout", settings, 1...86_400)))
    }

    private static func metricsAccess(_ settings: PluginSettings) throws(HostError) -> MetricsService.Access {
        switch settings.string("metrics") {
        case "off": return .nobody
        case "loopback": return .loopback
        case "token": return .token(try token(inFile: settings.string("metrics_token_file")))
        case let other:
            throw HostError(
                .invalidArgument, "setting 'metrics' is '\(other)'; it has to be 'loopback', 'token' or 'off'")
        }
    }

    private static func token(inFile path: String) throws(HostError) -> Secret {
        guard let file = fopen(path, "re") else {
            throw HostError(
                .invalidArgument,
                "read the token for /metrics from '\(path)': \(String(cString: strerror(errno))); name a file in the setting 'metrics_token_file'"
            )
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(count).prefix { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self)
        guard text.utf8.count >= 16 else {
            throw HostError(
                .invalidArgument,
                "read the token for /metrics from '\(path)': it is shorter than 16 characters; head -c 24 /dev/urandom | base64 makes one"
            )
        }
        return Secret(text)
    }

    private static func number(
        _ name: String, _ settings: PluginSettings, _ range: ClosedRange<Int64>
    ) throws(HostError) -> Int {
        let value = settings.integer(name)
        guard range.contains(value) else {
            throw HostError(
                .invalidArgument,
                "setting '\(name)' is \(value); it has to be from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(value)
    }
}
