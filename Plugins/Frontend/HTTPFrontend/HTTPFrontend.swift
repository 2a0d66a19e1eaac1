import Barchan
import NIOCore
import NIOPosix

/// Serves the pages people work with and the grains they open.
struct HTTPFrontend: FrontendProvider {
    let settings: HTTPFrontendSettings
    let log: HostLog

    var guarantees: Set<Guarantee> { [.originPerSession, .contentSecurityPolicy] }

    func run(
        for host: any FrontendHost, ready: @escaping @Sendable (FrontendAddress) -> Void
    ) async throws(HostError) {
        let threads = settings.eventLoops > 0 ? settings.eventLoops : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let table = ConnectionTable(maximum: settings.limits.connections)
        let outcome: Result<Void, HostError>
        do throws(HostError) {
            try await serve(host, on: group, table: table, ready: ready)
            outcome = .success(())
        } catch { outcome = .failure(error) }
        await table.drain(on: group.next(), grace: .seconds(settings.stopSeconds))
        try? await group.shutdownGracefully()
        try outcome.get()
    }

    private func serve(
        _ host: any FrontendHost, on group: MultiThreadedEventLoopGroup, table: ConnectionTable,
        ready: @escaping @Sendable (FrontendAddress) -> Void
    ) async throws(HostError) {
        let service = FrontendServiceBox()
        let channel = try await listen(on: group, table: table, service: service)
        let site: Site
        do throws(HostError) {
            let port = channel.localAddress?.port ?? settings.port
            site = try Site(baseURL: settings.baseURL, wildcardHost: settings.wildcardHost, port: port)
            service.start(try FrontendService(host: host, site: site, settings: settings, log: log))
        } catch {
            try? await channel.close()
            throw error
        }
        ready(FrontendAddress(baseURL: site.baseURL))
        await withTaskCancellationHandler {
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func listen(
        on group: MultiThreadedEventLoopGroup, table: ConnectionTable, service: FrontendServiceBox
    ) async throws(HostError) -> any Channel {
        let loops = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopContext($0)) })
        let limits = settings.limits
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let loop = loops[ObjectIdentifier(channel.eventLoop)] ?? LoopContext(channel.eventLoop)
                    let connection = Connection(loop: loop, limits: limits, service: service, table: table)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        do {
            return try await bootstrap.bind(host: settings.host, port: settings.port).get()
        } catch {
            throw HostError(
                .failed,
                "listen on '\(settings.host):\(settings.port)': \(error); is another program using the port? See the setting 'port'"
            )
        }
    }
}
