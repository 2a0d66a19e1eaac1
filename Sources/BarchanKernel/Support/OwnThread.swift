import Barchan
import Glibc

/// Threads for what waits, so that it holds up nothing of Swift's shared ones.
public enum OwnThread {
    /// Runs what may wait for a disk, and returns when it is done.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        let result: Result<Value, HostError> = await withUnsafeContinuation { continuation in
            let error = start {
                do throws(HostError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            guard error != 0 else { return }
            let reason = String(cString: strerror(error))
            continuation.resume(returning: .failure(HostError(.resourceExhausted, "start a thread: \(reason)")))
        }
        return try result.get()
    }

    /// Starts a thread that runs `body` and is gone when it returns.
    /// - Returns: 0, or the number of the error for which there is none (pthread_create(3)); `body` is not called then.
    public static func start(_ body: @escaping @Sendable () -> Void) -> CInt {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        if error == 0 { pthread_detach(thread) } else { work.release() }
        return error
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
