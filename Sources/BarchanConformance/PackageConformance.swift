import Barchan
import Glibc

extension StorageConformance {
    static let packages: [Check] = [
        Check("installsPackage", "an installed package has the identity, the manifest and the files of its file") {
            let package = try await install(SamplePackage.bytes, in: $0)
            try require(package.identifier.text == SamplePackage.identifier, "identifier is \(package.identifier)")
            try require(package.app.text == SamplePackage.app, "app is \(package.app)")
            try require(package.manifest.title == "Vector", "title is '\(package.manifest.title)'")
            try require(package.manifest.version == 3, "version is \(package.manifest.version)")
            try require(
                package.manifest.actions.map(\.nounPhrase) == ["thing"], "actions are \(package.manifest.actions)")
            let command = Command(arguments: ["/run", "go"], environment: ["A=1"])
            try require(package.manifest.continueCommand == command, "command is \(package.manifest.continueCommand)")
            try require(
                text(of: "hello.txt", in: package) == "hello\n", "hello.txt is \(text(of: "hello.txt", in: package))")
        },
        Check("programsAreExecutable", "programs of a package are executable for everybody, its other files for nobody")
        {
            let package = try await install(SamplePackage.bytes, in: $0)
            try require(mode(of: "run", in: package) & 0o555 == 0o555, "mode of run is \(mode(of: "run", in: package))")
            try require(
                mode(of: "hello.txt", in: package) & 0o555 == 0o444,
                "mode of hello.txt is \(mode(of: "hello.txt", in: package))")
        },
        Check("hasMountPoints", "the layers of a package together have every mount point") {
            let package = try await install(SamplePackage.bytes, in: $0)
            for name in ["dev", "tmp", "var", "proc/cpuinfo"] {
                try require(mode(of: name, in: package) != 0, "'\(name)' is in no layer")
            }
        },
        Check("installsTwice", "installing an installed package returns it again") {
            _ = try await install(SamplePackage.bytes, in: $0)
            let again = try await install(SamplePackage.bytes, in: $0)
            try require(again.identifier.text == SamplePackage.identifier, "identifier is \(again.identifier)")
            try require(try await $0.packages.installed().count == 1, "there is more than one package")
        },
        Check("installsConcurrently", "the same package installed by several at once is there once, for all of them") {
            provider in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await install(SamplePackage.bytes, in: provider).identifier.text }
                }
                for try await text in group { try require(text == SamplePackage.identifier, "identifier is \(text)") }
            }
            try require(try await provider.packages.installed().count == 1, "there is more than one package")
        },
        Check("findsPackage", "a package is found by its identifier, and nothing by another one") {
            _ = try await install(SamplePackage.bytes, in: $0)
            let identifier = try require(PackageID(SamplePackage.identifier), "no package id")
            let other = try require(PackageID(String(repeating: "0", count: 32)), "no package id")
            try require(
                try await $0.packages.package(identifier)?.manifest.title == "Vector", "the package is not found")
            try require(try await $0.packages.package(other) == nil, "a package is found that is not there")
        },
        Check("uninstalls", "an uninstalled package is gone, and uninstalling it again does nothing") {
            let package = try await install(SamplePackage.bytes, in: $0)
            try await $0.packages.uninstall(package.identifier)
            try await $0.packages.uninstall(package.identifier)
            try require(try await $0.packages.installed().isEmpty, "the package is still listed")
            try require(access(package.tree.layers[0], F_OK) != 0, "its files are still there")
            _ = try await install(SamplePackage.bytes, in: $0)
        },
        Check("refusesOtherPackage", "a file that is not the package expected is refused, and leaves nothing") {
            let other = try require(PackageID(String(repeating: "0", count: 32)), "no package id")
            try await requireError(.invalidArgument) { [provider = $0] in
                _ = try await provider.packages.install(
                    BufferedBytes(SamplePackage.bytes), expecting: other, progress: { _ in })
            }
            try require(try await $0.packages.installed().isEmpty, "a package is there")
        },
        Check(
            "refusesDamage", "a file cut off or changed anywhere is refused, and leaves nothing",
            required: [.verifiedPackages]
        ) { provider in
            for position in stride(from: 0, to: SamplePackage.bytes.count, by: 37) {
                var changed = SamplePackage.bytes
                changed[position] ^= 0x10
                try await requireError(.invalidArgument, .resourceExhausted) { [changed] in
                    _ = try await install(changed, in: provider)
                }
                try await requireError(.invalidArgument) {
                    _ = try await install(Array(SamplePackage.bytes.prefix(position)), in: provider)
                }
            }
            try require(try await provider.packages.installed().isEmpty, "a package is there")
        },
        Check("reportsProgress", "the progress of an installation ends at the size of the file") {
            let progress = Highest()
            _ = try await $0.packages.install(
                BufferedBytes(SamplePackage.bytes), expecting: nil, progress: { progress.note($0) })
            let highest = progress.value
            try require(highest == Int64(SamplePackage.bytes.count), "the last progress is \(highest)")
        },
    ]

    static func install(_ bytes: [UInt8], in provider: any StorageProvider) async throws -> InstalledPackage {
        try await provider.packages.install(BufferedBytes(bytes), expecting: nil, progress: { _ in })
    }

    /// The file as the sandbox would see it.
    private static func text(of name: String, in package: InstalledPackage) -> String {
        for layer in package.tree.layers {
            guard let file = fopen("\(layer)/\(name)", "re") else { continue }
            defer { fclose(file) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = fread(&buffer, 1, buffer.count, file)
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        return "missing"
    }

    /// 0 when no layer has it.
    private static func mode(of name: String, in package: InstalledPackage) -> mode_t {
        for layer in package.tree.layers {
            var facts = stat()
            if lstat("\(layer)/\(name)", &facts) == 0 { return facts.st_mode }
        }
        return 0
    }
}
