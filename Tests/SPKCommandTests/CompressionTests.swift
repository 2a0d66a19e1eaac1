import Foundation
import Testing

/// Packages that the xz program compressed, in each way it can.
@Suite struct CompressionTests {
    private let workshop: Workshop
    private let app: String

    init() throws {
        workshop = try Workshop()
        app = try workshop.spk("keygen").output
        try workshop.write("tree/run", "#!/bin/sh", isExecutable: true)
        let packed = try workshop.spk(
            "pack", "--root", "tree", "--title", "T", "--command", "/run", "plain.spk")
        try #require(packed.status == 0, "\(packed.errors)")
    }

    /// - Parameter script: Compresses `$1` to its standard output.
    private func packAgain(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c",
            """
            set -e -o pipefail
            head -c 8 plain.spk > app.spk
            tail -c +9 plain.spk | xz -dc > content
            set -- content
            { \(script); } >> app.spk
            """,
        ]
        process.currentDirectoryURL = URL(filePath: workshop.path)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test(
        arguments: [
            "xz -9 -c $1", "xz -9e -T2 -c $1", "xz -0 -C none -c $1", "xz -C sha256 -c $1",
            "head -c 200 $1 | xz; tail -c +201 $1 | xz -9", "xz -c $1; head -c 8 /dev/zero", "xz -c $1; xz < /dev/null",
            "head -c 9 $1 | xz; head -c 4 /dev/zero; tail -c +10 $1 | xz; head -c 12 /dev/zero",
        ])
    func isTaken(script: String) throws {
        try packAgain(script)
        let verified = try workshop.spk("verify", "app.spk")
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(verified.output == app)
        let unpacked = try workshop.spk("unpack", "app.spk", "out")
        #expect(unpacked.status == 0, "\(unpacked.errors)")
        #expect(try workshop.read("out/run") == "#!/bin/sh")
    }

    @Test(
        arguments: [
            "xz -c $1; head -c 3 /dev/zero", "head -c 4 /dev/zero; xz -c $1", "xz -c $1; echo more", "xz -c $1; cat $1",
            "head -c 200 $1 | xz", "xz --format=lzma -c $1",
        ])
    func isRefused(script: String) throws {
        try packAgain(script)
        let verified = try workshop.spk("verify", "app.spk")
        #expect(verified.status == 1)
        #expect(verified.errors.contains("package"), "\(verified.errors)")
    }

    @Test(arguments: ["xz -c $1; printf more", "xz -c $1; head -c 11 /dev/urandom"])
    func whatComesBehindIsSaidToBeThere(script: String) throws {
        try packAgain(script)
        let verified = try workshop.spk("verify", "app.spk")
        #expect(verified.status == 1 && verified.errors.contains("followed by something else"), "\(verified.errors)")
    }

    /// xz(1) gives the memory for decompression as the dictionary and about a megabyte.
    @Test(arguments: [96, 256]) func aLargerDictionaryIsRefusedWithWhatItTakes(mebibytes: Int) throws {
        try packAgain("xz --lzma2=preset=0,dict=\(mebibytes)MiB -c $1")
        let verified = try workshop.spk("verify", "app.spk")
        #expect(verified.status == 1)
        #expect(verified.errors.contains("70 MiB"), "\(verified.errors)")
        #expect(verified.errors.contains("\(mebibytes + 1) MiB"), "\(verified.errors)")
    }
}
