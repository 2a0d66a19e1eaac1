/// The DAV field of an answer to OPTIONS: compliance classes and extensions.
public struct DAVHeader: Sendable, Equatable {
    public var isClass1 = false
    public var isClass2 = false
    public var isClass3 = false
    public var extensions: [[UInt8]] = []

    public init(parsing fields: [ArraySlice<UInt8>]) {
        for field in fields {
            for element in ListElements(of: field) {
                switch element {
                case [0x31]: isClass1 = true
                case [0x32]: isClass2 = true
                case [0x33]: isClass3 = true
                default: extensions.append(Array(element))
                }
            }
        }
    }
}
