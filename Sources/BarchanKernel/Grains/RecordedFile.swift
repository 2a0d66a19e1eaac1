import Barchan
import Glibc
import Synchronization

/// The file of one recording: what is said with a grain, from each of its starts on behind a line `conversation`.
final class RecordedFile: Sendable {
    /// A recording ends here; the conversation goes on.
    static let maximumBytes = 256 << 20

    let path: String
    private let file: OwnedDescriptor
    private let state: Mutex<State>

    private struct State {
        /// The one that is written down; nobody adds to an earlier one, which may still be ending.
        var conversation = 0
        var isEnded = false
        var room: Int
        var gap: String?
    }

    /// - Parameter path: A new file, for the host's user only.
    init(_ path: String, maximumBytes: Int = RecordedFile.maximumBytes) throws(HostError) {
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else {
            throw HostError(.failed, "record a grain into '\(path)': \(String(cString: strerror(errno)))")
        }
        self.path = path
        file = OwnedDescriptor(takingOwnershipOf: number)
        state = Mutex(State(room: maximumBytes))
    }

    /// A new conversation; nothing is added to the one before it any more.
    /// - Returns: Its number.
    func beginConversation() -> Int {
        state.withLock { state in
            state.conversation += 1
            append(Array("conversation\n".utf8), &state)
            return state.conversation
        }
    }

    /// Writes down what one side said.
    /// - Parameter side: `host>app` or `app>host`.
    func note(_ bytes: [UInt8], _ side: String, in conversation: Int) {
        let line = Array("\(side) \(bytes.count) \(Hexadecimal.text(bytes))\n".utf8)
        state.withLock { if $0.conversation == conversation { append(line, &$0) } }
    }

    /// Nothing is written afterwards.
    /// - Returns: Why the recording lacks its end, or nil.
    func end() -> String? {
        state.withLock { state in
            state.isEnded = true
            return state.gap
        }
    }

    private func append(_ line: [UInt8], _ state: inout State) {
        guard !state.isEnded, state.gap == nil else { return }
        state.room -= line.count
        guard state.room >= 0 else {
            state.gap = "it is as long as recordings get"
            return
        }
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file.rawValue, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                state.gap = "write '\(path)': \(String(cString: strerror(errno)))"
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}
