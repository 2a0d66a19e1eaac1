import Barchan
import Synchronization

/// Speaks Cap'n Proto with grains. Grains are spread over a few event loops, each a thread.
final class CapnpTransport: TransportProvider {
    let guarantees: Set<Guarantee> = [.streaming, .webSockets, .boundedMemory]

    private let settings: CapnpTransportSettings
    private let log: HostLog
    private let loops: [RPCLoop]
    private let next = Atomic(0)

    init(_ settings: CapnpTransportSettings, log: HostLog) throws(HostError) {
        var loops: [RPCLoop] = []
        for _ in 0..<settings.threads {
            guard let loop = RPCLoop() else {
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
