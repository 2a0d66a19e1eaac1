import Barchan

/// Grains that were used and have no data, and data that belongs to no grain: what there is to see when a disk is not mounted, or
/// the records are lost.
enum LostData {
    static func error(_ grain: GrainID, _ attempt: String) -> HostError {
        HostError(
            .corrupt,
            "\(attempt) grain '\(grain)': its data is gone; restore a backup of it. For the administrator: perhaps the disk that "
                + "has the data of grains is not mounted")
    }

    /// `3 (a, b, …)`.
    fileprivate static func text(_ grains: [GrainID]) -> String {
        let first = grains.sorted().prefix(5).map(\.text).joined(separator: ", ")
        return "\(grains.count) (\(first)\(grains.count > 5 ? ", …" : ""))"
    }
}

extension Host {
    /// Says in the log where records and volumes do not belong to each other.
    func lookForLostData() async {
        do throws(HostError) {
            var unknown = Set(try await grainBook.volumes.grains()), lost: [GrainID] = []
            try await records.forEachGrain { (record) throws(HostError) in
                if unknown.remove(record.grain) == nil, record.hasAnswered { lost.append(record.grain) }
            }
            if !lost.isEmpty {
                log(
                    .error,
                    "grains that were used and have no data: \(LostData.text(lost)); if it is on a disk of its own, stop the host, "
                        + "mount that and start again; otherwise restore backups. They are not started like this")
            }
            guard !unknown.isEmpty else { return }
            packageBook.keepsAll.set()
            log(
                .error,
                "volumes of grains that no record knows: \(LostData.text(Array(unknown))); the records are lost, or older than the "
                    + "data: stop the host and restore them from a copy. Nothing removes those volumes, and no package is removed "
                    + "as long as they are there")
        } catch {
            log(.error, "compare records and volumes: \(error.message)")
        }
    }
}
