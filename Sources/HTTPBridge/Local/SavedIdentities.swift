import Glibc
import HTTP1

/// The people this grain has seen, so that the app can reach them later.
///
/// Each is a symbolic link named by the user id that the app knows, whose target is the percent-encoded token: a link is
/// made whole or not at all.
final class SavedIdentities {
    private let folder: String
    private let api: HostAPI
    private let log: Log
    private var underWay: Set<String> = []

    init(in folder: String, api: HostAPI, log: Log) {
        self.folder = folder
        self.api = api
        self.log = log
    }

    /// The person with a user id (32 hexadecimal digits); nil when there is none.
    func identity(_ userID: String) -> Capability? {
        token(userID).flatMap { api.restore($0) }
    }

    /// Keeps a person whose user id is known.
    func save(_ identity: Capability, _ userID: String, _ completion: @escaping (CallFailure?) -> Void = { _ in }) {
        guard Self.isUserID(userID) else { return completion(.failed("save an identity: the host gave no valid id")) }
        guard token(userID) == nil, underWay.insert(userID).inserted else { return completion(nil) }
        api.save(identity, label: "user identity") { [self] result in
            underWay.remove(userID)
            switch result {
            case .failure(let failure):
                log.once(.identityNotSaved, "a user's identity cannot be saved: \(failure.text)")
                completion(failure)
            case .success(let token): completion(store(token, userID))
            }
        }
    }

    /// Keeps a person, after asking the host for the user id.
    func save(_ identity: Capability, _ completion: @escaping (CallFailure?) -> Void) {
        api.identityID(of: identity) { [self] result in
            switch result {
            case .failure(let failure): completion(failure)
            case .success(let id): save(identity, hexadecimal(id.prefix(16)), completion)
            }
        }
    }

    private func store(_ token: [UInt8], _ userID: String) -> CallFailure? {
        makeFolders()
        let target = String(decoding: PercentEncoding.encode(bytes: token), as: UTF8.self)
        guard symlink(target, folder + "/" + userID) != 0 else { return nil }
        let reason = errno
        // Nobody will ask for it again.
        api.drop(token)
        return reason == EEXIST ? nil : .failed("save an identity in '\(folder)': \(errorText(reason))")
    }

    private func makeFolders() {
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/" + part
            mkdir(path, 0o770)
        }
    }

    private func token(_ userID: String) -> [UInt8]? {
        guard Self.isUserID(userID) else { return nil }
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink(folder + "/" + userID, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return PercentEncoding.decode(buffer[..<count].map { UInt8(bitPattern: $0) }[...])
    }

    /// Anything else could name a file elsewhere.
    private static func isUserID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
