import CLinux
import Glibc

/// Runs as a grain's program and says what it finds there: `name value` lines, one fact each.
///
/// Static and without a library, so that a package with nothing but this file can run it. Each argument is a family of
/// facts or an action; an action's own arguments follow it.
@main
struct SandboxProbe {
    static func main() {
        clinux_restore_environment()
        var arguments = allArguments.dropFirst()
        while let name = arguments.popFirst() {
            guard let family = families[name] else {
                print("unknown \(name)")
                exit(64)
            }
            family(&arguments)
            fflush(nil)
        }
        exit(0)
    }

    static var allArguments: [String] { (0..<clinux_argument_count()).map { String(cString: clinux_argument($0)) } }

    typealias Family = @Sendable (inout ArraySlice<String>) -> Void

    static let families: [String: Family] = [
        "start": { _ in StartFacts.report() },
        "descriptors": { _ in StartFacts.reportDescriptors() },
        "privileges": { _ in PrivilegeFacts.report() },
        "limits": { _ in PrivilegeFacts.reportLimits() },
        "files": { _ in FileFacts.report() },
        "fill": { FileFacts.fill($0.popFirst() ?? "/tmp") },
        "calls": { _ in CallFacts.report() },
        "arguments": { ArgumentFacts.report(in: $0.popFirst() ?? "/var") },
        "walls": { _ in WallFacts.report() },
        "machine": { _ in MachineFacts.report() },
        "ask": { MachineFacts.ask(times: number(&$0)) },
        "ask-through-signals": { MachineFacts.askThroughSignals(times: number(&$0)) },
        "ask-when-told": { _ in MachineFacts.askWhenTold() },
        "flood": { MachineFacts.flood(number(&$0)) },
        "needs": { _ in NeedFacts.report() },
        "sockets": { _ in NetworkFacts.reportSockets() },
        "network": { _ in NetworkFacts.report() },
        "attempts": { AttemptRun(&$0).report() },
        "effective-user": { _ in exit(geteuid() == getuid() ? 0 : 1) },
        "connect": { NetworkFacts.connect(port: number(&$0)) },
        "abstract": { NetworkFacts.connect(abstract: $0.popFirst() ?? "") },
        "bind": { NetworkFacts.bind(port: number(&$0)) },
        "allocate": { ProcessActions.allocate(number(&$0)) },
        "reserve": { ProcessActions.reserve(number(&$0)) },
        "spread": { ProcessActions.spread(number(&$0), mebibytes: number(&$0)) },
        "memory-file": { ProcessActions.fillMemoryFile(number(&$0)) },
        "threads": { ProcessActions.startThreads(number(&$0)) },
        "unnamed-files": { ProcessActions.holdUnnamedFiles(number(&$0)) },
        "fork": { ProcessActions.fork(number(&$0)) },
        "signal-all": { _ in ProcessActions.signalEverybody() },
        "descendants": { _ in ProcessActions.leaveDescendants() },
        "runaways": { ProcessActions.leaveRunaways(number(&$0)) },
        "spin": { ProcessActions.spin(steps: number(&$0)) },
        "exhaust": { ProcessActions.exhaust(number(&$0)) },
        "hold": { ProcessActions.hold($0.popFirst() ?? "") },
        "watch-when-told": { FileFacts.watchWhenTold($0.popFirst() ?? "/dev/null") },
        "allocate-disk": { _ in ProcessActions.allocateDisk() },
        "leave-connections": { _ in ProcessActions.leaveConnections() },
        "fill-unaccepted": { _ in ProcessActions.fillUnaccepted() },
        "fill-sockets": { _ in ProcessActions.fillSockets() },
        "ignore": { _ in ProcessActions.ignoreSignals() },
        "tick": { _ in ProcessActions.tick() },
        "wait": { _ in ProcessActions.waitForever() },
        "echo": { _ in ProcessActions.echo() },
        "exit": { exit(CInt(truncatingIfNeeded: number(&$0))) },
        "abort": { _ in ProcessActions.abort() },
        "moment": { _ in StartFacts.writeMoment() },
    ]

    private static func number(_ arguments: inout ArraySlice<String>) -> Int {
        arguments.popFirst().flatMap { Int($0) } ?? 0
    }
}

/// One fact.
func say(_ name: String, _ value: some CustomStringConvertible) { print("\(name) \(value)") }

/// The name of the last error, or `ok`.
func outcome(_ result: some BinaryInteger) -> String {
    guard result < 0 else { return "ok" }
    return errorName(errno)
}

func errorName(_ number: CInt) -> String {
    let names: [CInt: String] = [
        EPERM: "EPERM", ENOENT: "ENOENT", ESRCH: "ESRCH", EBADF: "EBADF", EAGAIN: "EAGAIN", ENOMEM: "ENOMEM",
        EACCES: "EACCES", EFAULT: "EFAULT", EEXIST: "EEXIST", ENODEV: "ENODEV", ENOTDIR: "ENOTDIR", EINVAL: "EINVAL",
        EMFILE: "EMFILE", ENOTTY: "ENOTTY", ENOSPC: "ENOSPC", EROFS: "EROFS", ENOSYS: "ENOSYS",
        EPROTONOSUPPORT: "EPROTONOSUPPORT", ESOCKTNOSUPPORT: "ESOCKTNOSUPPORT", EAFNOSUPPORT: "EAFNOSUPPORT",
        EADDRINUSE: "EADDRINUSE", ENETUNREACH: "ENETUNREACH", ECONNREFUSED: "ECONNREFUSED", ETIMEDOUT: "ETIMEDOUT",
        ENOPROTOOPT: "ENOPROTOOPT", EOPNOTSUPP: "EOPNOTSUPP", ENXIO: "ENXIO", EXDEV: "EXDEV", EUSERS: "EUSERS",
    ]
    return names[number] ?? "E\(number)"
}
