import CapnProto
import Glibc
import GrainSchemas

/// What the package says of its app, in the file that the packing tool wrote.
struct BridgeConfiguration {
    /// The name the format gives the file; it is in the package's root.
    static let path = "/sandstorm-http-bridge-config"
    private static let largestBytes = 8 << 20

    let permissionNames: [String]
    /// Prefix for API sessions; empty when there is no API.
    let apiPath: String
    let savesIdentities: Bool
    let expectsAppHooks: Bool
    let powerboxAPIs: [PowerboxAPI]
    /// The results of getViewInfo, ready to be sent.
    let viewInfo: Payload

    init(path: String) throws(CallFailure) {
        let bytes = try Self.contents(of: path)
        do {
            let message = try MessageReader(bytes, framing: .stream)
            let config = try message.root(Wire.BridgeConfig.self)
            apiPath = try config.apiPath
            savesIdentities = config.saveIdentityCaps
            expectsAppHooks = config.expectAppHooks
            permissionNames = try config.viewInfo.permissions.map { try $0.name }
            powerboxAPIs = try config.powerboxApis.map(PowerboxAPI.init)
            viewInfo = try Self.viewInfo(config)
        } catch {
            throw .failed("read '\(path)': \(error); pack the app again")
        }
    }

    /// The view info as configured, and that the app answers requests for its APIs.
    private static func viewInfo(_ config: Wire.BridgeConfig.Reader) throws -> Payload {
        let payload = Payload(capacityWords: 256)
        let configured = try config.viewInfo
        let info = payload.message.initRoot(Wire.UiView.ViewInfo.self)
        let apis = try config.powerboxApis
        guard !apis.isEmpty else {
            try info.structure.copy(configured.structure)
            return payload
        }
        // A list cannot grow: the other fields are copied one by one, and this one is made anew.
        for index in 0..<8 where index != matchRequestsPointer {
            try info.structure.pointer(index).copy(configured.structure.pointer(index))
        }
        let requests = try configured.matchRequests
        let list = info.initMatchRequests(count: requests.count + apis.count)
        for (index, request) in requests.enumerated() { try list[index].structure.copy(request.structure) }
        for (index, api) in apis.enumerated() {
            let tag = list[requests.count + index].initTags(count: 1)[0]
            tag.setId(Wire.ApiSession.interfaceID)
            try tag.initValue().copy(api.structure.pointer(powerboxTagPointer))
        }
        return payload
    }

    private static let matchRequestsPointer = 3
    private static let powerboxTagPointer = 3

    private static func contents(of path: String) throws(CallFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed("open '\(path)': \(errorText(errno)); is this a package?") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var isAtEnd = false
        while !isAtEnd, bytes.count <= largestBytes {
            let size = 16_384
            let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = max(read(descriptor, buffer.baseAddress, size), 0)
            }
            bytes += chunk
            isAtEnd = chunk.isEmpty
        }
        guard isAtEnd else { throw .failed("read '\(path)': it is larger than \(largestBytes) bytes") }
        return bytes
    }
}
