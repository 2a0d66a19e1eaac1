import CapnProto

/// Messages of the RPC protocol that a well-behaved library would not send.
enum RawRPC {
    static func bootstrap(question: UInt32) -> [UInt8] {
        message(8) { pointer in pointer.initStructure(StructSize(dataWords: 1, pointers: 1)).store(question, 0) }
    }

    static func finish(question: UInt32) -> [UInt8] {
        message(4) { pointer in pointer.initStructure(StructSize(dataWords: 1, pointers: 0)).store(question, 0) }
    }

    /// Asks the other side to send back what it has sent to one of its own objects.
    static func disembargo(export: UInt32) -> [UInt8] {
        message(13) { pointer in
            let body = pointer.initStructure(StructSize(dataWords: 1, pointers: 1))
            body.store(UInt32(1), 0)
            body.pointer(0).initStructure(StructSize(dataWords: 1, pointers: 0)).store(export, 0)
        }
    }

    /// The answer to a question: a promise that this side keeps under a number.
    /// - Parameter count: How many promises go along, with numbers from there on; the first is the answer.
    static func `return`(answer: UInt32, senderPromise: UInt32, count: Int = 1) -> [UInt8] {
        message(3) { pointer in
            let body = pointer.initStructure(StructSize(dataWords: 2, pointers: 1))
            body.store(answer, 0)
            let payload = body.pointer(0).initStructure(StructSize(dataWords: 0, pointers: 2))
            payload.pointer(0).setCapability(0)
            let table = payload.pointer(1).initList(of: Descriptor.self, count: count)
            for index in 0..<count {
                table[index].structure.store(UInt16(2), 0)
                table[index].structure.store(senderPromise + UInt32(index), 4)
            }
        }
    }

    static func resolve(promise: UInt32, senderPromise: UInt32) -> [UInt8] {
        message(5) { pointer in
            let body = pointer.initStructure(StructSize(dataWords: 1, pointers: 1))
            body.store(promise, 0)
            let descriptor = body.pointer(0).initStructure(StructSize(dataWords: 1, pointers: 1))
            descriptor.store(UInt16(2), 0)
            descriptor.store(senderPromise, 4)
        }
    }

    private static func message(_ tag: UInt16, _ fill: (PointerBuilder) -> Void) -> [UInt8] {
        let message = MessageBuilder()
        let root = message.root.initStructure(StructSize(dataWords: 1, pointers: 1))
        root.store(tag, 0)
        fill(root.pointer(0))
        return message.streamBytes
    }

    private enum Descriptor: StructSchema {
        static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        struct Reader: TypedReader {
            let structure: StructReader
            init(_ structure: StructReader) { self.structure = structure }
        }
        struct Builder: TypedBuilder {
            let structure: StructBuilder
            init(_ structure: StructBuilder) { self.structure = structure }
        }
    }
}
