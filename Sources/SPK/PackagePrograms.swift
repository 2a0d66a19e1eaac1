import Barchan

/// Something in a package, as far as starting a program asks.
public enum PackagedName: Sendable {
    case program, plainFile, directory
    case link(target: [UInt8])
}

/// Whether a grain finds what a command starts: follows paths and links in a package as the kernel does for a grain.
public struct PackagePrograms {
    /// What a path leads to.
    public enum Finding: Sendable {
        case program, noProgram, missing
        /// A place where every grain has something of its own.
        case elsewhere
    }

    private let lookUp: ([[UInt8]]) throws(HostError) -> PackagedName?
    /// As Linux.
    private static let maximumLinks = 40
    private static let mounted: Set<[UInt8]> = Set(["dev", "proc", "tmp", "var"].map { Array($0.utf8) })

    public init(of archive: Archive) { lookUp = { path throws(HostError) in try archive.name(at: path) } }

    public init(of tree: [PackageSource]) { lookUp = { path throws(HostError) in tree.name(at: path) } }

    /// - Parameter path: Absolute, or relative to `/`, where grains start.
    public func find(_ path: String) throws(HostError) -> Finding {
        var place: [[UInt8]] = [], rest = Self.components(Array(path.utf8)), links = 0
        while let name = rest.popLast() {
            if name == Array("..".utf8) {
                _ = place.popLast()
                continue
            }
            if place.isEmpty, Self.mounted.contains(name) { return .elsewhere }
            switch try lookUp(place + [name]) {
            case nil: return .missing
            case .program?: return rest.isEmpty ? .program : .missing
            case .plainFile?: return rest.isEmpty ? .noProgram : .missing
            case .directory?: place.append(name)
            case .link(let target)?:
                links += 1
                guard links <= Self.maximumLinks else { return .missing }
                if target.first == 0x2f { place = [] }
                rest += Self.components(target)
            }
        }
        return .noProgram
    }

    /// The parts of a path, the last one first.
    private static func components(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: 0x2f).map { Array($0) }.filter { $0 != [0x2e] }.reversed()
    }
}

extension [PackageSource] {
    fileprivate func name(at path: [[UInt8]]) -> PackagedName? {
        var entries = self
        for (depth, name) in path.enumerated() {
            guard let entry = entries.first(where: { $0.name == name }) else { return nil }
            guard depth == path.count - 1 else {
                guard case .directory(let inner) = entry.content else { return nil }
                entries = inner
                continue
            }
            return switch entry.content {
            case .bytes(_, let isExecutable), .file(_, _, let isExecutable): isExecutable ? .program : .plainFile
            case .link(let target): .link(target: target)
            case .directory: .directory
            }
        }
        return nil
    }
}
