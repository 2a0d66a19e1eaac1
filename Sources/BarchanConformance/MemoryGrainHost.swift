import Barchan
import Synchronization

/// A host for one grain that remembers everything in memory, for checks and tests of transports.
///
/// Tokens count from 1 as texts; people are those of ``setPermissions(_:of:)``, and one may be the owner: ``setOwner(_:_:)``.
public final class MemoryGrainHost: GrainHost {
    private struct State {
        var objects: [Secret: SavedObject] = [:]
        var labels: [String] = []
        var locks: [MemoryWakeLock] = []
        var activities: [(Activity, [UInt8]?)] = []
        var permissions: [[UInt8]: [Bool]] = [:]
        var owner: (identityID: [UInt8], address: MailAddress)?
        var watchers: [Int: (identityID: [UInt8], continuation: AsyncStream<[Bool]?>.Continuation)] = [:]
        var next = 1
    }

    private let state = Mutex(State())

    public init() {}

    /// What is saved now.
    public var objects: [SavedObject] { state.withLock { Array($0.objects.values) } }
    public var labels: [String] { state.withLock { $0.labels } }
    /// The captions of the wake locks that are held.
    public var wakeReasons: [String] { state.withLock { $0.locks.filter { !$0.isReleased }.map(\.caption) } }
    public var activities: [Activity] { state.withLock { $0.activities.map(\.0) } }
    public var actors: [[UInt8]?] { state.withLock { $0.activities.map(\.1) } }

    /// Somebody wants the grain to sleep.
    public func cancelWakeLocks() { for lock in state.withLock({ $0.locks }) { lock.release() } }

    /// What somebody may do from now on; nil for nothing at all.
    public func setPermissions(_ permissions: [Bool]?, of identityID: [UInt8]) {
        let told = state.withLock { state in
            state.permissions[identityID] = permissions
            return state.watchers.values.filter { $0.identityID == identityID }.map(\.continuation)
        }
        for continuation in told { continuation.yield(permissions) }
    }

    public func save(_ object: SavedObject, label: String) async throws(HostError) -> Secret {
        state.withLock { state in
            let token = Secret("token-\(state.next)")
            state.next += 1
            state.objects[token] = object
            state.labels.append(label)
            return token
        }
    }

    public func restore(_ token: Secret) async throws(HostError) -> SavedObject {
        guard let object = state.withLock({ $0.objects[token] }) else { throw HostError(.notFound, "no such token") }
        let isMet = state.withLock { state in
            object.requirements.allSatisfy { $0.isMet(by: state.permissions[$0.identityID]) }
        }
        guard isMet else { throw HostError(.disconnected, "a requirement does not hold") }
        return object
    }

    public func drop(_ token: Secret) async throws(HostError) { state.withLock { $0.objects[token] = nil } }

    public func dropAll(ofObject objectID: [UInt8]) async throws(HostError) {
        state.withLock { state in
            state.objects = state.objects.filter { $0.value.kind != .app(objectID: objectID) }
        }
    }

    public func stayAwake(_ caption: String) async throws(HostError) -> any WakeLock {
        let lock = MemoryWakeLock(caption)
        state.withLock { $0.locks.append(lock) }
        return lock
    }

    public func note(_ activity: Activity, by identityID: [UInt8]?) async throws(HostError) {
        state.withLock { $0.activities.append((activity, identityID)) }
    }

    public func person(_ identityID: [UInt8]) async throws(HostError) -> PersonProfile? {
        guard state.withLock({ $0.permissions[identityID] }) != nil else { return nil }
        return PersonProfile(displayName: "Somebody", preferredHandle: "somebody", pronouns: .robot)
    }

    /// Whose grain it is, and where they get mail.
    public func setOwner(_ identityID: [UInt8], _ address: MailAddress) {
        state.withLock { $0.owner = (identityID, address) }
    }

    public func mailAddress(of identityID: [UInt8]) async throws(HostError) -> MailAddress {
        guard let owner = state.withLock({ $0.owner }), owner.identityID == identityID else {
            throw HostError(.permissionDenied, "not the owner")
        }
        return owner.address
    }

    public func permissions(of identityID: [UInt8]) -> AsyncStream<[Bool]?> {
        let (stream, continuation) = AsyncStream.makeStream(of: [Bool]?.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = (identityID, continuation)
            continuation.yield(state.permissions[identityID])
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    public func publicID() async throws(HostError) -> String { "abcdefghij0123456789" }
}

/// A wake lock that says whether it is held.
private final class MemoryWakeLock: WakeLock {
    private struct State {
        var isReleased = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let caption: String
    private let state = Mutex(State())

    init(_ caption: String) { self.caption = caption }

    var isReleased: Bool { state.withLock { $0.isReleased } }

    func waitForEnd() async {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state in
                if !state.isReleased { state.waiters.append(waiter) }
                return state.isReleased
            }
            if isOver { waiter.resume() }
        }
    }

    func release() {
        let waiters = state.withLock { state in
            state.isReleased = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
