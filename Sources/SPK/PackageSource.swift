import Barchan

/// A tree of files to be packed.
public struct PackageSource: Sendable {
    public enum Content: Sendable {
        /// Bytes that are at hand.
        case bytes([UInt8], isExecutable: Bool)
        /// Bytes that are read when they are needed; `reference` is for whoever reads them.
        case file(reference: String, byteCount: Int, isExecutable: Bool)
        case link(target: [UInt8])
        case directory([PackageSource])
    }

    public var name: [UInt8]
    public var content: Content
    /// Nanoseconds since 1970.
    public var modifiedNanoseconds: Int64

    public init(name: [UInt8], content: Content, modifiedNanoseconds: Int64 = 0) {
        self.name = name
        self.content = content
        self.modifiedNanoseconds = modifiedNanoseconds
    }

    /// Something the packer adds by itself, dated 1970 so that the package stays the same.
    public static func injected(_ name: String, _ content: Content) -> PackageSource {
        PackageSource(name: [UInt8](name.utf8), content: content)
    }
}

extension [PackageSource] {
    /// Adds an entry, or replaces the one of the same name.
    public mutating func set(_ entry: PackageSource) {
        removeAll { $0.name == entry.name }
        append(entry)
    }

    /// Dates nothing later than `seconds` since 1970.
    public mutating func limitDates(to seconds: Int64) {
        let latest = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !latest.overflow else { return }
        for index in indices {
            self[index].modifiedNanoseconds = Swift.min(self[index].modifiedNanoseconds, latest.partialValue)
            guard case .directory(var inner) = self[index].content else { continue }
            inner.limitDates(to: seconds)
            self[index].content = .directory(inner)
        }
    }

    /// Adds an empty directory, or an empty file in one, where nothing of that name is.
    public mutating func addMountPoints() {
        for name in ["dev", "tmp", "var"] where !contains(where: { $0.name == [UInt8](name.utf8) }) {
            append(.injected(name, .directory([])))
        }
        let cpuinfo = PackageSource.injected("cpuinfo", .bytes([], isExecutable: false))
        guard let index = firstIndex(where: { $0.name == [UInt8]("proc".utf8) }) else {
            return append(.injected("proc", .directory([cpuinfo])))
        }
        guard case .directory(var inner) = self[index].content else { return }
        guard !inner.contains(where: { $0.name == cpuinfo.name }) else { return }
        inner.append(cpuinfo)
        self[index].content = .directory(inner)
    }
}
