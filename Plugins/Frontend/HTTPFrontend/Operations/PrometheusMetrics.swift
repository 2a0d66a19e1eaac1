import Barchan
import CoreMetrics
import Synchronization

/// Where this module's swift-metrics instruments count, to be read as the host's figures are. Instruments are made for it by name,
/// so nothing is global.
final class PrometheusMetrics: MetricsFactory {
    /// What gives the present samples of one instrument.
    fileprivate typealias Reading = @Sendable () -> [HostFigure.Sample]

    private struct Instrument {
        var summary: String
        var kind: HostFigure.Kind
        var readings: [Reading]
    }

    private let instruments = Mutex<[String: Instrument]>([:])
    private let summaries: [String: String]

    /// - Parameter summaries: What each name means.
    init(summaries: [String: String]) { self.summaries = summaries }

    /// Ordered by name.
    var figures: [HostFigure] {
        let all = instruments.withLock { $0 }
        return all.sorted { $0.key < $1.key }.map { name, instrument in
            HostFigure(name, instrument.summary, instrument.kind, instrument.readings.flatMap { $0() })
        }
    }

    private func register(_ name: String, _ kind: HostFigure.Kind, _ reading: @escaping Reading) {
        instruments.withLock { instruments in
            instruments[name, default: Instrument(summary: summaries[name] ?? name, kind: kind, readings: [])].readings
                .append(reading)
        }
    }

    // MARK: MetricsFactory

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let counter = AtomicCounter()
        let labels = dimensions.map { KeyValue($0.0, $0.1) }
        register(label, .counter) { [.init(Double(counter.value.load(ordering: .relaxed)), labels: labels)] }
        return counter
    }

    /// Seconds, in buckets.
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let timer = BucketTimer()
        let labels = dimensions.map { KeyValue($0.0, $0.1) }
        register(label, .histogram) { timer.samples(labels) }
        return timer
    }

    /// The newest value.
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let gauge = LatestValue()
        let labels = dimensions.map { KeyValue($0.0, $0.1) }
        register(label, .gauge) { [.init(gauge.value.withLock { $0 }, labels: labels)] }
        return gauge
    }

    // Instruments live as long as the frontend.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

private final class AtomicCounter: CounterHandler {
    let value = Atomic<Int64>(0)
    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
}

private final class LatestValue: RecorderHandler {
    let value = Mutex(0.0)
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { self.value.withLock { $0 = value } }
}

private final class BucketTimer: TimerHandler {
    /// Seconds: from what a small app answers in, to what a person gives up at.
    private static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    private struct State {
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var nanoseconds: Int64 = 0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(duration) / 1e9
        let index = BucketTimer.bounds.firstIndex { seconds <= $0 } ?? BucketTimer.bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.nanoseconds &+= duration
        }
    }

    func samples(_ labels: [KeyValue]) -> [HostFigure.Sample] {
        let state = state.withLock { $0 }
        var total = 0
        var samples: [HostFigure.Sample] = []
        for (index, count) in state.counts.enumerated() {
            total += count
            let bound = index < BucketTimer.bounds.count ? "\(BucketTimer.bounds[index])" : "+Inf"
            samples.append(.init(Double(total), labels: labels + [KeyValue("le", bound)], suffix: "_bucket"))
        }
        samples.append(.init(Double(state.nanoseconds) / 1e9, labels: labels, suffix: "_sum"))
        samples.append(.init(Double(total), labels: labels, suffix: "_count"))
        return samples
    }
}

/// Figures as Prometheus reads them (text format 0.0.4).
enum PrometheusText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    static func text(_ figures: [HostFigure]) -> String {
        var text = ""
        for figure in figures {
            text += "# HELP \(figure.name) \(escaped(figure.summary, quotes: false))\n"
            text += "# TYPE \(figure.name) \(figure.kind.rawValue)\n"
            for sample in figure.samples {
                text += "\(figure.name)\(sample.suffix)\(labels(sample.labels)) \(number(sample.value))\n"
            }
        }
        return text
    }

    private static func labels(_ labels: [KeyValue]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\"" where quotes: "\\\""
            default: String(scalar)
            }
        }.joined()
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
