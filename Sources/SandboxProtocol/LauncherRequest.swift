/// What the host asks of the launcher: one message each, descriptors beside it.
public enum LauncherRequest: Sendable, Equatable {
    /// Start a program. Two descriptors come along: the grain's socket and the pipe for its output.
    case launch(number: UInt64, LaunchOrder)
    /// End a sandbox; the answer is that it exited. An unknown number is ignored: it may have ended just now.
    case terminate(number: UInt64)
    /// End the sandboxes that wait for a grain of the package with these layers; without layers, of any. The answer comes
    /// when they are gone.
    case release(ticket: UInt64, layers: [String])
    /// From the launcher to a sandbox made ahead of time: take this package, whose descriptor comes along, and wait for
    /// a grain of it.
    case park(LaunchOrder)

    /// The longest message. Arguments and environment of a command have to fit.
    public static let maximumBytes = 160 << 10

    public func encoded() -> [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .launch(let number, let order):
            writer.append(UInt8(1))
            writer.append(number)
            order.write(to: &writer)
        case .terminate(let number):
            writer.append(UInt8(2))
            writer.append(number)
        case .release(let ticket, let layers):
            writer.append(UInt8(5))
            writer.append(ticket)
            writer.append(layers)
        case .park(let order):
            writer.append(UInt8(6))
            writer.append(UInt64(0))
            order.write(to: &writer)
        }
        return writer.bytes
    }

    /// Nil when the bytes are not exactly one request.
    public init?(decoding bytes: some Collection<UInt8>) {
        var reader = MessageReader(bytes)
        guard let kind = reader.uint8(), let number = reader.uint64() else { return nil }
        switch kind {
        case 1:
            guard let order = LaunchOrder(from: &reader) else { return nil }
            self = .launch(number: number, order)
        case 2: self = .terminate(number: number)
        case 5:
            guard let layers = reader.strings() else { return nil }
            self = .release(ticket: number, layers: layers)
        case 6:
            guard let order = LaunchOrder(from: &reader) else { return nil }
            self = .park(order)
        default: return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}

/// What to run and what it may see; the launcher's form of a sandbox specification.
public struct LaunchOrder: Sendable, Equatable {
    /// Absolute paths, the topmost layer first.
    public var layers: [String]
    public var data: String
    public var arguments: [String]
    public var environment: [String]
    public var openFilesSoft: UInt64
    public var openFilesHard: UInt64
    public var temporaryBytes: UInt64
    public var temporaryInodes: UInt64
    /// 0 for no bound.
    public var memoryBytes: UInt64
    /// 0 for no bound.
    public var processes: UInt64

    public init(
        layers: [String], data: String, arguments: [String], environment: [String], openFilesSoft: UInt64 = 1024,
        openFilesHard: UInt64 = 4096, temporaryBytes: UInt64 = 16 << 20, temporaryInodes: UInt64 = 4096,
        memoryBytes: UInt64 = 0, processes: UInt64 = 0
    ) {
        self.layers = layers
        self.data = data
        self.arguments = arguments
        self.environment = environment
        self.openFilesSoft = openFilesSoft
        self.openFilesHard = openFilesHard
        self.temporaryBytes = temporaryBytes
        self.temporaryInodes = temporaryInodes
        self.memoryBytes = memoryBytes
        self.processes = processes
    }

    func write(to writer: inout MessageWriter) {
        writer.append(layers)
        writer.append(data)
        writer.append(arguments)
        writer.append(environment)
        for number in [openFilesSoft, openFilesHard, temporaryBytes, temporaryInodes, memoryBytes, processes] {
            writer.append(number)
        }
    }

    init?(from reader: inout MessageReader) {
        guard let layers = reader.strings(), !layers.isEmpty, let data = reader.string(),
            let arguments = reader.strings(), !arguments.isEmpty, let environment = reader.strings(),
            let soft = reader.uint64(), let hard = reader.uint64(), let bytes = reader.uint64(),
            let inodes = reader.uint64(), let memory = reader.uint64(), let processes = reader.uint64()
        else { return nil }
        self.init(
            layers: layers, data: data, arguments: arguments, environment: environment, openFilesSoft: soft,
            openFilesHard: hard, temporaryBytes: bytes, temporaryInodes: inodes, memoryBytes: memory,
            processes: processes)
    }
}
