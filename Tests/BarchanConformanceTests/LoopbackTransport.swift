import Barchan
import Glibc
import Synchronization

/// A transport without a wire: the app is an object of this process. The socket only says which app belongs to which
/// connection, and ends the conversation when it ends or carries anything else.
final class LoopbackTransport: TransportProvider {
    let guarantees: Set<Guarantee> = [.streaming, .webSockets, .boundedMemory]

    /// Connections by the number that is written to the grain's end.
    private static let waiting = Mutex<[UInt64: LoopbackConnection]>([:])

    func connect(
        over socket: consuming OwnedDescriptor, offering host: any GrainHost
    ) async throws(HostError) -> any GrainConnection {
        let connection = LoopbackConnection(socket.release(), host)
        var number = UInt64.random(in: .min ... .max)
        Self.waiting.withLock { $0[number] = connection }
        // Fails when the grain is gone, which the watch notices.
        _ = withUnsafeBytes(of: &number) { send(connection.descriptor, $0.baseAddress, 8, Int32(MSG_NOSIGNAL)) }
        connection.watch()
        return connection
    }

    /// Starts an app at the grain's end; it ends with the value.
    static func attach(_ app: CheckedApp, to grain: consuming OwnedDescriptor) throws -> any Sendable {
        var number: UInt64 = 0
        let count = withUnsafeMutableBytes(of: &number) { recv(grain.rawValue, $0.baseAddress, 8, Int32(MSG_WAITALL)) }
        guard count == 8, let connection = waiting.withLock({ $0.removeValue(forKey: number) }) else {
            throw HostError(.disconnected, "attach an app: nobody is at the other end")
        }
        connection.app.set(app)
        return HeldDescriptor(grain)
    }
}

/// Keeps the grain's end open.
private final class HeldDescriptor: Sendable {
    private let descriptor: CInt
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor.release() }
    deinit { close(descriptor) }
}

/// A conversation with one app.
private final class LoopbackConnection: GrainConnection {
    let descriptor: CInt
    let host: any GrainHost
    let app = Later<CheckedApp?>()
    /// Takes every session along.
    let ending = Ending()

    init(_ descriptor: CInt, _ host: any GrainHost) {
        self.descriptor = descriptor
        self.host = host
    }

    /// Ends the conversation when the socket ends, or says anything.
    func watch() {
        ending.onEnd { [self] in
            // Wakes the thread below, which closes.
            shutdown(descriptor, Int32(SHUT_RDWR))
            app.set(nil)
            Task { await app.get()?.disconnected() }
        }
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let connection = Unmanaged<LoopbackConnection>.fromOpaque(context).takeRetainedValue()
                var byte: UInt8 = 0
                recv(connection.descriptor, &byte, 1, 0)
                connection.ending.end()
                Glibc.close(connection.descriptor)
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(started == 0, "a thread for a test")
        pthread_detach(thread)
    }

    func viewInfo() async throws(HostError) -> ViewInfo {
        guard let app = await app.get(), !ending.isOver else { throw .gone }
        return app.viewInfo
    }

    func openWebSession(_ parameters: WebSessionParameters) async throws(HostError) -> any WebSession {
        LoopbackSession(parameters, self)
    }

    func waitForClose() async { await ending.over.get() }
    func close() async { ending.end() }
}

private final class LoopbackSession: WebSession {
    private static let wholeBodyBytes = 32 << 20

    private let parameters: WebSessionParameters
    private let connection: LoopbackConnection
    private let ending = Ending()
    private let key: Int

    init(_ parameters: WebSessionParameters, _ connection: LoopbackConnection) {
        self.parameters = parameters
        self.connection = connection
        key = connection.ending.onEnd { [ending] in ending.end() }
    }

    func close() async {
        connection.ending.forget(key)
        ending.end()
    }

    func send(_ request: WebRequest) async throws(HostError) -> WebResponse {
        var request = request
        if case .stream(let reader, _) = request.body, request.method == .patch {
            request.body = .bytes(try await reader.readAll(maximumBytes: Self.wholeBodyBytes))
        }
        let asked = request, parameters = parameters, connection = connection
        var response = try await unlessEnding { () async throws(HostError) -> WebResponse in
            guard let app = await connection.app.get() else { throw .gone }
            return try await app.answer(asked, parameters, connection.host)
        }
        if case .content(let status, var content) = response.outcome,
            case .stream(let reader, let length) = content.body
        {
            content.body = .stream(CutReader(reader, ending), length: length)
            response.outcome = .content(status: status, content)
        }
        return response
    }

    func openWebSocket(
        _ request: WebSocketRequest, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse {
        guard await connection.app.get() != nil, !ending.isOver else { throw .gone }
        // The app sends back what it gets.
        return WebSocketResponse(protocols: request.protocols, outgoing: CutReader(incoming, ending))
    }

    /// What `body` gives, unless the session ends or the task is cancelled before; `body` is cancelled then.
    private func unlessEnding(
        _ body: @escaping @Sendable () async throws(HostError) -> WebResponse
    ) async throws(HostError) -> WebResponse {
        let result = Later<Result<WebResponse, HostError>>()
        let work = Task {
            do throws(HostError) { result.set(.success(try await body())) } catch { result.set(.failure(error)) }
        }
        let key = ending.onEnd {
            result.set(.failure(.gone))
            work.cancel()
        }
        defer { ending.forget(key) }
        let answer = await withTaskCancellationHandler {
            await result.get()
        } onCancel: {
            result.set(.failure(HostError(.cancelled, "the task was cancelled")))
            work.cancel()
        }
        return try answer.get()
    }
}

/// A stream that breaks off with its session, and ends when nobody holds it.
private final class CutReader: ByteReader {
    private let reader: any ByteReader
    private let ending: Ending
    private let cut = Flag()
    private let key: Int

    init(_ reader: any ByteReader, _ ending: Ending) {
        self.reader = reader
        self.ending = ending
        key = ending.onEnd { [cut] in
            cut.set()
            reader.cancel()
        }
    }

    deinit { cancel() }

    func next() async throws(HostError) -> [UInt8]? {
        if cut.isSet { throw .gone }
        let bytes = try await reader.next()
        if cut.isSet { throw .gone }
        return bytes
    }

    func cancel() {
        ending.forget(key)
        reader.cancel()
    }
}

extension HostError {
    static let gone = HostError(.disconnected, "the grain, or the session, is gone")
}

/// What happens once, and those who want to know.
final class Ending: Sendable {
    let over = Later<Void>()
    private let actions = Mutex<(next: Int, list: [Int: @Sendable () -> Void]?)>((0, [:]))

    var isOver: Bool { actions.withLock { $0.list == nil } }

    /// Calls `action` at the end, at once when that was already.
    @discardableResult
    func onEnd(_ action: @escaping @Sendable () -> Void) -> Int {
        let key = actions.withLock { state -> Int? in
            guard state.list != nil else { return nil }
            state.next += 1
            state.list?[state.next] = action
            return state.next
        }
        if key == nil { action() }
        return key ?? 0
    }

    func forget(_ key: Int) { actions.withLock { _ = $0.list?.removeValue(forKey: key) } }

    func end() {
        let told = actions.withLock { state in
            defer { state.list = nil }
            return state.list ?? [:]
        }
        for (_, action) in told.sorted(by: { $0.key < $1.key }) { action() }
        over.set(())
    }
}

final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { _ = setFirst() }
    /// - Returns: Whether this call was the first.
    func setFirst() -> Bool { !value.exchange(true, ordering: .acquiringAndReleasing) }
}

/// A value that is there some day; any number of waiters.
final class Later<Value: Sendable>: Sendable {
    private let state = Mutex<(value: Value?, waiters: [CheckedContinuation<Value, Never>])>((nil, []))

    /// The first value counts.
    func set(_ value: Value) {
        let waiters = state.withLock { state in
            guard state.value == nil else { return [CheckedContinuation<Value, Never>]() }
            state.value = value
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    func get() async -> Value {
        await withCheckedContinuation { waiter in
            let value = state.withLock { state in
                if state.value == nil { state.waiters.append(waiter) }
                return state.value
            }
            if let value { waiter.resume(returning: value) }
        }
    }
}
