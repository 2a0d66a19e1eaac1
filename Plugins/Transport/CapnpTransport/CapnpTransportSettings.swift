import Barchan
import CCapnpRPC
import Glibc

/// The numbers next to everything a grain can make this module hold.
struct CapnpTransportSettings: Sendable {
    var threads: Int
    var messageBytes: Int64
    var callBytes: Int64
    var unfinishedCalls: Int64
    var unsentBytes: Int64
    var capabilities: Int64
    var streamWindowBytes: Int
    var requestWindowBytes: Int
    var bufferedBodyBytes: Int
    var streamStartMilliseconds: Int64
    /// What the queues of one grain share.
    private(set) var queue: ByteBudget
    /// What the request bodies of one grain share that go whole.
    private(set) var wholeBodies: ByteBudget
    var heldObjects: Int
    var callsPerSecond: Int64
    var handlePingMilliseconds: Int64
    var answerMilliseconds: Int64
    var refusedBodyMilliseconds: Int64

    static let definitions: [SettingDefinition] = [
        SettingDefinition(
            "threads", default: .integer(0), "event loops that share the grains, 1 to 64; 0 is one per processor"),
        SettingDefinition(
            "messageBytes", default: .integer(64 << 20), "largest message a grain may send, 64 KiB to 1 GiB"),
        SettingDefinition(
            "callBytes", default: .integer(8 << 20),
            "calls of a grain that wait for an answer, in bytes; reading pauses beyond, 64 KiB to 1 GiB"),
        SettingDefinition(
            "unfinishedCalls", default: .integer(65536), "calls a grain may leave unfinished, 64 to 16777216"),
        SettingDefinition(
            "unsentBytes", default: .integer(64 << 20), "bytes a grain may leave unread, 64 KiB to 1 GiB"),
        SettingDefinition(
            "capabilities", default: .integer(16384),
            "capabilities of the host that a grain may hold, and of the grain's that the host may, 256 to 1048576"),
        SettingDefinition(
            "queuedBytes", default: .integer(32 << 20),
            "bytes of all answers and web sockets of a grain taken ahead of their readers, 64 KiB to 1 GiB"),
        SettingDefinition(
            "openRequests", default: .integer(512),
            "requests and web sockets of a grain that are not over, more are refused, 1 to 1048576"),
        SettingDefinition(
            "streamWindowBytes", default: .integer(512 << 10),
            "bytes of one answer or web socket taken from a grain ahead of its reader, 4 KiB to 64 MiB"),
        SettingDefinition(
            "requestWindowBytes", default: .integer(512 << 10),
            "bytes of one request or web socket sent to a grain ahead of its acknowledgement, 4 KiB to 64 MiB"),
        SettingDefinition(
            "bufferedBodyBytes", default: .integer(32 << 20),
            "longest request body for an app or a method that takes it only whole, of all together twice that, 64 KiB to 1 GiB"
        ),
        SettingDefinition(
            "streamStartMilliseconds", default: .integer(200),
            "how long a streamed answer waits for its length or first bytes, 0 to 60000"),
        SettingDefinition(
            "handlePingMilliseconds", default: .integer(60_000),
            "how often the maker of a streamed answer is asked whether it is there, 10 to 3600000"),
        // As long as browsers wait that have a bound (Firefox, network.http.response.timeout).
        SettingDefinition(
            "answerMilliseconds", default: .integer(300_000),
            "how long an app may take to begin an answer, or to take a piece of a request, 0 (any time) to 86400000"),
        SettingDefinition(
            "refusedBodyMilliseconds", default: .integer(10_000),
            "how long an app that refuses a piece of a request may take to answer all the same, 0 to 600000"),
        SettingDefinition(
            "heldObjects", default: .integer(4096),
            "objects of the host that a grain may hold, and calls on them that may wait, 1 to 1048576"),
        SettingDefinition(
            "callsPerSecond", default: .integer(10_000),
            "calls of a grain in the long run, reading pauses beyond, 10 to 10000000"),
    ]

    /// - Throws: ``HostError`` `.invalidArgument` for a number out of range.
    init(_ settings: PluginSettings) throws(HostError) {
        threads = Int(try settings.integer("threads", in: 0...64))
        messageBytes = try settings.integer("messageBytes", in: 64 << 10...1 << 30)
        callBytes = try settings.integer("callBytes", in: 64 << 10...1 << 30)
        unfinishedCalls = try settings.integer("unfinishedCalls", in: 64...16_777_216)
        unsentBytes = try settings.integer("unsentBytes", in: 64 << 10...1 << 30)
        capabilities = try settings.integer("capabilities", in: 256...1_048_576)
        queue = ByteBudget(
            Int(try settings.integer("queuedBytes", in: 64 << 10...1 << 30)),
            queues: Int(try settings.integer("openRequests", in: 1...1_048_576)))
        streamWindowBytes = Int(try settings.integer("streamWindowBytes", in: 4096...64 << 20))
        requestWindowBytes = Int(try settings.integer("requestWindowBytes", in: 4096...64 << 20))
        bufferedBodyBytes = Int(try settings.integer("bufferedBodyBytes", in: 64 << 10...1 << 30))
        wholeBodies = ByteBudget(2 * bufferedBodyBytes, queues: 0)
        streamStartMilliseconds = try settings.integer("streamStartMilliseconds", in: 0...60000)
        handlePingMilliseconds = try settings.integer("handlePingMilliseconds", in: 10...3_600_000)
        answerMilliseconds = try settings.integer("answerMilliseconds", in: 0...86_400_000)
        refusedBodyMilliseconds = try settings.integer("refusedBodyMilliseconds", in: 0...600_000)
        heldObjects = Int(try settings.integer("heldObjects", in: 1...1_048_576))
        callsPerSecond = try settings.integer("callsPerSecond", in: 10...10_000_000)
    }

    /// The same for another grain.
    func forGrain() -> CapnpTransportSettings {
        var settings = self
        settings.queue = ByteBudget(queue.maximum, queues: queue.maximumQueues)
        settings.wholeBodies = ByteBudget(wholeBodies.maximum, queues: 0)
        return settings
    }

    /// A queue for an answer or a web socket of the grain.
    /// - Throws: ``HostError`` `.resourceExhausted` when the grain has too many of them.
    func byteQueue(for attempt: @autoclosure () -> String) throws(HostError) -> ByteQueue {
        guard queue.addQueue() else {
            throw HostError(
                .resourceExhausted,
                "\(attempt()): its app has not finished \(queue.maximumQueues) other requests; try again when it has")
        }
        return ByteQueue(windowBytes: streamWindowBytes, within: queue)
    }

    /// The limits of one connection, as the facade takes them.
    var limits: bcr_limits {
        bcr_limits(
            message_words: UInt64(messageBytes / 8), flow_words: UInt64(callBytes / 8),
            open_questions: UInt32(unfinishedCalls), unsent_bytes: UInt64(unsentBytes),
            capabilities: UInt64(capabilities), nesting: 64, calls_per_second: UInt32(callsPerSecond), taken_bytes: nil)
    }
}

extension PluginSettings {
    fileprivate func integer(_ name: String, in range: ClosedRange<Int64>) throws(HostError) -> Int64 {
        let value = integer(name)
        guard range.contains(value) else {
            throw HostError(
                .invalidArgument,
                "setting '\(name)' of transport 'capnp' is \(value); \(range.lowerBound) to \(range.upperBound) is needed"
            )
        }
        return value
    }
}
