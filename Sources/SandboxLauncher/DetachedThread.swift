import Glibc

/// Threads for what waits for another program.
public enum DetachedThread {
    /// Starts a thread that runs `body` and is gone when it returns.
    /// - Returns: Whether there is one (pthread_create(3)); `body` is not called otherwise.
    public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        if error == 0 { pthread_detach(thread) } else { work.release() }
        return error == 0
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
