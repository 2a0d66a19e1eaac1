import Barchan
import CLinux
import Glibc
import SandboxProtocol

extension LaunchOrder {
    /// Refuses what cannot be run before anything is started.
    /// - Throws: ``HostError`` `.invalidArgument`.
    public init(_ specification: SandboxSpecification) throws(HostError) {
        let command = specification.command, limits = specification.limits
        func refusal(_ reason: String) -> HostError {
            HostError(
                .invalidArgument,
                "launch '\(command.arguments.first ?? "")' of grain '\(specification.grain)': \(reason)")
        }
        guard let program = command.arguments.first, !program.isEmpty else {
            throw refusal("the command is empty; a package's manifest names a program for each action")
        }
        let texts = command.arguments + command.environment + specification.package.layers + [specification.data]
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw refusal("a NUL character in its arguments, environment or paths")
        }
        guard !specification.package.layers.isEmpty else { throw refusal("the package has no files") }
        let bounds = [
            limits.openFilesSoft, limits.openFilesHard, limits.temporaryBytes, limits.temporaryInodes,
            limits.memoryBytes ?? 1, limits.processes ?? 1, limits.processorWeight ?? 1, limits.ioWeight ?? 1,
        ]
        guard bounds.allSatisfy({ $0 > 0 }) else { throw refusal("a limit is not positive") }
        let openFiles = LaunchOrder.mostOpenFiles
        self.init(
            layers: specification.package.layers, data: specification.data, arguments: command.arguments,
            environment: command.environment, openFilesSoft: min(UInt64(limits.openFilesSoft), openFiles),
            openFilesHard: min(UInt64(limits.openFilesHard), openFiles), temporaryBytes: UInt64(limits.temporaryBytes),
            temporaryInodes: UInt64(limits.temporaryInodes), memoryBytes: UInt64(limits.memoryBytes ?? 0),
            processes: UInt64(limits.processes ?? 0), processorWeight: UInt64(limits.processorWeight ?? 0),
            ioWeight: UInt64(limits.ioWeight ?? 0))
        guard LauncherRequest.fits(texts) else {
            throw refusal(
                "its arguments and environment are longer than \(LauncherRequest.maximumBytes >> 10) KiB")
        }
    }

    /// What a process of a grain may have open at most, whatever is asked for: half of what the host may.
    ///
    /// The kernel counts the descriptors that a user's processes have under way in sockets, and lets nobody send one who may
    /// open fewer than that. A grain can have as many under way as one of its processes may open. Where its user is the host's
    /// or the launcher's, these have to be allowed well more than that, or no grain could be started.
    public static var mostOpenFiles: UInt64 {
        var limit: UInt64 = 0
        guard clinux_hard_limit(CInt(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        return max(1, limit / 2)
    }
}
