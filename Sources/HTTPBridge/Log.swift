import Glibc

/// Sentences for the grain's log.
final class Log {
    /// Things worth saying once.
    enum Topic { case malformedTag, identityNotSaved }

    private var said: Set<Topic> = []

    func say(_ sentence: String) {
        let line = Array("barchan-http-bridge: \(sentence)\n".utf8)
        line.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    func once(_ topic: Topic, _ sentence: String) {
        if said.insert(topic).inserted { say(sentence) }
    }
}
