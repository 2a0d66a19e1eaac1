import Barchan
import CapnProto
import Glibc
import GrainSchemas
import SPK

/// Who a package's author says to be, proven by an OpenPGP signature over one line that names the app (specification,
/// section 1.5).
enum AuthorProof {
    /// The package has none.
    case absent
    /// The signature holds; the fingerprint of the author's primary key, in upper-case hexadecimal.
    case verified(fingerprint: String)
    /// There is a proof, and nobody could say whether it holds.
    case unverified(String)
    /// There is a proof and it is wrong.
    case refused(String)

    private static let maximumBytes = 1 << 20

    /// Checks the proof in a manifest with gpg(1), in a keyring of its own and without asking anybody.
    static func check(manifestFile: [UInt8], app: AppID) throws(HostError) -> AuthorProof {
        let signature: [UInt8], keyring: [UInt8]
        do {
            let message = try MessageReader(manifestFile, framing: .stream)
            let metadata = try message.root(Wire.Manifest.self).metadata
            guard metadata.author.hasPgpSignature else { return .absent }
            (signature, keyring) = (try metadata.author.pgpSignature.array, try metadata.pgpKeyring.array)
        } catch {
            throw HostError(.invalidArgument, "read the manifest: \(error)")
        }
        guard signature.count <= maximumBytes, keyring.count <= maximumBytes else {
            return .refused("it is larger than \(maximumBytes >> 20) MiB")
        }
        let directory = try PrivateDirectory(in: scratchDirectory())
        try directory.write("signature", signature)
        try directory.write("keyring", keyring)
        do throws(HostError) {
            return try verify(app, directory.path)
        } catch  where error.code == .notFound {
            return .unverified(error.message)
        }
    }

    private static func verify(_ app: AppID, _ directory: String) throws(HostError) -> AuthorProof {
        let gpg = [
            "gpg", "--homedir", directory, "--batch", "--no-tty", "--quiet", "--no-options", "--no-autostart",
            "--no-auto-key-locate", "--no-auto-key-retrieve", "--trust-model", "always",
        ]
        var status = ""
        do throws(HostError) {
            try ToolProcess.run(gpg + ["--import", "\(directory)/keyring"], package: "gpg", isSilent: true)
            // What is signed may be compressed: no more of it than such a line is taken.
            try ToolProcess.run(
                gpg + [
                    "--status-fd", "1", "--max-output", "4096", "--output", "\(directory)/text", "--decrypt",
                    "\(directory)/signature",
                ], package: "gpg", isSilent: true
            ) { status += String(decoding: $0, as: UTF8.self) }
        } catch  where error.code == .failed {
            return .refused("its signature was not made by a key in the package, or is damaged")
        }
        let text = String(decoding: try readFile("\(directory)/text", maximumBytes: 8192), as: UTF8.self)
        let line = "I am the author of the Sandstorm.io app with the following ID: \(app.text)"
        guard text == line || text == "\(line)\n" else { return .refused("what is signed is not about this app") }
        guard let fingerprint = fingerprint(status) else { return .refused("gpg names no key that signed it") }
        return .verified(fingerprint: fingerprint)
    }

    /// From `[GNUPG:] VALIDSIG FINGERPRINT … PRIMARY`: the last of its ten words is the primary key's (GnuPG, doc/DETAILS).
    private static func fingerprint(_ status: String) -> String? {
        let lines = status.split(separator: "\n").map { $0.split(separator: " ") }
        let valid = lines.filter { $0.starts(with: ["[GNUPG:]", "VALIDSIG"]) }
        guard valid.count == 1, valid[0].count > 2 else { return nil }
        return String(valid[0].count > 11 ? valid[0][11] : valid[0][2])
    }
}

/// A directory for this process alone, removed with this object.
final class PrivateDirectory {
    let path: String

    init(in parent: String) throws(HostError) {
        var template = Array("\(parent)/barchan-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw fileError("make a directory in", parent) }
        path = made
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(HostError) {
        let number = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw fileError("make file", "\(path)/\(name)") }
        let file = OwnedDescriptor(takingOwnershipOf: number)
        try writeFully(bytes, to: file.rawValue, "\(path)/\(name)")
    }

    deinit { try? ToolProcess.run(["rm", "-rf", "--", path], package: "coreutils") }
}
