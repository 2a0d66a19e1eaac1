import Barchan
import HTTP1Server

/// Sends a request to the pages or to a grain, by its host name.
struct FrontendService: RequestService {
    let host: any FrontendHost
    let site: Site
    let shell: ShellService
    let grains: GrainService
    private let metricsPage: MetricsService
    private let metrics: FrontendMetrics
    private let tokenAttempts: AttemptLimiter

    init(host: any FrontendHost, site: Site, settings: HTTPFrontendSettings, log: HostLog) throws(HostError) {
        self.host = host
        self.site = site
        let exceptions = OpenExceptions(settings.pageExceptions)
        for (app, allowed) in settings.pageExceptions {
            for text in allowed.descriptions { log(.info, "exception: pages of app \(app) may \(text)") }
        }
        let metrics = FrontendMetrics()
        self.metrics = metrics
        tokenAttempts = AttemptLimiter(perMinute: settings.attemptsPerMinute)
        metricsPage = MetricsService(access: settings.metricsAccess, host: host, metrics: metrics)
        shell = try ShellService(
            host: host, site: site, exceptions: exceptions,
            attempts: AttemptLimiter(perMinute: settings.attemptsPerMinute), metrics: metrics, log: log)
        grains = GrainService(
            host: host, site: site, bufferedBodyBytes: settings.bufferedBodyBytes, exceptions: exceptions,
            metrics: metrics, notesAll: settings.notesAllRequests, log: log)
    }

    func answer(_ request: Request) async -> Answer {
        let place = site.place(ofHost: request.head.host)
        if let response = await metricsPage.answer(request, at: place) { return .response(response) }
        var response: Response
        switch place {
        case .grain(let session): return await grains.answer(request, session)
        case .api(let name): return await api(request, name)
        case .shell:
            // Installing and the like may compute for seconds: not on the loop that serves other connections.
            response = await withTaskExecutorPreference(globalConcurrentExecutor) { await shell.answer(request) }
        case .pictures:
            response = await PictureService(people: host.people, offers: shell.offers, shell: site.baseURL)
                .answer(request)
        case .nowhere: response = elsewhere(request.head.host)
        }
        response.fields.add(request.trace)
        metrics.notePage(response.status, since: request.begin)
        return .response(response)
    }

    /// A program's request. Where too many wrong tokens came from, right ones wait, too; otherwise right ones cost nothing.
    private func api(_ request: Request, _ name: String?) async -> Answer {
        let client = ClientAddress.key(of: request)
        guard let seconds = tokenAttempts.waiting(client) else {
            return await APIService(host: host, site: site, grains: grains, wrongTokens: tokenAttempts).answer(
                request, name)
        }
        metrics.limited.increment()
        var fields = APIService.policy
        fields.add("Retry-After", String(seconds))
        let response = Response.sentence(429, "Too many wrong tokens came from where you are.", fields)
        return .response(grains.finished(response, request, nil))
    }

    func begin(_ request: Request, _ completion: @escaping @Sendable (Answer) -> Void) -> (any PendingRequest)? {
        grains.begin(request, completion)
    }

    func refusal(_ fault: RequestFault, host: String?, _ trace: TraceID) -> Response {
        metrics.noteRefusal(fault.status)
        // Only there: elsewhere pages of grains and other sites could send such heads, and so log people out.
        let isOurs = fault.isOfCookies && fault.host.map(site.place) == .shell
        var response = isOurs ? shell.pages.tooManyCookies : refusal(fault, host: host)
        response.fields.add(trace)
        if fault.status == 503 { response.fields.add("Retry-After", "2") }
        return response
    }

    private func refusal(_ fault: RequestFault, host: String?) -> Response {
        guard let host else {
            return .sentence(
                fault.status, fault.reason, HeaderPolicy.unknownHost(shell: site.baseURL, pictures: site.staticOrigin))
        }
        return switch site.place(ofHost: host) {
        case .grain(let session): grains.errorPage(fault.status, fault.reason, GrainOrigin(session, site: site))
        case .api: .sentence(fault.status, fault.reason, APIService.policy)
        default: shell.pages.error(fault.status, fault.reason)
        }
    }

    /// A foreign name that leads here may be an attack on this host's own names (DNS rebinding).
    private func elsewhere(_ host: String) -> Response {
        shell.pages.error(421, "There is nothing at '\(host)'. This server is at \(site.baseURL).")
    }
}
