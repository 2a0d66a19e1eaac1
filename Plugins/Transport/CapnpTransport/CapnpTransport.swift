import Barchan
import EventLoops
import Synchronization

/// Speaks Cap'n Proto with grains. Grains are spread over the host's loops.
final class CapnpTransport: TransportProvider {
    let guarantees: Set<Guarantee> = [.streaming, .webSockets, .boundedMemory]

    private let settings: CapnpTransportSettings
    private let log: HostLog
    private let loops: [RPCLoop]
    private let next = Atomic(0)

    /// - Parameter lent: The host's loops; unless the settings ask for a number of its own.
    init(_ settings: CapnpTransportSettings, on lent: [any HostLoop], log: HostLog) throws(HostError) {
        let usesLent = settings.threads == 0 && !lent.isEmpty
        let count = settings.threads > 0 ? settings.threads : LoopThread.processorCount
        var loops: [RPCLoop] = []
        for index in 0..<(usesLent ? lent.count : count) {
            guard let loop = usesLent ? RPCLoop(on: lent[index]) : RPCLoop() else {
                throw HostError(
                    .resourceExhausted, "start transport 'capnp': the kernel has no descriptor or thread left")
            }
            loops.append(loop)
        }
        self.settings = settings
        self.log = log
        self.loops = loops
    }

    func connect(
        over socket: consuming OwnedDescriptor, offering host: any GrainHost
    ) async throws(HostError) -> any GrainConnection {
        let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
        let loop = loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
        let connection = CapnpConnection(socket.release(), host, settings: settings.forGrain(), log: log, on: loop)
        await connection.open()
        return connection
    }
}
