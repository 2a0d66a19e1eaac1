import Barchan
import Glibc

/// A file in a plugin directory: what must hold before any of its code may run.
struct ModuleFile {
    /// Without links.
    let path: String
    let note: ModuleNote

    /// - Throws: ``HostError`` with one sentence: what the file is, and what this host needs.
    init(inspecting given: String, host: ModuleNote = .host) throws(HostError) {
        path = try PathTrust.check(given, attempt: "load module")
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw HostError(.permissionDenied, "load module '\(path)': \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ModuleFile.refusal(path, .invalidArgument, "is not a regular file", host)
        }
        do throws(ELFImage.Problem) {
            note = try ModuleFile.note(in: ByteSource(descriptor: descriptor, size: UInt64(status.st_size)), host: host)
        } catch {
            throw ModuleFile.refusal(path, error.code, error.text, host)
        }
    }

    /// The note of a shared object that fits `host`.
    static func note(in source: ByteSource, host: ModuleNote) throws(ELFImage.Problem) -> ModuleNote {
        let image = try ELFImage(source)
        guard let note = ModuleNote(image.notes) else {
            throw ELFImage.Problem(
                code: .invalidArgument, text: "is a shared object without the note of a Barchan module")
        }
        if let mismatch = note.mismatch(with: host) { throw ELFImage.Problem(code: .unsupported, text: mismatch) }
        // With a second copy of the contract a module loads and even runs, but no type of it is a type of the host.
        guard image.needed.contains("libBarchan.so"), image.imports(prefix: "$s7Barchan"),
            !image.defines("$s7Barchan6PluginVMn")
        else {
            throw ELFImage.Problem(
                code: .invalidArgument,
                text: "carries its own copy of the contract; link it against the shared libBarchan.so")
        }
        return note
    }

    private static func refusal(_ path: String, _ code: HostError.Code, _ text: String, _ host: ModuleNote) -> HostError
    {
        HostError(
            code,
            "load module '\(path)': the file \(text); this host needs a 64-bit \(ELFImage.hostMachine.name) shared object for "
                + "contract \(host.contract) (or an older minor version), built with Swift \(host.swift) or older")
    }
}
