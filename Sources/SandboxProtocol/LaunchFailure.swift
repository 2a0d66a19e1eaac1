/// Where making a sandbox stopped, and the kernel's reason.
public struct LaunchFailure: Error, Sendable, Equatable {
    public var step: LaunchStep
    /// An errno value, or 0 when the step itself found something wrong.
    public var errorNumber: Int32

    public init(_ step: LaunchStep, _ errorNumber: Int32) {
        self.step = step
        self.errorNumber = errorNumber
    }

    func write(to writer: inout MessageWriter) {
        writer.append(step.rawValue)
        writer.append(UInt32(bitPattern: errorNumber))
    }

    init?(from reader: inout MessageReader) {
        guard let step = reader.uint8().flatMap(LaunchStep.init), let number = reader.uint32() else { return nil }
        self.init(step, Int32(bitPattern: number))
    }

    /// As the message of a sandbox that could not be finished.
    public func encoded() -> [UInt8] {
        var writer = MessageWriter()
        write(to: &writer)
        return writer.bytes
    }

    public init?(decoding bytes: [UInt8]) {
        var reader = MessageReader(bytes)
        guard let failure = LaunchFailure(from: &reader), reader.isAtEnd else { return nil }
        self = failure
    }
}

/// The steps that can fail, in the order they happen.
public enum LaunchStep: UInt8, Sendable, CaseIterable {
    // Once, when the launcher starts.
    case launcherUserNamespace = 1, launcherNamespaces, launcherSetup
    // For each sandbox, ahead of time.
    case namespaces, identity, mapping, hostName, loopback, mountPropagation, devices, processorInformation
    case rootSwitch, capabilities, resourceLimits
    // For each sandbox, when the program is known.
    case order, package, overlay, data, attachPackage
    case devDirectory, temporaryDirectory, varDirectory, processorInformationFile
    case changeRoot, descriptors, landlock, filter, execute
    case lostBeforeStart, controlGroup, groupLimits
    // Where another program makes the sandbox.
    case runtimeStage, runtime
    // Once, when a supervisor of calls starts.
    case virtualCalls
    // The host's own: it could not tell the launcher.
    case request

    /// What was attempted, for a person.
    public var attempt: String {
        switch self {
        case .launcherUserNamespace: "make the launcher's user namespace"
        case .launcherNamespaces: "make the launcher's namespaces"
        case .launcherSetup: "set up the launcher"
        case .namespaces: "make the namespaces"
        case .identity: "take on the sandbox's user"
        case .mapping: "map the sandbox's user"
        case .hostName: "set the host name"
        case .loopback: "bring up the loopback interface"
        case .mountPropagation: "separate the mounts from the host's"
        case .devices: "make /dev"
        case .processorInformation: "copy /proc/cpuinfo"
        case .rootSwitch: "leave the host's file system"
        case .capabilities: "drop capabilities"
        case .resourceLimits: "set resource limits"
        case .order: "read the order"
        case .package: "open the package"
        case .overlay: "lay the package's layers over each other"
        case .data: "open the grain's data"
        case .attachPackage: "mount the package"
        case .devDirectory: "mount the package's /dev"
        case .temporaryDirectory: "mount the package's /tmp"
        case .varDirectory: "mount the package's /var"
        case .processorInformationFile: "mount the package's /proc/cpuinfo"
        case .changeRoot: "enter the package"
        case .descriptors: "arrange descriptors"
        case .landlock: "apply Landlock"
        case .filter: "load the system call filter"
        case .execute: "execute"
        case .lostBeforeStart: "start the program"
        case .controlGroup: "make the sandbox's control group"
        case .groupLimits: "set the limits of the sandbox's control group"
        case .runtimeStage: "lay out package and data for the program that makes the sandbox"
        case .runtime: "run the program that makes the sandbox"
        case .virtualCalls: "prepare to answer system calls"
        case .request: "send the order to the sandbox launcher"
        }
    }
}
