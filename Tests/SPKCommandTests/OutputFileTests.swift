import Foundation
import Glibc
import Testing

/// What is there under the name that a command was told to write.
@Suite struct OutputFileTests {
    private let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.spk("keygen")
        try workshop.write("tree/run", "#!/bin/sh", isExecutable: true)
    }

    private func pack(_ output: String) throws -> Workshop.Outcome {
        try workshop.spk("pack", "--root", "tree", "--title", "T", "--command", "/run", output)
    }

    private func kind(_ name: String) throws -> mode_t {
        var facts = stat()
        try #require(lstat("\(workshop.path)/\(name)", &facts) == 0)
        return facts.st_mode & S_IFMT
    }

    /// Nothing but what the test made, and no file under another name.
    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workshop.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test func aDeviceStaysOne() throws {
        let made = try device("device")
        #expect(try pack("device").status == 0)
        #expect(try kind("device") == made)
        #expect(try names() == ["device", "tree"])
    }

    /// Of the kind of /dev/null; where none can be made or opened, a link to that.
    private func device(_ name: String) throws -> mode_t {
        let path = "\(workshop.path)/\(name)"
        if mknod(path, S_IFCHR | 0o666, 1 << 8 | 3) == 0 {
            let number = open(path, O_WRONLY | O_CLOEXEC)
            if number >= 0 {
                close(number)
                return S_IFCHR
            }
            unlink(path)
        }
        try workshop.link(name, to: "/dev/null")
        return S_IFLNK
    }

    @Test func aFIFOIsWrittenInto() throws {
        try #require(mkfifo("\(workshop.path)/fifo", 0o600) == 0)
        // Read from by us: opened for both, so that nobody waits for the other end; the package is smaller than a pipe.
        let number = open("\(workshop.path)/fifo", O_RDWR | O_CLOEXEC)
        try #require(number >= 0)
        defer { close(number) }
        #expect(try pack("fifo").status == 0)
        #expect(try kind("fifo") == S_IFIFO)
        #expect(try pack("app.spk").status == 0)
        let whole = try workshop.bytes("app.spk")
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = read(number, &bytes, bytes.count)
        #expect(Data(bytes.prefix(max(0, count))) == whole)
    }

    @Test func aLinkStaysOneAndWhatItLeadsToIsReplaced() throws {
        try workshop.write("folder/old", "old")
        try workshop.link("folder/near", to: "old")
        try workshop.link("link", to: "folder/near")
        #expect(try pack("link").status == 0)
        #expect(try kind("link") == S_IFLNK)
        #expect(try kind("folder/near") == S_IFLNK)
        #expect(try workshop.spk("verify", "folder/old").status == 0)
        #expect(try names() == ["folder", "link", "tree"])
    }

    @Test func aLinkToNothingYet() throws {
        try workshop.link("link", to: "new.spk")
        #expect(try pack("link").status == 0)
        #expect(try kind("link") == S_IFLNK)
        #expect(try workshop.spk("verify", "new.spk").status == 0)
    }

    @Test(arguments: ["folder", "round", "tree/run/app.spk"]) func whatCannotBeWritten(name: String) throws {
        try workshop.write("folder/file", "kept")
        try workshop.link("round", to: "round")
        let outcome = try pack(name)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(name), "\(outcome.errors)")
        #expect(try names() == ["folder", "round", "tree"])
        #expect(try workshop.read("folder/file") == "kept")
    }

    @Test func aDefinitionAndAKeyringBehindLinks() throws {
        try workshop.write("definition", "old")
        try workshop.link("link.capnp", to: "definition")
        let made = try workshop.spk("init", "--raw", "--output", "link.capnp", "--force", "--", "/run")
        #expect(made.status == 0, "\(made.errors)")
        #expect(try kind("link.capnp") == S_IFLNK)
        #expect(try workshop.read("definition").contains("PackageDefinition"))

        try FileManager.default.moveItem(
            atPath: "\(workshop.path)/.sandstorm-keyring", toPath: "\(workshop.path)/keys")
        try workshop.link(".sandstorm-keyring", to: "keys")
        let sealed = try workshop.run(["keyring", "--seal"], environment: ["BARCHAN_KEYRING_NEW_PASSPHRASE": "word"])
        #expect(sealed.status == 0, "\(sealed.errors)")
        #expect(try kind(".sandstorm-keyring") == S_IFLNK)
        #expect(try workshop.bytes("keys").count > 0)
    }
}
