import Barchan
import SPK

/// Gives libFuzzer's bytes to everything that reads packages: as a whole file, as what is in one behind a good signature, as a
/// manifest, and as an archive of another kind. Nothing is written anywhere.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPackage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    PackageReading.wholeFile(bytes)
    PackageReading.archive(bytes)
    _ = try? AppManifest(manifestFile: bytes, limits: PackageReading.limits)
    PackageReading.tar(bytes)
    return 0
}

enum PackageReading {
    /// Small ones, so that a short text reaches them.
    static let limits = {
        var limits = PackageLimits()
        limits.expandedBytes = 1 << 20
        limits.entries = 200
        limits.depth = 8
        limits.decoderBytes = 8 << 20
        limits.decoderThreads = 1
        return limits
    }()

    /// The way a file goes on its way in, in pieces.
    static func wholeFile(_ bytes: [UInt8]) {
        do throws(HostError) {
            let expander = try PackageExpander(limits: limits)
            var signed = try SignedArchive()
            var archive: [UInt8] = []
            func take(_ piece: UnsafeRawBufferPointer) throws(HostError) {
                try signed.feed(piece) { part throws(HostError) in archive.append(contentsOf: part) }
            }
            for piece in stride(from: 0, to: bytes.count, by: 61) {
                try lend(Array(bytes[piece..<min(piece + 61, bytes.count)])) { part throws(HostError) in
                    try expander.feed(part) { expanded throws(HostError) in try take(expanded) }
                }
            }
            _ = try expander.finish { expanded throws(HostError) in try take(expanded) }
            _ = try signed.finish()
            PackageReading.archive(archive)
        } catch {
            precondition(error.code == .invalidArgument, "a bad file is a bad file: \(error)")
        }
    }

    static func archive(_ bytes: [UInt8]) {
        let owner = Lent(bytes)
        do throws(HostError) {
            let archive = try Archive(bytes: owner.bytes, owner: owner, limits: limits)
            _ = try archive.check()
            var names: [[UInt8]] = []
            try archive.walk(0) { entry, depth throws(HostError) in
                names.append(entry.name)
                if case .file(let data, _) = entry.content {
                    precondition(data.count <= bytes.count)
                    _ = try? AppManifest(manifestFile: data.array, limits: limits)
                }
                return depth + 1
            }
            precondition(names.allSatisfy { !$0.isEmpty && !$0.contains(0x2f) && !$0.contains(0) })
        } catch {
            precondition(error.code == .invalidArgument, "a bad archive is a bad one: \(error)")
        }
    }

    /// Images of containers and Debian packages come as these.
    static func tar(_ bytes: [UInt8]) {
        var reader = TarReader()
        let owner = Lent(bytes)
        do throws(HostError) {
            try reader.feed(owner.bytes, entry: { _ in }, data: { _ in })
            try reader.finish()
        } catch {}
    }

    private static func lend(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        let owner = Lent(bytes)
        try body(owner.bytes)
    }
}

/// Bytes at a place of their own.
final class Lent {
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawBufferPointer

    init(_ content: [UInt8]) {
        memory = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 8)
        memory.copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(memory)
    }

    deinit { memory.deallocate() }
}
