import CCapnpRPC

/// A reference to an object, here or at the other end; given back with the last Swift reference to it.
public final class Capability {
    public let handle: OpaquePointer

    /// Takes over a reference that the caller owns.
    public init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { bcr_capability_release(handle) }
}

/// What kind of failure the other end is told of.
public typealias FailureKind = bcr_error_kind

/// Why a call failed.
public struct CallFailure: Error {
    public var kind: FailureKind
    public var text: String

    public init(_ kind: FailureKind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    public init(_ error: UnsafePointer<bcr_error>) {
        self.init(error.pointee.kind, String(cString: error.pointee.text))
    }
}
