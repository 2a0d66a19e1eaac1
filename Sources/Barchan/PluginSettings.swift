/// A value in a provider's section of the configuration.
public enum SettingValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case strings([String])

    /// How a person names this kind of value.
    public var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .boolean: "true or false"
        case .strings: "a list of strings"
        }
    }
}

/// One key a provider knows.
public struct SettingDefinition: Sendable, Equatable {
    public let name: String
    public let defaultValue: SettingValue
    /// One line for people, with units and range.
    public let summary: String

    public init(_ name: String, default defaultValue: SettingValue, _ summary: String) {
        self.name = name
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

/// The values of one provider's settings, complete and of the right kinds.
public struct PluginSettings: Sendable, Equatable {
    private let values: [String: SettingValue]

    /// Fills in defaults for what `given` leaves out.
    /// - Throws: ``HostError`` `.invalidArgument` for a key without a definition, listing the known ones, and for a
    ///   value of another kind than its default.
    public init(_ given: [String: SettingValue] = [:], definitions: [SettingDefinition]) throws(HostError) {
        let known = definitions.map(\.name).sorted().joined(separator: ", ")
        var values: [String: SettingValue] = [:]
        for definition in definitions { values[definition.name] = definition.defaultValue }
        for (name, value) in given {
            guard let expected = values[name] else {
                throw HostError(
                    .invalidArgument, "unknown setting '\(name)'; known are: \(known.isEmpty ? "none" : known)")
            }
            guard expected.kind == value.kind else {
                throw HostError(.invalidArgument, "setting '\(name)' is \(value.kind); \(expected.kind) is needed")
            }
            values[name] = value
        }
        self.values = values
    }

    // A missing definition is the module's own mistake, so these stop the program in a test instead of throwing.

    public func string(_ name: String) -> String {
        guard case .string(let value) = values[name] else {
            preconditionFailure("setting '\(name)' is defined as a string")
        }
        return value
    }

    public func integer(_ name: String) -> Int64 {
        guard case .integer(let value) = values[name] else {
            preconditionFailure("setting '\(name)' is defined as an integer")
        }
        return value
    }

    public func boolean(_ name: String) -> Bool {
        guard case .boolean(let value) = values[name] else {
            preconditionFailure("setting '\(name)' is defined as a boolean")
        }
        return value
    }

    public func strings(_ name: String) -> [String] {
        guard case .strings(let value) = values[name] else {
            preconditionFailure("setting '\(name)' is defined as a list")
        }
        return value
    }
}
