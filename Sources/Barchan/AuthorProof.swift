/// Whether a package comes from the author it names: an OpenPGP signature over one line about the app (specification, section 1.5).
public enum AuthorProof: Sendable, Equatable {
    /// The package has none.
    case absent
    /// The signature holds. The fingerprint is that of the author's primary key, in upper-case hexadecimal; whose key that is,
    /// people have to know from elsewhere.
    case verified(fingerprint: String)
    /// There is a proof, and nobody could say whether it holds.
    case unverified(reason: String)
    /// There is a proof, and it is wrong.
    case wrong(reason: String)

    /// `none`, `verified`, `unverified` or `wrong`, for programs.
    public var name: String {
        switch self {
        case .absent: "none"
        case .verified: "verified"
        case .unverified: "unverified"
        case .wrong: "wrong"
        }
    }

    /// Nil unless the proof is verified.
    public var fingerprint: String? { if case .verified(let fingerprint) = self { fingerprint } else { nil } }

    /// Why it is not verified; nil when it is, or there is none.
    public var reason: String? {
        switch self {
        case .absent, .verified: nil
        case .unverified(let reason), .wrong(let reason): reason
        }
    }

    /// What somebody has to know who puts a package with this proof in the place of one with another; nil for nothing.
    public func warning(replacing before: AuthorProof) -> String? {
        if case .wrong(let reason) = self { return "The proof of who its author is does not hold: \(reason)." }
        guard let known = before.fingerprint, known != fingerprint else { return nil }
        let use = "The version in use is proven to be of the author with the key \(known)"
        switch self {
        case .verified(let fingerprint): return "\(use); this one is of another, with the key \(fingerprint)."
        case .unverified(let reason): return "\(use); whose this one is was not verified: \(reason)."
        case .absent, .wrong: return "\(use); this one says nothing of its author."
        }
    }
}
