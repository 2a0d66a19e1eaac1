import Barchan
import Glibc

/// A directory that is there already, to ask its file system something.
struct OpenDirectory: ~Copyable {
    private let descriptor: OwnedDescriptor
    var number: CInt { descriptor.rawValue }

    /// The directory at `path`, or the nearest above it that is there; nil when it cannot be opened.
    init?(nearest path: String) {
        let number = open(Self.nearest(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        descriptor = OwnedDescriptor(takingOwnershipOf: number)
    }

    static func nearest(_ path: String) -> String {
        var place = path
        while access(place, F_OK) != 0, place != "/", let slash = place.lastIndex(of: "/") {
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        return place
    }
}
