import Barchan
import CapnProto
import GrainSchemas

/// What `/sandstorm-http-bridge-config` says: the permissions and roles of an app behind the bridge, and its API.
public struct BridgeConfiguration: Sendable, Equatable {
    public struct Permission: Sendable, Equatable {
        /// As in X-Sandstorm-Permissions.
        public var name: String
        public var title: String
        public var description: String

        public init(name: String, title: String = "", description: String = "") {
            self.name = name
            self.title = title
            self.description = description
        }
    }

    public struct Role: Sendable, Equatable {
        public var title: String
        public var verbPhrase: String
        public var description: String
        /// Names of permissions.
        public var permissions: [String]
        public var isDefault: Bool

        public init(
            title: String, verbPhrase: String = "", description: String = "", permissions: [String] = [],
            isDefault: Bool = false
        ) {
            self.title = title
            self.verbPhrase = verbPhrase
            self.description = description
            self.permissions = permissions
            self.isDefault = isDefault
        }
    }

    public var permissions: [Permission] = []
    public var roles: [Role] = []
    /// The prefix of requests to the app's API, or empty when it has none.
    public var apiPath = ""

    public init() {}

    /// The bytes of the file.
    /// - Throws: ``HostError`` `.invalidArgument` for a role with a permission that does not exist.
    public func file() throws(HostError) -> [UInt8] {
        let message = MessageBuilder()
        let config = message.initRoot(Wire.BridgeConfig.self)
        if !apiPath.isEmpty { config.setApiPath(apiPath) }
        let view = config.initViewInfo()
        for (builder, permission) in zip(view.initPermissions(count: permissions.count), permissions) {
            builder.setName(permission.name)
            builder.initTitle().setDefaultText(permission.title.isEmpty ? permission.name : permission.title)
            if !permission.description.isEmpty { builder.initDescription().setDefaultText(permission.description) }
        }
        for (builder, role) in zip(view.initRoles(count: roles.count), roles) {
            builder.initTitle().setDefaultText(role.title)
            builder.initVerbPhrase().setDefaultText(role.verbPhrase)
            if !role.description.isEmpty { builder.initDescription().setDefaultText(role.description) }
            builder.setPermissions(try flags(of: role))
            builder.setDefault(role.isDefault)
        }
        return message.streamBytes
    }

    private func flags(of role: Role) throws(HostError) -> [Bool] {
        for name in role.permissions where !permissions.contains(where: { $0.name == name }) {
            let known = permissions.map(\.name).joined(separator: ", ")
            throw HostError(
                .invalidArgument,
                "make role '\(role.title)': there is no permission '\(name)'; known are: \(known.isEmpty ? "none" : known)"
            )
        }
        return permissions.map { role.permissions.contains($0.name) }
    }
}
