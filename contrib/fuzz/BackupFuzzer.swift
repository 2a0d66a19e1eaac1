import Barchan
import GrainBackup
import ZIP

/// Gives libFuzzer's bytes to everything that reads backups before anything of them is on the disk.
///
/// Whatever the reader accepts must be what the code that unpacks relies on: names that lead nowhere else, each once, and
/// no more content than announced and allowed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBackup(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var limits = ZIPLimits()
    limits.expandedBytes = 1 << 20
    limits.entries = 64
    limits.directoryBytes = 16 << 10
    let source = FuzzedBytes([UInt8](UnsafeBufferPointer(start: start, count: count)))
    guard let archive = try? ZIPReader(source, limits: limits) else { return 0 }
    precondition(archive.members.count <= limits.entries, "the number of entries is limited")
    _ = try? BackupLayout.metadata(of: archive)
    var names: Set<[UInt8]> = [], expanded: Int64 = 0
    for member in archive.members {
        check(member.entry.name, limits)
        precondition(names.insert(member.entry.name).inserted, "every name is there once")
        var size: Int64 = 0
        _ = try? archive.expand(member) { (bytes) throws(HostError) in
            size += Int64(bytes.count)
            precondition(size <= member.entry.size, "no more content than announced")
        }
        expanded += size
    }
    precondition(expanded <= limits.expandedBytes, "the content together is limited")
    return 0
}

/// A name can be used below a directory as it is.
private func check(_ name: [UInt8], _ limits: ZIPLimits) {
    precondition(!name.isEmpty && name.count <= limits.nameBytes, "names have a length")
    let components = name.split(separator: 0x2f, omittingEmptySubsequences: false)
    precondition(components.count <= limits.depth, "the depth is limited")
    for component in components {
        precondition(!component.isEmpty && component.count <= limits.componentBytes, "components have a length")
        precondition(!component.elementsEqual(".".utf8) && !component.elementsEqual("..".utf8), "no way out")
        precondition(!component.contains(0), "names end where they end")
    }
}

private final class FuzzedBytes: ZIPSource {
    private let bytes: [UInt8]
    var size: Int64 { Int64(bytes.count) }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(at offset: Int64, count: Int) throws(HostError) -> [UInt8] {
        // Its contract: bytes that are there. Anything else traps.
        Array(bytes[Int(offset)..<Int(offset) + count])
    }
}
