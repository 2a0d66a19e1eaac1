import Barchan
import Synchronization

/// Serves the pages people work with and the grains they open.
struct HTTPFrontend: FrontendProvider {
    let settings: HTTPFrontendSettings
    /// What the host lends.
    let loops: [any HostLoop]
    /// Sockets that listen already.
    let listeners: [CInt]
    let log: HostLog

    var guarantees: Set<Guarantee> { [.originPerSession, .contentSecurityPolicy] }

    func run(
        for host: any FrontendHost, ready: @escaping @Sendable (FrontendAddress) -> Void
    ) async throws(HostError) {
        let loops = try ServerLoops(lent: loops, count: settings.eventLoops)
        let room = ConnectionRoom(settings.limits.connections, log: log)
        let table = ConnectionTable(maximum: room.connections)
        let outcome: Result<Void, HostError>
        do throws(HostError) {
            try await serve(host, on: loops, room, table: table, ready: ready)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        await table.drain(on: loops.contexts[0].host, grace: .seconds(settings.stopSeconds), settings.limits)
        try outcome.get()
    }

    private func serve(
        _ host: any FrontendHost, on loops: ServerLoops, _ room: ConnectionRoom, table: ConnectionTable,
        ready: @escaping @Sendable (FrontendAddress) -> Void
    ) async throws(HostError) {
        let listener =
            if let handedOver = listeners.first {
                try Listener(sharing: handedOver, on: loops.contexts[0])
            } else {
                try Listener(host: settings.host, port: settings.port, on: loops.contexts[0])
            }
        let site = try Site(
            baseURL: settings.baseURL, wildcardHost: settings.wildcardHost, port: listener.port ?? settings.port)
        let service = try FrontendService(host: host, site: site, settings: settings, log: log)
        await host.operations.noteExceptions(settings.pageExceptions.mapValues(\.descriptions))
        if site.sharesDomain {
            log(
                .info,
                "pages of grains share a domain with \(site.baseURL): one can set cookies for all of it, and so log people out; "
                    + "see SECURITY.md, 'Cookies for the parent domain'")
        }
        ready(FrontendAddress(baseURL: site.baseURL))
        let limits = settings.limits
        let count = Atomic(0)
        await withTaskCancellationHandler {
            await listener.run { error in
                room.noteShortage(error)
                table.makeRoom(for: ConnectionRoom.madeAtOnce)
            } _: { client in
                let turn = count.wrappingAdd(1, ordering: .relaxed).oldValue
                let loop = loops.contexts[Int(UInt(bitPattern: turn) % UInt(loops.contexts.count))]
                let connection = Connection(
                    client, on: loop, of: loops, limits: limits, service: service, table: table)
                // From now on it is waited for when the host stops.
                let hasRoom = table.add(connection)
                loop.host.post { connection.start(hasRoom: hasRoom) }
            }
        } onCancel: {
            listener.close()
        }
    }
}
