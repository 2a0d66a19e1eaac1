/// The moments of one start that a launcher keeps. The order is the one in which they come to pass.
public enum StartMark: Int, Sendable, CaseIterable {
    /// The launcher has the request.
    case ordered
    /// The sandbox's first process runs, in namespaces of its own.
    case born
    /// Everything that does not depend on the package is made.
    case prepared
    /// The package, its mount points and limits are in place; only for a sandbox that waits for a grain of one package.
    case parked
    /// The sandbox's first process has its order.
    case taken
    /// Package and data are mounted, descriptors and limits arranged.
    case mounted
    /// Landlock, capabilities and filter are in force; the program is executed next.
    case walled
}

/// When each ``StartMark`` came to pass: nanoseconds of CLOCK_MONOTONIC, 0 for one that did not.
public struct StartMarks: Sendable, Equatable {
    private var moments = [UInt64](repeating: 0, count: StartMark.allCases.count)

    public init() {}

    public subscript(_ mark: StartMark) -> UInt64 {
        get { moments[mark.rawValue] }
        set { moments[mark.rawValue] = newValue }
    }

    func write(to writer: inout MessageWriter) {
        for moment in moments { writer.append(moment) }
    }

    init?(from reader: inout MessageReader) {
        for mark in StartMark.allCases {
            guard let moment = reader.uint64() else { return nil }
            self[mark] = moment
        }
    }
}
