import Barchan
import CapnProto
import Foundation
import GrainSchemas
import OpenPGP
import SPK
import Testing

/// Who a package's author is, found out with gpg when it is installed (specification, section 1.5). Keys and signatures are made with
/// gpg as authors make them.
@Suite struct AuthorTests {
    /// Somebody with a key.
    private struct Author {
        let home: String
        let fingerprint: String
        let key: [UInt8]

        init(_ name: String, in scratch: Scratch) throws {
            home = "\(scratch.path)/\(name)"
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            _ = try Author.gpg(
                home, ["--quick-generate-key", "\(name) <\(name)@example.com>", "ed25519", "sign", "never"])
            let listing = String(
                decoding: try Author.gpg(home, ["--with-colons", "--fingerprint"]), as: UTF8.self)
            let record = try #require(listing.split(separator: "\n").first { $0.hasPrefix("fpr:") })
            fingerprint = String(try #require(record.split(separator: ":").last))
            key = try Author.gpg(home, ["--export"])
        }

        func sign(_ text: String) throws -> [UInt8] { try Author.gpg(home, ["--sign"], input: text) }

        static func gpg(_ home: String, _ arguments: [String], input: String = "") throws -> [UInt8] {
            let process = Process(), output = Pipe(), standardInput = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/gpg")
            process.arguments =
                ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""] + arguments
            process.standardOutput = output
            process.standardInput = standardInput
            process.standardError = FileHandle.nullDevice
            try process.run()
            try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try standardInput.fileHandleForWriting.close()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "gpg \(arguments)")
            return Array(bytes)
        }
    }

    private static func manifest(signature: [UInt8]?, keyring: [UInt8]) -> [UInt8] {
        let message = MessageBuilder()
        let manifest = message.initRoot(Wire.Manifest.self)
        manifest.initAppTitle().setDefaultText("Signed")
        manifest.setAppVersion(1)
        manifest.initContinueCommand().setArgv(["/run"])
        guard let signature else { return message.streamBytes }
        let metadata = manifest.initMetadata()
        metadata.initAuthor().setPgpSignature(signature)
        metadata.setPgpKeyring(keyring)
        return message.streamBytes
    }

    /// A package file of an app with this key.
    private static func package(_ key: AppKey, _ manifest: [UInt8]) throws -> [UInt8] {
        let tree: [PackageSource] = [
            .injected("sandstorm-manifest", .bytes(manifest, isExecutable: false)),
            .injected("var", .directory([])), .injected("tmp", .directory([])), .injected("dev", .directory([])),
            .injected("proc", .directory([])),
        ]
        let file = Collected()
        _ = try PackageWriter(tree: tree, key: key) { _, _ in }.write(to: { bytes in file.bytes += Array(bytes) })
        return file.bytes
    }

    private func install(_ bytes: [UInt8], _ storage: any StorageProvider) async throws -> InstalledPackage {
        try await storage.packages.install(BufferedBytes(bytes), expecting: nil, progress: { _ in })
    }

    private static func statement(_ key: AppKey) -> String {
        "I am the author of the Sandstorm.io app with the following ID: \(key.app)"
    }

    @Test(arguments: packageStores) func aProofThatHoldsIsKeptWithTheKey(_ store: String) async throws {
        let scratch = try Scratch(), settings = ["packageStore": SettingValue.string(store)]
        let author = try Author("ada", in: scratch), key = try AppKey.generate()
        let manifest = Self.manifest(signature: try author.sign("\(Self.statement(key))\n"), keyring: author.key)
        let before = try FileManager.default.subpathsOfDirectory(atPath: author.home).sorted()
        var storage: (any StorageProvider)? = try await scratch.storage(settings)
        let package = try await install(try Self.package(key, manifest), try #require(storage))
        #expect(package.authorProof == .verified(fingerprint: author.fingerprint))
        // Nothing is left of the place where that was found out, and nobody's own keys were touched.
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/packages")
        #expect(names == [package.identifier.text])
        #expect(try FileManager.default.subpathsOfDirectory(atPath: author.home).sorted() == before)
        await (storage as? any ClosableStorageProvider)?.close()
        storage = nil
        let again = try await scratch.storage(settings)
        #expect(try await again.packages.installed().map(\.authorProof) == [package.authorProof])
        await (again as? any ClosableStorageProvider)?.close()
    }

    @Test func aProofThatDoesNotHoldIsKeptWithItsReason() async throws {
        let scratch = try Scratch(), storage = try await scratch.storage()
        let ada = try Author("ada", in: scratch), eve = try Author("eve", in: scratch)
        func proof(_ change: (AppKey) throws -> (signature: [UInt8]?, keyring: [UInt8])) async throws -> AuthorProof {
            let key = try AppKey.generate(), (signature, keyring) = try change(key)
            return try await install(
                try Self.package(key, Self.manifest(signature: signature, keyring: keyring)), storage
            ).authorProof
        }
        let other = try AppKey.generate()
        #expect(
            try await proof { _ in (try ada.sign(Self.statement(other)), ada.key) }
                == .wrong(reason: "what is signed is not about this app"))
        #expect(
            try await proof { (try ada.sign(Self.statement($0)), eve.key) }
                == .wrong(reason: "its signature was not made by a key in the package, or is damaged"))
        #expect(
            try await proof { (try ada.sign(Self.statement($0)), [1, 2, 3]) }
                == .wrong(reason: "the keys in the package cannot be read"))
        #expect(
            try await proof { _ in ([], ada.key) }
                == .wrong(reason: "its signature was not made by a key in the package, or is damaged"))
        // A text that grows a thousandfold.
        let long = try ada.sign(String(repeating: "a", count: 8 << 20))
        #expect(long.count < 1 << 20)
        #expect(try await proof { _ in (long, ada.key) }.name == "wrong")
        let large = [UInt8](repeating: 0, count: AuthorSignature.maximumBytes + 1)
        #expect(try await proof { _ in (large, ada.key) } == .unverified(reason: "it is larger than 1 MiB"))
        #expect(try await proof { _ in (nil, []) } == .absent)
    }

    @Test func withoutGPGItIsUnverifiedUntilItIsInstalledAgainWithIt() async throws {
        let scratch = try Scratch(), author = try Author("ada", in: scratch), key = try AppKey.generate()
        let file = try Self.package(
            key, Self.manifest(signature: try author.sign(Self.statement(key)), keyring: author.key))
        for (program, word) in [("/nonexistent/gpg", "there is no program"), ("", "the setting 'gpg'")] {
            let storage = try await scratch.storage(["gpg": .string(program)])
            let proof = try await install(file, storage).authorProof
            #expect(proof.name == "unverified" && proof.reason?.contains(word) == true, "\(proof)")
        }
        let storage = try await scratch.storage()
        let package = try #require(try await storage.packages.installed().first)
        #expect(package.authorProof.name == "unverified")
        let verified = AuthorProof.verified(fingerprint: author.fingerprint)
        #expect(try await install(file, storage).authorProof == verified)
        #expect(try await storage.packages.package(package.identifier)?.authorProof == verified)
        #expect(try await scratch.storage().packages.package(package.identifier)?.authorProof == verified)
        // As an older host left it.
        let facts = "\(scratch.path)/packages/\(package.identifier)/facts"
        let lines = try String(contentsOfFile: facts, encoding: .utf8).split(separator: "\n")
        try lines.filter { !$0.hasPrefix("author") }.map { "\($0)\n" }.joined()
            .write(toFile: facts, atomically: true, encoding: .utf8)
        let old = try await scratch.storage().packages.package(package.identifier)
        #expect(old?.authorProof.reason == "nobody has looked since it was installed; install it again")
    }

    /// What stands in for gpg is a program that does what a gpg would do that somebody has got hold of.
    @Test(arguments: [
        ("while :; do sleep 1000; done", "it did not end within"), ("sleep 1000 & exit 0", ""),
        ("yes", "it says more than"),
        ("exec sleep 1000 >/dev/null", "it did not end within"),
    ]) func aProgramThatDoesNotEndIsEnded(_ script: String, _ reason: String) throws {
        let scratch = try Scratch(), program = try fake(script, in: scratch)
        // It is too short for what never ends, and too long for what does.
        let limit: Duration = reason.hasPrefix("it did") ? .milliseconds(300) : .seconds(300)
        let proof = AuthorVerifier(program: program, limit: limit).verify(
            manifestFile: Self.manifest(signature: [1], keyring: [2]), app: try AppKey.generate().app,
            scratch: scratch.path)
        #expect(proof.name != "verified")
        #expect(reason.isEmpty || proof.reason?.contains(reason) == true, "\(proof)")
    }

    /// Each attempt succeeds without the confinement, and what a program may do succeeds with it.
    @Test func theProgramReachesNothing() throws {
        let scratch = try Scratch(), manifest = Self.manifest(signature: [1], keyring: [2])
        let (listener, port) = try listening()
        defer { close(listener) }
        let control = "\(scratch.path)/control"
        try FileManager.default.createDirectory(atPath: control, withIntermediateDirectories: false)
        try "secret".write(toFile: "\(scratch.path)/secret", atomically: true, encoding: .utf8)
        let attempts = [
            "cat \(scratch.path)/secret", "cat /etc/passwd", "ls \(scratch.path)", "echo >> \(scratch.path)/new",
            "ln -s / \"$HOME/link\"", "mkfifo \"$HOME/pipe\"", "exec 9<>/dev/tcp/127.0.0.1/\(port)",
        ]
        for attempt in attempts + ["echo > \"$HOME/mine\"", "mkdir \"$HOME/more\"", "cat /usr/bin/gpg"] {
            let program = try fake("if ( \(attempt) ) 2>/dev/null >&2; then exit 0; else exit 1; fi", in: scratch)
            #expect(try run(["/usr/bin/env", "HOME=\(control)", program]) == 0, "control: \(attempt)")
            let proof = AuthorVerifier(program: program).verify(
                manifestFile: manifest, app: try AppKey.generate().app, scratch: scratch.path)
            // It tells by its status, of which 1 is what gpg says of keys that it cannot read.
            let isRefused = proof == .wrong(reason: "the keys in the package cannot be read")
            #expect(isRefused == attempts.contains(attempt), "\(attempt): \(proof)")
        }
    }

    /// A socket of loopback that takes connections.
    private func listening() throws -> (socket: CInt, port: UInt16) {
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        try #require(number >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) == 0 && listen(number, 16) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        try #require(isBound)
        return (number, UInt16(bigEndian: address.sin_port))
    }

    /// Written by a process of its own: what this one has open for writing, a child of another test may have, too, and a program
    /// that somebody has open for writing cannot be run.
    private func fake(_ script: String, in scratch: Scratch) throws -> String {
        let path = "\(scratch.path)/fake-gpg", write = #"printf '#!/bin/bash\n%s\n' "$1" > "$2" && chmod 755 "$2""#
        try #require(try run(["/bin/sh", "-c", write, "sh", script, path]) == 0)
        return path
    }
}
