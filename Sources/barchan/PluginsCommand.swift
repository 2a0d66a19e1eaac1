import ArgumentParser
import Barchan
import BarchanConformance
import BarchanControl
import BarchanKernel
import Glibc

struct PluginsCommand: TidyCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "Lists the modules there are, which are chosen, what they guarantee and why a file was refused.",
        discussion: "Fails when the configuration cannot be wired with what is there.")

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let configuration = try options.configuration()
        let log = standardErrorLog(from: max(configuration.logLevel, .warning))
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let scratch = try ScratchDirectory()
        defer { scratch.remove() }
        let report = await PluginReport(configuration, candidates: candidates, scratch: scratch.path, log: log)
        printLine(json ? report.json.indented() : printable(report.text))
        if !report.problems.isEmpty { throw ExitCode(1) }
    }
}

/// A directory in which providers can be made without touching a host's data.
struct ScratchDirectory {
    var path: String { directory.value }
    private let directory: Leftover<String>

    init() throws {
        directory = try Leftover(try ScratchDirectory.make()) { TemporaryTree.remove($0) }
        for interface in PluginInterface.allCases { mkdir("\(path)/\(interface.rawValue)", 0o700) }
    }

    private static func make() throws(HostError) -> String {
        var template = Array("/tmp/barchan-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw HostError(.failed, "make a directory in /tmp: \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Follows no link; what cannot be removed stays.
    func remove() { directory.remove() }
}
