import Barchan
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
        self.init(
            layers: specification.package.layers, data: specification.data, arguments: command.arguments,
            environment: command.environment, openFilesSoft: UInt64(limits.openFilesSoft),
            openFilesHard: UInt64(limits.openFilesHard), temporaryBytes: UInt64(limits.temporaryBytes),
            temporaryInodes: UInt64(limits.temporaryInodes), memoryBytes: UInt64(limits.memoryBytes ?? 0),
            processes: UInt64(limits.processes ?? 0), processorWeight: UInt64(limits.processorWeight ?? 0),
            ioWeight: UInt64(limits.ioWeight ?? 0))
        guard LauncherRequest.fits(texts) else {
            throw refusal(
                "its arguments and environment are longer than \(LauncherRequest.maximumBytes >> 10) KiB")
        }
    }
}
