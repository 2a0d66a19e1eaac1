import Testing

/// The built host with real apps in a real browser; one after the other, because two cores are few for that.
@Suite(
    "End to end", .serialized,
    .enabled(if: Places.missing() == nil, "\(Places.missing() ?? "") is not there; run 'make test'"),
    .timeLimit(.minutes(10)))
struct EndToEndTests {}
