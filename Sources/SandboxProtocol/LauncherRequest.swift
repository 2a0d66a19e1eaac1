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
    /// To a sandbox that waits for a grain: one will most likely come at once. Waking up takes as long as preparing the rest.
    case wake
    /// To a sandbox that waits for a grain: start it with the arguments and environment of the order it was made ready with.
    /// Three descriptors come along: the grain's data, its socket and the pipe for its output.
    case take(number: UInt64)
    /// Do something to a running sandbox; the answer is that it is done, with the same ticket.
    case act(ticket: UInt64, number: UInt64, SandboxAction)

    /// The longest message. Arguments and environment of a command have to fit.
    public static let maximumBytes = 160 << 10

    /// Whether an order with these texts fits into a message, with room for its numbers and counts.
    public static func fits(_ texts: [String]) -> Bool {
        texts.reduce(256) { $0 + $1.utf8.count + 4 } <= maximumBytes
    }

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
        case .wake:
            writer.append(UInt8(8))
            writer.append(UInt64(0))
        case .take(let number):
            writer.append(UInt8(7))
            writer.append(number)
        case .act(let ticket, let number, let action):
            writer.append(UInt8(3))
            writer.append(number)
            writer.append(ticket)
            writer.append(action.rawValue)
        }
        return writer.bytes
    }

    /// Nil when the bytes are not exactly one request.
    public init?(decoding bytes: [UInt8]) {
        var reader = MessageReader(bytes)
        guard let kind = reader.uint8(), let number = reader.uint64() else { return nil }
        switch kind {
        case 1:
            guard let order = LaunchOrder(from: &reader) else { return nil }
            self = .launch(number: number, order)
        case 2: self = .terminate(number: number)
        case 7: self = .take(number: number)
        case 8: self = .wake
        case 5:
            guard let layers = reader.strings() else { return nil }
            self = .release(ticket: number, layers: layers)
        case 6:
            guard let order = LaunchOrder(from: &reader) else { return nil }
            self = .park(order)
        case 3:
            guard let ticket = reader.uint64(), let action = reader.uint8().flatMap(SandboxAction.init) else {
                return nil
            }
            self = .act(ticket: ticket, number: number, action)
        default: return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}

/// What can be done to a running sandbox.
public enum SandboxAction: UInt8, Sendable, CaseIterable {
    /// Say what it uses.
    case measure = 1
    /// Stop every process where it is. Done when all have stopped.
    case freeze
    case thaw
    /// Say what files without a name take on the disk of its data, see ``SandboxMeasure/unnamedBytes``.
    case measureUnnamed
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
    /// Shares of processor time and of the disk, 0 for what everybody has, which is 100.
    public var processorWeight: UInt64
    public var ioWeight: UInt64
    /// Bound on the data of each single process (RLIMIT_DATA), 0 for none.
    public var dataBytes: UInt64
    /// What each thread may have as its stack, if it does not ask for more (the soft RLIMIT_STACK).
    public static let stackBytes: UInt64 = 8 << 20

    public init(
        layers: [String], data: String, arguments: [String], environment: [String], openFilesSoft: UInt64 = 1024,
        openFilesHard: UInt64 = 4096, temporaryBytes: UInt64 = 16 << 20, temporaryInodes: UInt64 = 4096,
        memoryBytes: UInt64 = 0, processes: UInt64 = 0, processorWeight: UInt64 = 0, ioWeight: UInt64 = 0,
        dataBytes: UInt64 = 0
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
        self.processorWeight = processorWeight
        self.ioWeight = ioWeight
        self.dataBytes = dataBytes
    }

    func write(to writer: inout MessageWriter) {
        writer.append(layers)
        writer.append(data)
        writer.append(arguments)
        writer.append(environment)
        for number in [
            openFilesSoft, openFilesHard, temporaryBytes, temporaryInodes, memoryBytes, processes, processorWeight,
            ioWeight, dataBytes,
        ] {
            writer.append(number)
        }
    }

    init?(from reader: inout MessageReader) {
        guard let layers = reader.strings(), !layers.isEmpty, let data = reader.string(),
            let arguments = reader.strings(), !arguments.isEmpty, let environment = reader.strings(),
            let soft = reader.uint64(), let hard = reader.uint64(), let bytes = reader.uint64(),
            let inodes = reader.uint64(), let memory = reader.uint64(), let processes = reader.uint64(),
            let processorWeight = reader.uint64(), let ioWeight = reader.uint64(),
            let dataBytes = reader.uint64()
        else { return nil }
        self.init(
            layers: layers, data: data, arguments: arguments, environment: environment, openFilesSoft: soft,
            openFilesHard: hard, temporaryBytes: bytes, temporaryInodes: inodes, memoryBytes: memory,
            processes: processes, processorWeight: processorWeight, ioWeight: ioWeight, dataBytes: dataBytes)
    }
    /// Whether a sandbox that was made ready for `other` has this order's limits.
    public func fits(_ other: LaunchOrder) -> Bool {
        var same = other
        (same.data, same.arguments, same.environment) = (data, arguments, environment)
        return same == self
    }

    /// Whether the same is to be executed, in the same way.
    public func runsTheSame(as other: LaunchOrder) -> Bool {
        arguments == other.arguments && environment == other.environment
    }

    /// The order without what belongs to one grain alone.
    public var withoutData: LaunchOrder {
        var order = self
        order.data = ""
        return order
    }
}
