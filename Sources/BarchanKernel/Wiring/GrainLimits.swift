import Barchan

/// What one grain may use.
public struct GrainLimits: Sendable, Equatable {
    public var sandbox = SandboxLimits()
    /// What a grain may print to its log per second, and at once.
    public var logBytesPerSecond = 64 << 10
    public var logBurstBytes = 512 << 10
    /// Space on disk that its data may take. Nil: as much as there is.
    public var volumeBytes: Int64? = 10 << 30

    public init() {
        sandbox.memoryBytes = 1 << 30
        sandbox.processes = 512
    }
}

/// A limit by its name in the configuration, where it stands in `[limits]` for all grains and in `[apps.ID]` for those of
/// one app, and in the record of a grain that has its own.
public enum GrainLimit: String, Sendable, CaseIterable {
    case memoryMiB, processes, processorWeight, ioWeight, temporaryMiB, openFiles, logKiBPerSecond, logBurstKiB
    case volumeMiB

    /// The values that make sense.
    public var range: ClosedRange<Int64> {
        switch self {
        case .memoryMiB: 0...1_048_576
        case .processes: 0...1_000_000
        case .processorWeight: 1...10_000
        case .ioWeight: 1...1_000
        case .temporaryMiB: 1...65_536
        case .openFiles: 64...1_048_576
        case .logKiBPerSecond: 1...65_536
        case .logBurstKiB: 4...65_536
        case .volumeMiB: 0...1_073_741_824
        }
    }

    /// One line for people, with units and default.
    public var summary: String {
        switch self {
        case .memoryMiB: "memory of one grain, 0 for no limit, 1024"
        case .processes: "processes and threads of one grain, 0 for no limit, 512"
        case .processorWeight: "share of processor time when it is short, 100"
        case .ioWeight: "share of the disk when it is busy, 100"
        case .temporaryMiB: "size of /tmp and /dev/shm of one grain together, 16"
        case .openFiles: "open files of one process, hard limit, never more than half of the host's, 4096"
        case .logKiBPerSecond: "what a grain may print for long, 64"
        case .logBurstKiB: "what a grain may print at once, 512"
        case .volumeMiB: "what the data of one grain may take on disk, 0 for no limit, 10240"
        }
    }

    /// What the isolation back end has to promise for the limit to hold; nil where every back end does, or the host itself
    /// holds grains to it.
    public var guarantee: Guarantee? {
        switch self {
        case .memoryMiB: .memoryLimit
        case .processes: .processLimit
        case .processorWeight: .processorWeight
        case .ioWeight: .ioWeight
        case .temporaryMiB: .privateFileSystem
        case .openFiles, .logKiBPerSecond, .logBurstKiB, .volumeMiB: nil
        }
    }

    /// The value that asks nothing of a back end.
    private var idleValue: Int64? {
        switch self {
        case .memoryMiB, .processes: 0
        case .processorWeight, .ioWeight: 100
        case .temporaryMiB, .openFiles, .logKiBPerSecond, .logBurstKiB, .volumeMiB: nil
        }
    }

    /// Whether a back end with `guarantees` promises that the limit holds as `limits` say.
    public func isGuaranteed(by guarantees: Set<Guarantee>, in limits: GrainLimits) -> Bool {
        guard let guarantee, value(in: limits) != idleValue else { return true }
        return guarantees.contains(guarantee)
    }

    /// The same, with what the disk does.
    /// - Parameter isHeldByDisk: Whether it refuses what is beyond ``volumeMiB``. Where it does not, that limit is only watched.
    func isGuaranteed(by guarantees: Set<Guarantee>, isHeldByDisk: Bool, in limits: GrainLimits) -> Bool {
        guard self != .volumeMiB else { return isHeldByDisk || limits.volumeBytes == nil }
        return isGuaranteed(by: guarantees, in: limits)
    }

    /// What `limits` say, in the unit of the name.
    public func value(in limits: GrainLimits) -> Int64 {
        switch self {
        case .memoryMiB: (limits.sandbox.memoryBytes ?? 0) >> 20
        case .processes: limits.sandbox.processes ?? 0
        case .processorWeight: limits.sandbox.processorWeight ?? 100
        case .ioWeight: limits.sandbox.ioWeight ?? 100
        case .temporaryMiB: limits.sandbox.temporaryBytes >> 20
        case .openFiles: limits.sandbox.openFilesHard
        case .logKiBPerSecond: Int64(limits.logBytesPerSecond >> 10)
        case .logBurstKiB: Int64(limits.logBurstBytes >> 10)
        case .volumeMiB: (limits.volumeBytes ?? 0) >> 20
        }
    }

    /// - Parameter value: Within ``range``.
    public func set(_ value: Int64, in limits: inout GrainLimits) {
        switch self {
        case .memoryMiB: limits.sandbox.memoryBytes = value == 0 ? nil : value << 20
        case .processes: limits.sandbox.processes = value == 0 ? nil : value
        case .processorWeight: limits.sandbox.processorWeight = value == 100 ? nil : value
        case .ioWeight: limits.sandbox.ioWeight = value == 100 ? nil : value
        case .temporaryMiB:
            limits.sandbox.temporaryBytes = value << 20
            // As the original's 4,096 files in 16 MiB (specification, section 3.4), and no fewer.
            limits.sandbox.temporaryInodes = max(4096, value * 256)
        case .openFiles:
            limits.sandbox.openFilesHard = value
            limits.sandbox.openFilesSoft = min(value, 1024)
        case .logKiBPerSecond: limits.logBytesPerSecond = Int(value) << 10
        case .logBurstKiB: limits.logBurstBytes = Int(value) << 10
        case .volumeMiB: limits.volumeBytes = value == 0 ? nil : value << 20
        }
    }
}
