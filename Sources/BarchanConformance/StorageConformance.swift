import Barchan

/// The promises of the storage interface.
public enum StorageConformance {
    public typealias Check = ConformanceCheck<any StorageProvider>

    public static let checks: [Check] = packages + volumes + records
}
