import Barchan
import HTTP1Server

/// Sends a request to the pages or to a grain, by its host name.
struct FrontendService: RequestService {
    let host: any FrontendHost
    let site: Site
    let shell: ShellService
    let grains: GrainService

    init(host: any FrontendHost, site: Site, settings: HTTPFrontendSettings, log: HostLog) throws(HostError) {
        self.host = host
        self.site = site
        let exceptions = OpenExceptions(settings.pageExceptions)
        for (app, allowed) in settings.pageExceptions {
            for text in allowed.descriptions { log(.info, "exception: pages of app \(app) may \(text)") }
        }
        shell = try ShellService(host: host, site: site, exceptions: exceptions, log: log)
        grains = GrainService(
            host: host, site: site, bufferedBodyBytes: settings.bufferedBodyBytes, exceptions: exceptions, log: log)
    }

    func answer(_ request: Request) async -> Answer {
        switch site.place(ofHost: request.head.host) {
        case .grain(let session): return await grains.answer(request, session)
        case .shell:
            // Installing and the like may compute for seconds: not on the loop that serves other connections.
            let response = await withTaskExecutorPreference(globalConcurrentExecutor) { await shell.answer(request) }
            return .response(response)
        case .pictures:
            return .response(
                await PictureService(people: host.people, offers: shell.offers, shell: site.baseURL).answer(request))
        case .api(let name): return await APIService(host: host, site: site, grains: grains).answer(request, name)
        case .nowhere: return .response(elsewhere(request.head.host))
        }
    }

    func begin(_ request: Request, _ completion: @escaping @Sendable (Answer) -> Void) -> (any PendingRequest)? {
        grains.begin(request, completion)
    }

    func refusal(_ fault: RequestFault, host: String?) -> Response {
        if let host, case .grain(let session) = site.place(ofHost: host) {
            return grains.errorPage(fault.status, fault.reason, GrainOrigin(session, site: site))
        }
        if let host, case .api = site.place(ofHost: host) {
            return APIService.error(fault.status, fault.reason, APIService.policy)
        }
        return shell.pages.error(fault.status, fault.reason)
    }

    /// A foreign name that leads here may be an attack on this host's own names (DNS rebinding).
    private func elsewhere(_ host: String) -> Response {
        shell.pages.error(421, "There is nothing at '\(host)'. This server is at \(site.baseURL).")
    }
}
