import CapnProto
import GrainSchemas

/// An HTTP API of the app that other grains may be granted (specification, section 7.2).
struct PowerboxAPI {
    let name: String
    let path: String
    /// What may be done through it, by position in the view info.
    let permissions: [Bool]
    let title: String
    let summary: String
    /// The definition as a message by itself.
    private let definition: [UInt8]

    init(_ definition: Wire.BridgeConfig.PowerboxApi.Reader) throws {
        name = try definition.name
        path = try definition.path
        permissions = Array(try definition.permissions)
        title = try definition.displayInfo.title.defaultText
        summary = try definition.displayInfo.description.defaultText
        let message = MessageBuilder()
        try message.root.copy(definition.structure)
        self.definition = message.flatBytes
    }

    /// Gives an object that stands for this API to whoever asked for one.
    func fulfill(_ request: Capability, with object: Capability, _ completion: @escaping (CallFailure?) -> Void) {
        do {
            let definition = try MessageReader(definition, framing: .flat).root(Wire.BridgeConfig.PowerboxApi.self)
            var payload = Payload()
            let params = payload.message.initRoot(Wire.SessionContext.FulfillRequestParams.self)
            params.setCap(capability: payload.index(of: object))
            params.setRequiredPermissions(permissions)
            let tag = params.initDescriptor().initTags(count: 1)[0]
            tag.setId(Wire.ApiSession.interfaceID)
            try tag.initValue().copy(definition.tag.structure)
            try params.copyDisplayInfo(definition.displayInfo)
            OutgoingCall(request, Wire.SessionContext.Methods.fulfillRequest, payload) { result in
                if case .failure(let failure) = result { completion(failure) } else { completion(nil) }
            }
        } catch { completion(.failed("fulfil a request: \(error)")) }
    }
}
