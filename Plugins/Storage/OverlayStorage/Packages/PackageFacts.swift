import Barchan
import SPK

/// What the store remembers of a package beside its tree: `facts`, one `name value` on a line, and `manifest`, the
/// package's own, as it was when it was verified.
struct PackageFacts: Equatable {
    var app: AppID
    var sizeBytes: Int64
    /// Whether the tree has every mount point itself.
    var hasMountPoints: Bool
    /// Nil when the tree is a directory.
    var image: ImageDigest?
    /// Nil where nobody has looked: an older host wrote the facts.
    var author: AuthorProof?

    static let fileName = "facts"
    static let manifestName = "manifest"
    static let treeName = "tree"
    static let imageName = "image"

    var file: [UInt8] {
        let mountPoints = hasMountPoints ? "own" : "lacking", image = image.map { "image \($0.text)\n" } ?? ""
        let author = author.map { "author \(PackageFacts.text($0))\n" } ?? ""
        return Array("format 1\napp \(app)\nsize \(sizeBytes)\nmount-points \(mountPoints)\n\(image)\(author)".utf8)
    }

    /// `verified FINGERPRINT`, `unverified REASON` and the like.
    private static func text(_ author: AuthorProof) -> String {
        let detail = (author.fingerprint ?? author.reason ?? "-").map { $0.isNewline ? " " : $0 }
        return "\(author.name) \(String(detail.prefix(maximumReasonCharacters)))"
    }

    private static func author(_ text: Substring) -> AuthorProof? {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        return switch parts[0] {
        case "none": .absent
        case "verified": .verified(fingerprint: parts[1])
        case "unverified": .unverified(reason: parts[1])
        case "wrong": .wrong(reason: parts[1])
        default: nil
        }
    }

    private static let maximumReasonCharacters = 300

    init(app: AppID, sizeBytes: Int64, hasMountPoints: Bool, image: ImageDigest? = nil) {
        self.app = app
        self.sizeBytes = sizeBytes
        self.hasMountPoints = hasMountPoints
        self.image = image
    }

    /// Nil when these are not such facts.
    init?(file bytes: [UInt8]) {
        var values: [Substring: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            values[parts[0]] = parts[1]
        }
        guard values["format"] == "1", let app = values["app"].flatMap({ AppID(String($0)) }),
            let size = values["size"].flatMap({ Int64($0) })
        else { return nil }
        self.init(app: app, sizeBytes: size, hasMountPoints: values["mount-points"] == "own")
        author = values["author"].flatMap { PackageFacts.author($0) }
        guard let text = values["image"] else { return }
        guard let digest = ImageDigest(text: text) else { return nil }
        image = digest
    }

    /// 96 random bits for a name.
    static func randomDigits() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<12).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
