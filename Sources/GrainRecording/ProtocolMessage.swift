import CapnProto

/// A message of the RPC protocol (rpc.capnp), as far as playing one again needs it.
struct ProtocolMessage: Sendable {
    enum Kind: UInt16 {
        case unimplemented = 0
        case abort, call, `return`, finish, resolve, release
        case bootstrap = 8
        case disembargo = 13
    }

    /// The union of a Return.
    enum Outcome: UInt16 { case results = 0, exception }

    var flat: FlatMessage
    /// Nil for kinds that two parties do not use.
    let kind: Kind?
    private let body: FlatMessage.Place?

    init(_ message: [UInt8]) throws(MessageError) {
        flat = try FlatMessage(message)
        let root = flat.follow(0)
        kind =
            root?.field(0, bytes: 2).flatMap { [flat] in Kind(rawValue: flat.load($0)) }
            ?? (root == nil ? nil : .unimplemented)
        body = root?.pointer(0).flatMap { [flat] in flat.follow($0) }
    }

    /// Question, answer, promise or export: the first number of every kind.
    var number: UInt32 {
        get { number(at: 0) }
        set { setNumber(newValue, at: 0) }
    }
    var interfaceID: UInt64 { field(8, as: UInt64.self) }
    var methodID: UInt16 { field(4, as: UInt16.self) }
    var outcome: Outcome? { kind == .return ? Outcome(rawValue: field(6, as: UInt16.self)) : nil }
    var isCall: Bool { kind == .call }
    var method: MethodName { MethodName(interfaceID: interfaceID, ordinal: methodID) }

    /// The pointer to what a Call or a Return carries.
    var content: Int? { payload?.pointer(0) }
    /// The pointer to an exception.
    var exception: Int? { outcome == .exception ? body?.pointer(0) : nil }

    private func field<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type) -> Number {
        body?.field(offset, bytes: MemoryLayout<Number>.size).map { flat.load($0) } ?? 0
    }

    private func number(at offset: Int) -> UInt32 { field(offset, as: UInt32.self) }

    private mutating func setNumber(_ value: UInt32, at offset: Int) {
        if let byte = body?.field(offset, bytes: 4) { flat.store(value, byte) }
    }

    /// MessageTarget of a Call, when it is of this kind: importedCap 0, promisedAnswer 1.
    private func target(_ kind: UInt16) -> FlatMessage.Place? {
        guard isCall, let target = body?.pointer(0).flatMap(flat.follow),
            target.field(4, bytes: 2).map({ flat.load($0) as UInt16 }) ?? 0 == kind
        else { return nil }
        return target
    }

    /// The export of the other side that a Call is for; nil when it is for a part of an answer.
    var importedTarget: UInt32? { target(0)?.field(0, bytes: 4).map { flat.load($0) } }

    /// The question whose answer a Call is for a part of; nil when it is for an export.
    var promisedTarget: UInt32? {
        target(1)?.pointer(0).flatMap(flat.follow)?.field(0, bytes: 4).map { flat.load($0) }
    }

    /// A Return with nothing in it, with its segment table.
    static func emptyReturn(to question: UInt32) -> [UInt8] {
        let message = MessageBuilder(capacityWords: 16)
        let root = message.root.initStructure(StructSize(dataWords: 1, pointers: 1))
        root.store(Kind.return.rawValue, 0)
        let body = root.pointer(0).initStructure(StructSize(dataWords: 2, pointers: 1))
        body.store(question, 0)
        // releaseParamCaps, whose default is true: the objects that came along are given back one by one.
        body.setBool(false, bit: 32, default: true)
        let payload = body.pointer(0).initStructure(StructSize(dataWords: 0, pointers: 2))
        _ = payload.pointer(0).initStructure(StructSize(dataWords: 0, pointers: 0))
        return message.streamBytes
    }

    private var payload: FlatMessage.Place? {
        switch kind {
        case .call: body?.pointer(1).flatMap(flat.follow)
        case .return where outcome == .results: body?.pointer(0).flatMap(flat.follow)
        default: nil
        }
    }
}

// MARK: Numbers that the other side gave

extension ProtocolMessage {
    /// Where a number of the other side's exports stands.
    private var importPlaces: [Int] {
        var places: [Int] = []
        switch kind {
        case .release: if let byte = body?.field(0, bytes: 4) { places.append(byte) }
        case .call, .disembargo:
            // MessageTarget: which at 4, importedCap at 0.
            if let target = body?.pointer(0).flatMap(flat.follow), let byte = target.field(0, bytes: 4),
                target.field(4, bytes: 2).map({ flat.load($0) as UInt16 }) ?? 0 == 0
            {
                places.append(byte)
            }
        default: break
        }
        return places + descriptors.filter { $0.isReceivers }.map(\.place)
    }

    /// The capabilities that go along.
    private var descriptors: [(place: Int, isReceivers: Bool, isSenders: Bool)] {
        var list: [(element: FlatMessage.Place, count: Int)] = []
        if let table = payload?.pointer(1).flatMap(flat.follow), table.kind == .composite {
            list = [(table, table.count)]
        }
        if kind == .resolve, let one = body?.pointer(0).flatMap(flat.follow) { list = [(one, 1)] }
        return list.flatMap { (place, count) in
            (0..<count).compactMap { element in
                guard let which = place.field(0, bytes: 2, ofElement: element),
                    let number = place.field(4, bytes: 4, ofElement: element)
                else { return nil }
                let kind: UInt16 = flat.load(which)
                return (number, kind == 3, kind == 1 || kind == 2)
            }
        }
    }

    /// Numbers of this side's own objects that go along, in order.
    var exports: [UInt32] { descriptors.filter(\.isSenders).map { flat.load($0.place) } }

    /// Replaces numbers of the other side's exports.
    mutating func renumberImports(_ change: (UInt32) -> UInt32) {
        for place in importPlaces { flat.store(change(flat.load(place)), place) }
    }
}

/// A method by its numbers.
struct MethodName: Hashable, Sendable {
    var interfaceID: UInt64
    var ordinal: UInt16
}
