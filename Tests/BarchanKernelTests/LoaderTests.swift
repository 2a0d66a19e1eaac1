import Barchan
import BarchanKernel
import Glibc
import Testing

/// What the loader refuses, each with a real file of that kind.
@Suite struct LoaderTests {
    private static let needs = "this host needs a 64-bit"

    /// A folder of its own with copies of a real module, removed in the end.
    private final class Folder {
        let path: String

        init() throws {
            var template = Array("/tmp/barchan-loader-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw CancellationError() }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit { try? run("/bin/rm", "-rf", path) }

        func add(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) {
            let descriptor = open("\(path)/\(name)", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode)
            _ = write(descriptor, bytes, bytes.count)
            fchmod(descriptor, mode)
            close(descriptor)
        }

        func refusal() throws -> HostError {
            let candidates = ModuleLoader(directories: [path]).load()
            #expect(candidates.count == 1)
            return try #require(candidates.first?.refusal)
        }
    }

    @Test func aRealModuleIsLoadedAndTheContractIsPassedOver() throws {
        let folder = try Folder()
        folder.add("libNamespaceIsolation.so", try realModule())
        try run("/bin/cp", "\(buildFolder())/libBarchan.so", folder.path)
        let candidates = ModuleLoader(directories: [folder.path]).load()
        #expect(candidates.count == 1)
        #expect(candidates.first?.plugin?.identifier == "namespace", "\(String(describing: candidates.first?.refusal))")
        #expect(candidates.first?.plugin?.interface == .isolation)
    }

    @Test func aTextFileIsNoModule() throws {
        let folder = try Folder()
        folder.add("x.so", Array("#!/bin/sh\n".utf8))
        let error = try folder.refusal()
        #expect(
            error.message.contains("'\(folder.path)/x.so': the file is not an ELF file; \(LoaderTests.needs)"),
            "\(error)")
        #expect(error.code == .invalidArgument)
    }

    @Test func aProgramIsNoModule() throws {
        let folder = try Folder()
        try run(
            "/bin/sh", "-c",
            "echo 'int main(void) { return 0; }' | cc -no-pie -x c - -o \(folder.path)/x.so && chmod 755 \(folder.path)/x.so"
        )
        #expect(try folder.refusal().message.contains("the file is not a shared object; \(LoaderTests.needs)"))
    }

    @Test func aSharedObjectOfSomebodyElseIsNoModule() throws {
        let folder = try Folder()
        try run("/bin/sh", "-c", "echo 'int answer(void) { return 42; }' | cc -shared -x c - -o \(folder.path)/x.so")
        #expect(
            try folder.refusal().message.contains("the file is a shared object without the note of a Barchan module"))
    }

    @Test func aModuleForAnotherProcessorIsRefused() throws {
        let folder = try Folder()
        var bytes = try realModule()
        bytes[18] = bytes[18] == 62 ? 183 : 62
        folder.add("x.so", bytes)
        #expect(try folder.refusal().message.contains("the file is for another processor (ELF machine \(bytes[18]))"))
    }

    @Test func a32BitModuleIsRefused() throws {
        let folder = try Folder()
        var bytes = try realModule()
        bytes[4] = 1
        folder.add("x.so", bytes)
        #expect(try folder.refusal().message.contains("the file is not a 64-bit little-endian program"))
    }

    /// Cut at every place a download may break off: always an error, never a SIGBUS.
    @Test(arguments: 0..<40) func aTruncatedModuleIsRefused(_ step: Int) throws {
        let folder = try Folder()
        let bytes = try realModule()
        folder.add("x.so", Array(bytes.prefix(step * bytes.count / 40)))
        let error = try folder.refusal()
        #expect(error.message.contains("truncated") || error.message.contains("not an ELF file"), "\(error)")
        #expect(step < 1 || error.code == .corrupt)
    }

    @Test(arguments: [
        (UInt8(20), UInt8(2), "was built against contract 2.0"), (20, 0, "was built against contract 0.0"),
        (24, 1, "was built against contract 1.1"), (28, 7, "was built with Swift 7.3"),
        (32, 9, "was built with Swift 6.9"),
    ])
    func aModuleOfAnotherVersionIsRefused(_ offset: UInt8, _ value: UInt8, _ reason: String) throws {
        let folder = try Folder()
        folder.add("x.so", try moduleWithNote { $0[Int(offset)] = value })
        let error = try folder.refusal()
        #expect(error.message.contains("the file \(reason); \(LoaderTests.needs)"), "\(error)")
        #expect(error.message.contains("contract 1.0"))
        #expect(error.code == .unsupported)
    }

    @Test func aNoteOfAnotherOwnerIsNoNote() throws {
        let folder = try Folder()
        folder.add("x.so", try moduleWithNote { $0[12] = UInt8(ascii: "X") })
        #expect(try folder.refusal().message.contains("without the note"))
    }

    @Test func aModuleWithItsOwnCopyOfTheContractIsRefused() throws {
        let folder = try Folder()
        // The note is a real one; the contract's type is defined in the file itself, as static linking does.
        let source = """
            __asm__(".section .note.barchan,\\"a\\",@note\\n.long 8,16,1\\n.asciz \\"Barchan\\"\\n.long 1,0,6,3\\n.previous\\n"
                    ".globl \\"$s7Barchan6PluginVMn\\"\\n.data\\n\\"$s7Barchan6PluginVMn\\": .quad 0\\n.text");
            void *barchan_plugin(void) { return 0; }
            """
        folder.add("x.c", Array(source.utf8))
        try run("/usr/bin/cc", "-shared", "\(folder.path)/x.c", "-o", "\(folder.path)/x.so")
        let error = try folder.refusal()
        #expect(
            error.message.contains("carries its own copy of the contract; link it against the shared libBarchan.so"),
            "\(error)")
        // Also when it names the shared one besides.
        try run(
            "/usr/bin/cc", "-shared", "\(folder.path)/x.c", "-o", "\(folder.path)/x.so", "-Wl,--no-as-needed",
            "-L\(buildFolder())", "-lBarchan")
        #expect(try folder.refusal().message.contains("carries its own copy of the contract"))
    }

    // MARK: Who may write

    @Test(arguments: [mode_t(0o664), 0o646, 0o666])
    func aFileThatOthersMayWriteIsRefused(_ mode: mode_t) throws {
        let folder = try Folder()
        folder.add("x.so", try realModule(), mode: mode)
        let error = try folder.refusal()
        #expect(error.code == .permissionDenied)
        #expect(
            error.message
                == "load module '\(folder.path)/x.so': '\(folder.path)/x.so' can be changed by others; run chmod go-w on it"
        )
    }

    @Test(arguments: [mode_t(0o775), 0o757, 0o1777])
    func aDirectoryThatOthersMayWriteIsRefused(_ mode: mode_t) throws {
        let folder = try Folder()
        folder.add("x.so", try realModule())
        chmod(folder.path, mode)
        let error = try folder.refusal()
        #expect(
            error.message
                == "load module '\(folder.path)/x.so': '\(folder.path)' can be changed by others; run chmod go-w on it")
    }

    @Test func aDirectoryFurtherUpThatOthersMayWriteIsRefused() throws {
        let folder = try Folder()
        try run("/bin/mkdir", "-p", "\(folder.path)/a/b")
        folder.add("a/b/x.so", try realModule())
        chmod(folder.path, 0o777)
        let candidates = ModuleLoader(directories: ["\(folder.path)/a/b"]).load()
        #expect(candidates.first?.refusal?.message.contains("'\(folder.path)' can be changed by others") ?? false)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away")) func aFileOfSomebodyElseIsRefused() throws {
        let folder = try Folder()
        folder.add("x.so", try realModule())
        chown("\(folder.path)/x.so", 12_345, 12_345)
        #expect(
            try folder.refusal().message.contains(
                "belongs to user 12345; it must belong to root or to the user of this host"))
    }

    @Test func aLinkIsJudgedByWhatItLeadsTo() throws {
        let folder = try Folder()
        folder.add("real", try realModule(), mode: 0o666)
        symlink("real", "\(folder.path)/x.so")
        #expect(try folder.refusal().message.contains("'\(folder.path)/real' can be changed by others"))
    }

    // MARK: Directories

    @Test func aMissingDirectoryIsReported() {
        let candidates = ModuleLoader(directories: ["/nowhere/plugins"]).load()
        #expect(
            candidates.first?.refusal?.message == "read plugin directory '/nowhere/plugins': No such file or directory")
    }

    @Test func theSecondOfTwoWithOneNameIsRefused() throws {
        let folder = try Folder()
        folder.add("a.so", try realModule())
        folder.add("b.so", try realModule())
        let candidates = ModuleLoader(directories: [folder.path]).load()
        #expect(candidates.map { $0.plugin != nil } == [true, false])
        #expect(
            candidates[1].refusal?.message.contains(
                "it offers isolation 'namespace', and so does '\(folder.path)/a.so'; remove one") ?? false)
    }

    @Test func otherFilesAreNotLookedAt() throws {
        let folder = try Folder()
        folder.add("README.md", [])
        folder.add("x.so.bak", [])
        #expect(ModuleLoader(directories: [folder.path]).load().isEmpty)
    }
}

// MARK: Real files

/// Where the build puts modules: beside this test's own bundle.
func buildFolder() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if access(path.replacingLastPart(with: "libNamespaceIsolation.so"), R_OK) == 0 {
        return path.replacingLastPart(with: "").dropLastSlash()
    }
    // The bundle may be run by a helper of the toolchain; then the map of this process tells.
    let maps = (try? contents("/proc/self/maps")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let bundle = maps.split(separator: "\n").compactMap { $0.split(separator: " ").last }.first {
        $0.hasSuffix(".xctest")
    }
    return bundle.map { String($0).replacingLastPart(with: "").dropLastSlash() } ?? "."
}

extension String {
    fileprivate func replacingLastPart(with name: String) -> String {
        lastIndex(of: "/").map { String(self[...$0]) + name } ?? name
    }

    fileprivate func dropLastSlash() -> String { hasSuffix("/") ? String(dropLast()) : self }
}

func realModule() throws -> [UInt8] { try contents("\(buildFolder())/libNamespaceIsolation.so") }

/// The real module with its note changed; offsets count from the note's first byte.
private func moduleWithNote(_ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
    var bytes = try realModule()
    let pattern: [UInt8] = [8, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0] + Array("Barchan\0".utf8)
    let place = try #require((0..<(bytes.count - 36)).first { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) })
    var note = Array(bytes[place..<(place + 36)])
    change(&note)
    bytes.replaceSubrange(place..<(place + 36), with: note)
    return bytes
}

func contents(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "re") else {
        throw HostError(.notFound, "read '\(path)'; build the module NamespaceIsolation first")
    }
    defer { fclose(file) }
    var all: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return all }
        all += buffer[..<count]
    }
}

/// Runs a program to its end.
func run(_ program: String, _ arguments: String...) throws {
    var process = pid_t(), status: CInt = 0
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    let error = posix_spawn(&process, program, nil, nil, &argv, environ)
    guard error == 0, waitpid(process, &status, 0) == process, status == 0 else {
        throw HostError(.failed, "run \(program) \(arguments): status \(status), error \(error)")
    }
}
