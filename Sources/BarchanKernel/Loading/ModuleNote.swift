import Barchan

/// What a module says of itself before any of its code runs: the ELF note with owner `Barchan` and type 1.
public struct ModuleNote: Equatable, Sendable {
    public struct Version: Equatable, Comparable, Sendable, CustomStringConvertible {
        public let major: UInt32, minor: UInt32
        public init(_ major: UInt32, _ minor: UInt32) {
            self.major = major
            self.minor = minor
        }
        public var description: String { "\(major).\(minor)" }
        public static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }
    }

    /// The version of the contract the module was built against.
    public let contract: Version
    /// The version of Swift it was built with.
    public let swift: Version

    public init(contract: Version, swift: Version) {
        self.contract = contract
        self.swift = swift
    }

    /// Nil when there is no such note or it is too short.
    public init?(_ notes: [ELFImage.Note]) {
        guard let note = notes.first(where: { $0.owner == "Barchan" && $0.type == 1 })?.description,
            let major = note.littleEndian(UInt32.self, at: 0), let minor = note.littleEndian(UInt32.self, at: 4),
            let swiftMajor = note.littleEndian(UInt32.self, at: 8),
            let swiftMinor = note.littleEndian(UInt32.self, at: 12)
        else { return nil }
        self.init(contract: Version(major, minor), swift: Version(swiftMajor, swiftMinor))
    }

    /// What this host itself would say.
    public static let host = ModuleNote(contract: Version(Plugin.contractMajor, Plugin.contractMinor), swift: hostSwift)

    // The language has no number for its own version, only conditions.
    #if compiler(>=7.0)
        private static let hostSwift = Version(7, 0)
    #elseif compiler(>=6.5)
        private static let hostSwift = Version(6, 5)
    #elseif compiler(>=6.4)
        private static let hostSwift = Version(6, 4)
    #else
        private static let hostSwift = Version(6, 3)
    #endif

    /// Why a module with this note cannot run in `host`, or nil when it can; continues "the file ".
    public func mismatch(with host: ModuleNote) -> String? {
        if contract.major != host.contract.major || contract.minor > host.contract.minor {
            return "was built against contract \(contract)"
        }
        if swift > host.swift { return "was built with Swift \(swift)" }
        return nil
    }
}
