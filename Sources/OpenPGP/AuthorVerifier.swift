import Barchan
import Glibc
import SPK

/// Finds out whether an author's proof holds, with gpg(1).
///
/// Keys and signature are whatever a stranger put into a package, so gpg is a process for them alone: without network, with a
/// home that goes with it, and able to write nowhere else; see ``ConfinedProgram``. Nobody's own keyring is looked at.
public struct AuthorVerifier: Sendable {
    /// A key that was made to keep gpg busy gets no further than this.
    public static let limit = Duration.seconds(120)
    /// What gpg may say, and how long a signed text may be.
    private static let maximumOutputBytes = 64 << 10, maximumTextBytes = 4_096

    private let program: String
    private let limit: Duration

    /// - Parameter program: A name to look for in PATH, or a path; empty when nothing is to be verified.
    /// - Parameter limit: As long may each run of the program take.
    public init(program: String = "gpg", limit: Duration = AuthorVerifier.limit) {
        self.program = program
        self.limit = limit
    }

    /// Blocks until the answer is there: one that says why when there is none.
    /// - Parameters:
    ///   - manifestFile: The bytes of `/sandstorm-manifest`.
    ///   - scratch: A directory in which one is made, named `.new-author-…`, and removed again.
    public func verify(manifestFile: [UInt8], app: AppID, scratch: String) -> AuthorProof {
        do throws(HostError) {
            guard let proof = try AuthorSignature(manifestFile: manifestFile) else { return .absent }
            if program.isEmpty { return .unverified(reason: "the setting 'gpg' names no program that could") }
            guard let path = ConfinedProgram.path(of: program) else {
                return .unverified(reason: "there is no program '\(program)' here, of the Debian package 'gpg'")
            }
            let home = try ScratchDirectory(in: scratch)
            try home.write("signature", proof.signature)
            try home.write("keyring", proof.keyring)
            return try verify(app, path, home)
        } catch {
            return .unverified(reason: error.message)
        }
    }

    private func verify(_ app: AppID, _ path: String, _ home: ScratchDirectory) throws(HostError) -> AuthorProof {
        let imported = try run(path, ["--import", "\(home.path)/keyring"], home)
        guard imported.status == 0 else { return .wrong(reason: "the keys in the package cannot be read") }
        // What is signed may be compressed: no more of it than such a line is taken.
        let decrypted = try run(
            path,
            [
                "--status-fd", "1", "--max-output", "\(Self.maximumTextBytes)", "--output", "\(home.path)/text",
                "--decrypt", "\(home.path)/signature",
            ], home)
        guard decrypted.status == 0 else {
            return .wrong(reason: "its signature was not made by a key in the package, or is damaged")
        }
        let text = try home.read("text", maximumBytes: 2 * Self.maximumTextBytes)
        let statement = AuthorSignature.statement(about: app)
        guard [statement, "\(statement)\n"].contains(String(decoding: text, as: UTF8.self)) else {
            return .wrong(reason: "what is signed is not about this app")
        }
        return Self.outcome(status: String(decoding: decrypted.output, as: UTF8.self))
    }

    private func run(
        _ path: String, _ arguments: [String], _ home: ScratchDirectory
    ) throws(HostError) -> ConfinedProgram.Outcome {
        let settings = [
            "--homedir", home.path, "--batch", "--no-tty", "--quiet", "--no-options", "--no-autostart",
            "--disable-dirmngr", "--no-auto-key-locate", "--no-auto-key-retrieve", "--trust-model", "always",
        ]
        return try ConfinedProgram(
            path: path, arguments: [path] + settings + arguments, writable: home.path,
            maximumOutputBytes: Self.maximumOutputBytes, limit: limit
        ).run()
    }

    /// From `[GNUPG:] VALIDSIG FINGERPRINT … PRIMARY`: the last of its ten words is the primary key's (GnuPG, doc/DETAILS).
    private static func outcome(status: String) -> AuthorProof {
        let lines = status.split(separator: "\n").map { $0.split(separator: " ") }
        if lines.contains(where: { $0.starts(with: ["[GNUPG:]", "REVKEYSIG"]) }) {
            return .wrong(reason: "the key that made its signature was revoked")
        }
        let valid = lines.filter { $0.starts(with: ["[GNUPG:]", "VALIDSIG"]) }
        guard valid.count == 1, valid[0].count > 2 else { return .wrong(reason: "gpg names no key that signed it") }
        let fingerprint = String(valid[0].count > 11 ? valid[0][11] : valid[0][2])
        guard !fingerprint.isEmpty, fingerprint.utf8.count <= 64, fingerprint.allSatisfy(\.isHexDigit) else {
            return .wrong(reason: "gpg names no key that signed it")
        }
        return .verified(fingerprint: fingerprint)
    }
}
