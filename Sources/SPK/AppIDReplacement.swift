import Barchan

/// A key that was given up, and the app id under which its app goes on (specification, section 1.2).
public struct AppIDReplacement: Sendable, Equatable {
    public let original: String
    public let replacement: String
    /// When not nil, packages signed with the original key are refused, except for these.
    public let trustedPackages: [String]?

    public init(original: String, replacement: String, trustedPackages: [String]?) {
        self.original = original
        self.replacement = replacement
        self.trustedPackages = trustedPackages
    }

    /// Every replacement there is: facts of the package format, the same on every host.
    public static let all: [AppIDReplacement] = [
        AppIDReplacement(
            original: "vjvekechd398fn1t1kn1dgdnmaekqq9jkjv3zsgzymc4z913ref0",
            replacement: "wq95qmutckc0yfmecv0ky96cqxgp156up8sv81yxvmery58q87jh",
            trustedPackages: ["b5bb9d8014a0f9b1d61e21e796d78dcc"]),
        AppIDReplacement(
            original: "vxe8awcxvtj6yu0vgjpm1tsaeu7x8v8tfp71tyvnm6ykkephu9q0",
            replacement: "n8cn71407n4mezn7mg0k5kkm21juuphhecc24hdf9kf56zyxm4ah",
            trustedPackages: nil),
        AppIDReplacement(
            original: "nfqhx83vvzm80edpgkpax8mhqp176qj2vwg67rgq5e3kjc5r4cyh",
            replacement: "a3w50h1435gsxczugm16q0amwkqm9f4crykzea53sv61pt7phk8h",
            trustedPackages: ["1450e0caa29b59ec938b3795bf17cb02", "738f0e56a9ca462e77245e3f392686d7"]),
        AppIDReplacement(
            original: "m86q05rdvj14yvn78ghaxynqz7u2svw6rnttptxx49g1785cdv1h",
            replacement: "6jz1aawur7kga7tdsj9kgpxx1yzh6xz1qmrpnqukcp1rekprd9f0",
            trustedPackages: nil),
        AppIDReplacement(
            original: "aax9j672p6z8n7nyupzvj2nmumeqd4upa0f7mgu8gprwmy53x04h",
            replacement: "zp00qqrha6gp8515ju84ys91syyq8ezv77g9s1r0t3urz92uzmqh",
            trustedPackages: nil),
    ]
}

extension AppID {
    /// The app that a package signed with this key belongs to, after every replacement.
    /// - Throws: ``HostError`` `.invalidArgument` when the key was revoked and `package` is not one of the exceptions.
    public func current(
        forPackage package: PackageID?, replacements: [AppIDReplacement] = AppIDReplacement.all
    ) throws(HostError) -> AppID {
        var current = self
        // As many steps as there are entries: a circle in the table must not hang us.
        for _ in replacements {
            guard let entry = replacements.first(where: { $0.original == current.text }) else { break }
            if let trusted = entry.trustedPackages, let package, !trusted.contains(package.text) {
                throw HostError(
                    .invalidArgument,
                    "verify package '\(package)': the key of app '\(current)' was revoked; "
                        + "ask the app's author for a package signed with the new key")
            }
            guard let next = AppID(entry.replacement) else { break }
            current = next
        }
        return current
    }
}
