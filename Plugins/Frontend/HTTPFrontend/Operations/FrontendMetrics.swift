import Barchan
import CoreMetrics

/// What the frontend counts.
struct FrontendMetrics: Sendable {
    private let metrics: PrometheusMetrics
    private let pages: StatusCounters
    private let grains: StatusCounters
    private let refused: StatusCounters
    private let grainTime: Timer
    private let pageTime: Timer
    let limited: Counter

    init() {
        metrics = PrometheusMetrics(summaries: [
            "barchan_http_requests_total": "Answers to requests, by what they were for and their status",
            "barchan_http_request_seconds": "From a request's head to the head of its answer",
            "barchan_http_limited_total": "Attempts to log in or to use a token that came too fast and were refused",
        ])
        pages = StatusCounters(to: "pages", metrics)
        grains = StatusCounters(to: "grains", metrics)
        refused = StatusCounters(to: "refused", metrics)
        grainTime = Timer(label: "barchan_http_request_seconds", dimensions: [("to", "grains")], factory: metrics)
        pageTime = Timer(label: "barchan_http_request_seconds", dimensions: [("to", "pages")], factory: metrics)
        limited = Counter(label: "barchan_http_limited_total", factory: metrics)
    }

    var figures: [HostFigure] { metrics.figures }

    func notePage(_ status: Int, since begin: UInt64) {
        pages.count(status)
        pageTime.recordNanoseconds(Int64(truncatingIfNeeded: uptimeNanoseconds() &- begin))
    }

    /// What was no proper request, so that nobody knows when it began.
    func noteRefusal(_ status: Int) { refused.count(status) }

    func noteGrain(_ status: Int, since begin: UInt64) {
        grains.count(status)
        grainTime.recordNanoseconds(Int64(truncatingIfNeeded: uptimeNanoseconds() &- begin))
    }
}

/// One counter for each class of status.
private struct StatusCounters: Sendable {
    private let counters: [Counter]

    init(to place: String, _ metrics: PrometheusMetrics) {
        counters = (1...5).map { first in
            Counter(
                label: "barchan_http_requests_total", dimensions: [("to", place), ("status", "\(first)xx")],
                factory: metrics)
        }
    }

    func count(_ status: Int) {
        let index = status / 100 - 1
        if counters.indices.contains(index) { counters[index].increment() }
    }
}
