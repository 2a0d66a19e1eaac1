import CapnProto
import GrainSchemas

/// What an id with which the host comes back stands for.
enum SavedObject {
    /// The app's own object, with the id that its hooks know.
    case own(PointerReader)
    /// One of the package's APIs.
    case granted(Wire.BridgeObjectId.HttpApi.Reader)

    /// Apps save what they like, wrapped in the bridge's struct or not: whatever cannot be that struct is theirs as it is.
    init(_ id: PointerReader) throws {
        self = .own(id)
        guard try id.kind() == .structure else { return }
        let saved = try id.structure(Wire.BridgeObjectId.self)
        switch saved.which {
        case .application: self = .own(saved.application)
        case .httpApi: self = .granted(try saved.httpApi)
        case nil: break
        }
    }
}
