import Barchan
import Glibc
import SPK
import Testing

/// A file of Tests/Fixtures/spk.
func fixture(_ name: String) throws -> [UInt8] {
    let here = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try #require(fopen("/\(here)/Fixtures/spk/\(name)", "re"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
}

/// Bytes in memory as the archive of a package.
final class ArchiveBytes {
    let bytes: UnsafeRawBufferPointer

    init(_ content: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(8, content.count), alignment: 8)
        copy.copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(rebasing: copy[..<content.count])
    }

    deinit { bytes.deallocate() }
}

struct Verified {
    var package: PackageID
    var app: AppID
    var archiveBytes: [UInt8]
}

/// Reads a whole package file, fed in pieces of `pieceBytes`.
func verify(
    _ file: [UInt8], pieceBytes: Int = 1 << 20, limits: PackageLimits = PackageLimits()
) throws(HostError) -> Verified {
    let expander = try PackageExpander(limits: limits)
    var signed = try SignedArchive()
    var archive: [UInt8] = []
    func take(_ bytes: UnsafeRawBufferPointer) throws(HostError) {
        try signed.feed(bytes) { bytes throws(HostError) in archive.append(contentsOf: bytes) }
    }
    var position = 0
    while position < file.count {
        let piece = Array(file[position..<min(position + pieceBytes, file.count)])
        try piece.withUnsafeBufferPointer { bytes throws(HostError) in
            try expander.feed(UnsafeRawBufferPointer(bytes), take)
        }
        position += piece.count
    }
    let package = try expander.finish(take)
    return Verified(package: package, app: try signed.finish(), archiveBytes: archive)
}

/// The tree of an archive as lines: kind, path, time, content.
func listing(_ archive: [UInt8], limits: PackageLimits = PackageLimits()) throws(HostError) -> [String] {
    let owner = ArchiveBytes(archive)
    var lines: [String] = []
    try Archive(bytes: owner.bytes, owner: owner, limits: limits).walk("") { entry, parent throws(HostError) in
        let path = parent + "/" + String(decoding: entry.name, as: UTF8.self)
        let time = entry.modifiedNanoseconds
        switch entry.content {
        case .file(let data, let isExecutable):
            lines.append("\(isExecutable ? "program" : "file") \(path) \(time) \(data.count)")
        case .link(let target): lines.append("link \(path) \(time) \(String(decoding: target, as: UTF8.self))")
        case .directory: lines.append("directory \(path) \(time)")
        }
        return path
    }
    return lines
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> HostError? {
    do { try body() } catch { return error as? HostError }
    return nil
}

/// A package made of a tree in memory.
func pack(_ tree: [PackageSource], key: AppKey) throws -> [UInt8] {
    let output = Collected()
    _ = try PackageWriter(tree: tree, key: key) { _, _ in }.write(to: { bytes in output.bytes += Array(bytes) })
    return output.bytes
}

final class Collected {
    var bytes: [UInt8] = []
}
