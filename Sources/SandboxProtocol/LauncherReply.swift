/// What the launcher tells the host: one message each.
public enum LauncherReply: Sendable, Equatable {
    /// The first message: the launcher works, and this is what it can promise here.
    case ready(LauncherFeatures)
    /// The first and last message: this machine does not let it work.
    case unusable(LaunchFailure)
    /// The program runs.
    case started(number: UInt64, StartMarks)
    /// The program does not run and nothing is left of it.
    case failed(number: UInt64, LaunchFailure)
    /// A program that ran has ended, and every process of its sandbox, which had used so much.
    case exited(number: UInt64, ExitKind, value: Int32, SandboxMeasure)
    /// An action is done, or failed with an errno value other than 0.
    case acted(ticket: UInt64, errorNumber: Int32, SandboxMeasure)
    /// Nothing waits for the package any more, and nothing holds its files but its grains.
    case released(ticket: UInt64)
    /// A sandbox waits for a grain of the package with the limits of this order. Two descriptors come along: one that
    /// takes a `launch` or `take` request with the grain's data, socket and output, and a claim, an eventfd(2) with the value
    /// 1. Who reads it has the sandbox for good: the host, to start a grain in it, or the launcher, to end it.
    case parked(token: UInt64, PackageFiles, LaunchOrder)
    /// That sandbox is gone, whether or not the host had claimed it.
    case withdrawn(token: UInt64)

    public enum ExitKind: UInt8, Sendable {
        case status = 0, signal
    }

    /// A sandbox whose package's paths and order are longer is not told of.
    public static let maximumBytes = 8 << 10

    public func encoded() -> [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .ready(let features):
            writer.append(UInt8(1))
            writer.append(features.rawValue)
        case .unusable(let failure):
            writer.append(UInt8(2))
            failure.write(to: &writer)
        case .started(let number, let marks):
            writer.append(UInt8(3))
            writer.append(number)
            marks.write(to: &writer)
        case .failed(let number, let failure):
            writer.append(UInt8(4))
            writer.append(number)
            failure.write(to: &writer)
        case .exited(let number, let kind, let value, let measure):
            writer.append(UInt8(5))
            writer.append(number)
            writer.append(kind.rawValue)
            writer.append(UInt32(bitPattern: value))
            measure.write(to: &writer)
        case .acted(let ticket, let errorNumber, let measure):
            writer.append(UInt8(6))
            writer.append(ticket)
            writer.append(UInt32(bitPattern: errorNumber))
            measure.write(to: &writer)
        case .released(let ticket):
            writer.append(UInt8(7))
            writer.append(ticket)
        case .parked(let token, let files, let order):
            writer.append(UInt8(8))
            writer.append(token)
            files.write(to: &writer)
            order.write(to: &writer)
        case .withdrawn(let token):
            writer.append(UInt8(9))
            writer.append(token)
        }
        return writer.bytes
    }

    /// Nil when the bytes are not exactly one reply.
    public init?(decoding bytes: [UInt8]) {
        var reader = MessageReader(bytes)
        guard let reply = LauncherReply(from: &reader), reader.isAtEnd else { return nil }
        self = reply
    }

    private init?(from reader: inout MessageReader) {
        switch reader.uint8() {
        case 1:
            guard let features = reader.uint64() else { return nil }
            self = .ready(LauncherFeatures(rawValue: features))
        case 2:
            guard let failure = LaunchFailure(from: &reader) else { return nil }
            self = .unusable(failure)
        case 3:
            guard let number = reader.uint64(), let marks = StartMarks(from: &reader) else { return nil }
            self = .started(number: number, marks)
        case 4:
            guard let number = reader.uint64(), let failure = LaunchFailure(from: &reader) else { return nil }
            self = .failed(number: number, failure)
        case 5:
            guard let number = reader.uint64(), let kind = reader.uint8().flatMap(ExitKind.init),
                let value = reader.uint32(), let measure = SandboxMeasure(from: &reader)
            else { return nil }
            self = .exited(number: number, kind, value: Int32(bitPattern: value), measure)
        case 6:
            guard let ticket = reader.uint64(), let error = reader.uint32(),
                let measure = SandboxMeasure(from: &reader)
            else { return nil }
            self = .acted(ticket: ticket, errorNumber: Int32(bitPattern: error), measure)
        case 7:
            guard let ticket = reader.uint64() else { return nil }
            self = .released(ticket: ticket)
        case 8:
            guard let token = reader.uint64(), let files = PackageFiles(from: &reader),
                let order = LaunchOrder(from: &reader)
            else { return nil }
            self = .parked(token: token, files, order)
        case 9:
            guard let token = reader.uint64() else { return nil }
            self = .withdrawn(token: token)
        default: return nil
        }
    }
}

/// What the launcher found it can do on this machine.
public struct LauncherFeatures: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Landlock rules for files are applied.
    public static let landlock = LauncherFeatures(rawValue: 1)
    /// The number of processes is bounded per sandbox.
    public static let processLimit = LauncherFeatures(rawValue: 2)
    /// Memory is bounded per sandbox.
    public static let memoryLimit = LauncherFeatures(rawValue: 4)
    /// Calls that ask about the machine are answered for the sandbox.
    public static let virtualizedCalls = LauncherFeatures(rawValue: 1 << 16)
    /// A sandbox can be stopped where it is and go on later.
    public static let freezing = LauncherFeatures(rawValue: 8)
    /// Every process of a sandbox ends with it although it has no pid namespace.
    public static let completeTermination = LauncherFeatures(rawValue: 16)
    /// Sandboxes share processor time by weight.
    public static let processorWeight = LauncherFeatures(rawValue: 32)
    /// Sandboxes share disks by weight.
    public static let ioWeight = LauncherFeatures(rawValue: 64)
}
