import Barchan
import Glibc
import SandboxProtocol

extension LaunchFailure {
    /// For the caller of a launch.
    func hostError(for specification: SandboxSpecification) -> HostError {
        let program = specification.command.arguments.first ?? ""
        return HostError(code, "launch '\(program)' of grain '\(specification.grain)': \(explanation)")
    }

    /// For whoever starts the host on a machine that does not let it make sandboxes.
    /// - Returns: `.disconnected` when the launcher was lost meanwhile, `.unsupported` otherwise.
    func hostErrorAtStart(remedy: String?) -> HostError {
        let hint = step == .runtime ? "what it said is in the log; " : ""
        return HostError(
            step == .lostBeforeStart ? .disconnected : .unsupported,
            "make a first sandbox: \(step.attempt): \(reason); \(hint)\(remedy ?? NamespaceRemedy.now())")
    }

    private var reason: String {
        errorNumber == 0 ? "it ended early" : String(cString: strerror(errorNumber))
    }

    private var code: HostError.Code {
        switch (step, errorNumber) {
        case (.lostBeforeStart, _): .disconnected
        case (.request, _), (_, ETOOMANYREFS): .resourceExhausted
        case (_, ENOMEM), (_, EAGAIN), (_, EMFILE), (_, ENFILE), (_, ENOSPC), (_, EUSERS), (_, ENOBUFS):
            .resourceExhausted
        default: isFaultOfSpecification ? .invalidArgument : .failed
        }
    }

    private var isFaultOfSpecification: Bool {
        switch step {
        case .execute, .order: true
        case .package, .data, .devDirectory, .temporaryDirectory, .varDirectory, .processorInformationFile:
            [ENOENT, ENOTDIR, ELOOP, EACCES].contains(errorNumber)
        default: false
        }
    }

    private var explanation: String {
        switch (step, errorNumber) {
        case (.execute, ENOENT):
            "no such program in the package, or the interpreter or loader it names is missing"
        case (.execute, EACCES): "not an executable file of the package"
        case (.execute, ENOEXEC): "not a program for this machine; a script needs a first line with '#!'"
        case (.execute, E2BIG): "its arguments and environment are too long"
        case (.devDirectory, ELOOP), (.devDirectory, ENOTDIR): notADirectory("/dev")
        case (.temporaryDirectory, ELOOP), (.temporaryDirectory, ENOTDIR): notADirectory("/tmp")
        case (.varDirectory, ELOOP), (.varDirectory, ENOTDIR): notADirectory("/var")
        case (.processorInformationFile, ELOOP), (.processorInformationFile, ENOTDIR):
            "/proc/cpuinfo of the package is reached through a symbolic link; it has to be a file"
        case (.lostBeforeStart, ECONNRESET): "the sandbox launcher ended before the program ran; try again"
        case (.lostBeforeStart, _): "its sandbox was lost before the program ran (\(reason)); try again"
        case (.request, _), (_, ETOOMANYREFS): "\(step.attempt): \(RequestQueue.explain(errorNumber))"
        case (.runtime, _): "\(step.attempt): \(reason); what it said is in the log"
        default: "\(step.attempt): \(reason)"
        }
    }

    private func notADirectory(_ path: String) -> String {
        "\(path) of the package is a symbolic link or a file; it has to be a directory"
    }
}

/// What to change on a machine that refuses namespaces.
enum NamespaceRemedy {
    static func now() -> String {
        if value("/proc/sys/user/max_user_namespaces") == "0" { return "set sysctl user.max_user_namespaces to 10000" }
        if geteuid() == 0 {
            return "the host runs as root, but lacks CAP_SYS_ADMIN or is itself in a container that forbids it"
        }
        if value("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
            return "set sysctl kernel.unprivileged_userns_clone to 1, or run the host as root"
        }
        if value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
            return "set sysctl kernel.apparmor_restrict_unprivileged_userns to 0, or install the AppArmor profile"
        }
        return "user namespaces have to be allowed to this user (sysctl user.max_user_namespaces), see barchan doctor"
    }

    private static func value(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).prefix { $0 > 0x20 }, as: UTF8.self)
    }
}
