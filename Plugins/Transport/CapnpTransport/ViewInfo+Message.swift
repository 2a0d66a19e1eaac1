import Barchan
import CapnProto
import GrainSchemas

extension ViewInfo {
    /// An app with hundreds of permissions and roles, explained at length, says less of itself.
    private static let maximumBytes = 1 << 20

    /// Reads what an app says of itself. Positions are kept.
    init(_ message: RPCMessage) throws {
        self.init()
        try message.requireShort(maximum: ViewInfo.maximumBytes)
        let info = try message.reader.root(Wire.UiView.ViewInfo.self)
        for permission in try info.permissions {
            permissions.append(
                PermissionDefinition(
                    name: try permission.name, title: try permission.title.defaultText, isObsolete: permission.obsolete)
            )
        }
        for role in try info.roles {
            roles.append(
                RoleDefinition(
                    title: try role.title.defaultText, verbPhrase: try role.verbPhrase.defaultText,
                    permissions: Array(try role.permissions), isDefault: role.`default`, isObsolete: role.obsolete))
        }
        deniedPermissions = Array(try info.deniedPermissions)
        for type in try info.eventTypes {
            activityTypes.append(
                ActivityTypeDefinition(
                    name: try type.name, verbPhrase: try type.verbPhrase.defaultText, isObsolete: type.obsolete))
        }
    }
}
