/// What a sandbox uses or used; nil where nobody counts it on this machine.
public struct SandboxMeasure: Sendable, Equatable {
    public var processorMicroseconds: UInt64?
    public var memoryBytes: UInt64?
    public var memoryPeakBytes: UInt64?
    /// Processes and threads.
    public var processes: UInt64?
    public var readBytes: UInt64?
    public var writtenBytes: UInt64?
    /// How many processes the kernel ended because memory was used up.
    public var memoryKills: UInt64?
    /// How many processes or threads were not made because there were as many as allowed.
    public var refusedProcesses: UInt64?
    /// What /tmp and /dev/shm hold together.
    public var temporaryBytes: UInt64?
    public var temporaryFiles: UInt64?
    /// Open files of the process that has most, and how many that process may have.
    public var openFiles: UInt64?
    public var openFilesLimit: UInt64?
    /// What files take that have no name, are on the file system of /var, and that its processes have open or mapped. Only in the
    /// answer to ``SandboxAction/measureUnnamed``: looking for them is work.
    public var unnamedBytes: UInt64?
    public var isFrozen = false

    public init() {}

    private static let unknown = UInt64.max

    func write(to writer: inout MessageWriter) {
        for value in [
            processorMicroseconds, memoryBytes, memoryPeakBytes, processes, readBytes, writtenBytes, memoryKills,
            refusedProcesses, temporaryBytes, openFiles, openFilesLimit, unnamedBytes, temporaryFiles,
        ] {
            writer.append(value ?? SandboxMeasure.unknown)
        }
        writer.append(UInt8(isFrozen ? 1 : 0))
    }

    init?(from reader: inout MessageReader) {
        var values: [UInt64?] = []
        for _ in 0..<13 {
            guard let value = reader.uint64() else { return nil }
            values.append(value == SandboxMeasure.unknown ? nil : value)
        }
        guard let flag = reader.uint8(), flag < 2 else { return nil }
        processorMicroseconds = values[0]
        memoryBytes = values[1]
        memoryPeakBytes = values[2]
        processes = values[3]
        readBytes = values[4]
        writtenBytes = values[5]
        memoryKills = values[6]
        refusedProcesses = values[7]
        temporaryBytes = values[8]
        openFiles = values[9]
        openFilesLimit = values[10]
        unnamedBytes = values[11]
        temporaryFiles = values[12]
        isFrozen = flag == 1
    }
}
