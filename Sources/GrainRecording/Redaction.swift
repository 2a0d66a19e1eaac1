import CapnProto

extension Recording {
    /// The same conversation without what people and apps said: every text and every blob is as long as it was, and made
    /// of one letter. Numbers, structure, and who called what stay.
    /// - Throws: ``Mistake`` when a side says what is no message.
    public func redacted() throws(Mistake) -> Recording {
        var redacted: [Piece] = []
        for piece in try messages() {
            guard var flat = try? FlatMessage(piece.bytes) else {
                throw Mistake(description: "a message cannot be read, so it cannot be redacted")
            }
            flat.redact(0)
            redacted.append(Piece(from: piece.from, flat.message))
        }
        return Recording(redacted)
    }
}

extension FlatMessage {
    /// Overwrites every list of bytes that the pointer at `byte` leads to.
    fileprivate mutating func redact(_ byte: Int) {
        guard let place = follow(byte) else { return }
        switch place.kind {
        case .bytes: redact(place)
        case .structure, .composite, .pointers:
            for element in 0..<place.count {
                for index in 0..<place.pointers {
                    if let pointer = place.pointer(index, ofElement: element) { redact(pointer) }
                }
            }
        case .plain, .capability: break
        }
    }

    private mutating func redact(_ place: Place) {
        guard place.count > 0 else { return }
        // A text ends with NUL and must go on doing so.
        let last = place.start + place.count - 1
        let isText = bytes[last] == 0
        fill(place, with: 0x78)
        if isText { fill(Place(kind: .bytes, start: last, count: 1), with: 0) }
    }
}
