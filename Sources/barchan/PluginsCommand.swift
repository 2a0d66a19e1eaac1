import ArgumentParser
import Barchan
import BarchanControl
import BarchanKernel
import Glibc

struct PluginsCommand: AsyncParsableCommand {
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
        let report = await PluginReport(configuration, candidates: candidates, scratch: scratch.path, log: log)
        printLine(json ? report.json.indented() : report.text)
        scratch.remove()
        if !report.problems.isEmpty { throw ExitCode(1) }
    }
}

/// A directory in which providers can be made without touching a host's data.
struct ScratchDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/barchan-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw HostError(.failed, "make a directory in /tmp: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for interface in PluginInterface.allCases { mkdir("\(path)/\(interface.rawValue)", 0o700) }
    }

    func remove() { ScratchDirectory.remove(path) }

    /// Follows no link; what cannot be removed stays.
    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { remove("\(path)/\(name)") }
            }
            closedir(stream)
        }
        rmdir(path)
    }
}
