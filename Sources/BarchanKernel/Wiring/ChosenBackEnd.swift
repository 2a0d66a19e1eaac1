import Barchan

/// An isolation back end that the configuration uses, and what is to bound the grains that it gets.
public struct ChosenBackEnd: Sendable {
    public let plugin: Plugin
    /// Of the apps whose grains it gets, each combination that there is.
    let limits: [GrainLimits]

    public var name: String { "isolation '\(plugin.identifier)'" }

    /// What its grains lack of what the configuration asks for and ordinary apps need: sentences for whoever runs the host.
    public func weaknesses(with guarantees: Set<Guarantee>) -> [String] {
        var sentences: [String] = []
        for limit in GrainLimit.allCases {
            guard let guarantee = limit.guarantee,
                limits.contains(where: { !limit.isGuaranteed(by: guarantees, in: $0) })
            else { continue }
            sentences.append(
                "\(limit.rawValue) may not hold for its grains, because it does not guarantee \(guarantee)")
        }
        if guarantees.lacksLoopback {
            sentences.append(
                "apps behind the HTTP bridge do not start, because they need a loopback and it guarantees"
                    + " \(Guarantee.unixSocketsOnly)")
        }
        return sentences
    }
}

extension Wiring {
    /// The back ends that the configuration uses: the usual one, then those of single apps by name.
    /// - Throws: ``HostError`` `.notFound` or `.invalidArgument` for one that is not there or not chosen.
    public func backEnds() throws(HostError) -> [ChosenBackEnd] {
        let standard = try plugin(for: .isolation)
        let names = Set(configuration.appIsolation.values).subtracting([standard.identifier]).sorted()
        var chosen = [ChosenBackEnd(plugin: standard, limits: limits(by: standard.identifier, isStandard: true))]
        for name in names {
            guard let app = configuration.appIsolation.first(where: { $0.value == name })?.key else { continue }
            let plugin = try isolation(named: name, for: app)
            chosen.append(ChosenBackEnd(plugin: plugin, limits: limits(by: name, isStandard: false)))
        }
        return chosen
    }

    private func limits(by name: String, isStandard: Bool) -> [GrainLimits] {
        let limits = configuration.limits, isolation = configuration.appIsolation
        let apps = Set(limits.apps.keys).union(isolation.keys)
        let own = apps.filter { app in isolation[app].map { $0 == name } ?? isStandard }
        return (isStandard ? [limits.grain] : []) + own.map { limits.grain(of: $0) }
    }
}
