import Foundation
import Testing

/// A folder in which an author works, with the command and a keyring; removed with this object.
final class Workshop: Sendable {
    let path: String

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let barchan = root.appending(path: ".build/debug/barchan").path

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "workshop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs `barchan spk` here, with the keyring `key`.
    @discardableResult
    func spk(_ arguments: String...) throws -> Outcome { try run(arguments) }

    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try barchan(["spk"] + arguments, environment: environment)
    }

    /// Any of the command's words.
    func barchan(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try execute(Self.barchan, arguments, environment: environment)
    }

    func execute(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: path)
        process.environment = ProcessInfo.processInfo.environment.merging(["HOME": path]) { $1 }
            .merging(environment) { $1 }
        let output = try #require(FileHandle(forWritingAtPath: try empty("stdout")))
        let errors = try #require(FileHandle(forWritingAtPath: try empty("stderr")))
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try read(".stdout"), errors: try read(".stderr"))
    }

    private func empty(_ name: String) throws -> String {
        try write(".\(name)", "")
        return "\(path)/.\(name)"
    }

    func write(_ name: String, _ text: String, isExecutable: Bool = false) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        if isExecutable {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    /// A small file in the bridge's place: the real one takes seconds to compress.
    func bridge() throws -> String {
        try write("bridge", "bridge", isExecutable: true)
        return "bridge"
    }

    /// Packs `sandstorm-pkgdef.capnp`, unpacks the result to `out`, and returns the paths in it.
    func packed() throws -> [String] {
        let pack = try spk("pack", "--bridge", try bridge(), "app.spk")
        try #require(pack.status == 0, "\(pack.errors)")
        try? FileManager.default.removeItem(atPath: "\(path)/out")
        let unpack = try spk("unpack", "app.spk", "out")
        try #require(unpack.status == 0, "\(unpack.errors)")
        return try FileManager.default.subpathsOfDirectory(atPath: "\(path)/out").sorted()
    }

    /// Makes a key and a definition whose source map, lists and extra fields are given.
    func define(
        searchPath: String, alwaysInclude: String = "", fileList: String? = nil, more: String = "",
        argv: String = #""/opt/app/run""#, at file: String = "sandstorm-pkgdef.capnp"
    ) throws {
        let key = try spk("keygen")
        try #require(key.status == 0, "\(key.errors)")
        let app = key.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try write(
            file,
            """
            @0xa1b2c3d4e5f60718;
            using Spk = import "/sandstorm/package.capnp";
            const pkgdef :Spk.PackageDefinition = (
              id = "\(app)",
              manifest = (
                appTitle = (defaultText = "Defined", localizations = [(locale = "de", text = "Beschrieben")]),
                appVersion = 7, appMarketingVersion = (defaultText = "7.0"),
                actions = [(title = (defaultText = "New"), command = .command)], continueCommand = .command
              ),
              sourceMap = (searchPath = [\(searchPath)]),
              \(fileList.map { "fileList = \"\($0)\"," } ?? "")
              alwaysInclude = [\(alwaysInclude)]
              \(more)
            );
            const command :Spk.Manifest.Command = (argv = [\(argv)], environ = [(key = "A", value = "b")]);
            """)
    }
}
