import Barchan
import Glibc

/// Runs what may wait for a disk where it holds up nothing of Swift's shared threads.
enum OwnThread {
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        let result: Result<Value, HostError> = await withUnsafeContinuation { continuation in
            let work = Work {
                do throws(HostError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            let reference = Unmanaged.passRetained(work)
            var thread = pthread_t()
            let error = pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                }, reference.toOpaque())
            guard error == 0 else {
                reference.release()
                let reason = String(cString: strerror(error))
                return continuation.resume(
                    returning: .failure(HostError(.resourceExhausted, "start a thread: \(reason)")))
            }
            pthread_detach(thread)
        }
        return try result.get()
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
