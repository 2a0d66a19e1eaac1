import CCapnpRPC
import CLinux
import CapnProto
import Glibc
import GrainSchemas
import Testing

@testable import HTTPBridge

/// Writes down what the bridge asks of its host.
final class FakeSandstormAPI: RPCObject {
    private(set) var calls: [String] = []
    var onCall: (() -> Void)?
    var loop: EventLoop?
    /// What tokens stand for; with `false` there is nothing behind any.
    var restored: any RPCObject = NothingOffered()
    var knowsTokens = true
    static let token: [UInt8] = [0x61, 0x20, 0x2f, 0x00, 0xff]

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        do {
            var payload = Payload()
            if call.isCall(of: Wire.SandstormApi.Methods.save) {
                calls.append("save " + (try params.reader.root(Wire.SandstormApi.SaveParams.self).label.defaultText))
                payload.message.initRoot(Wire.SandstormApi.SaveResults.self).setToken(Self.token)
            } else if call.isCall(of: Wire.SandstormApi.Methods.restore) {
                let token = try params.reader.root(Wire.SandstormApi.RestoreParams.self).token.array
                calls.append("restore " + hexadecimal(token[...]))
                guard knowsTokens else { throw CallFailure.failed("there is no such token") }
                let results = payload.message.initRoot(Wire.SandstormApi.RestoreResults.self)
                if let loop {
                    results.setCap(capability: payload.index(of: Capability(to: restored, on: loop)))
                }
            } else if call.isCall(of: Wire.SandstormApi.Methods.drop) {
                let token = try params.reader.root(Wire.SandstormApi.DropParams.self).token.array
                calls.append("drop " + hexadecimal(token[...]))
            } else if call.isCall(of: Wire.SandstormApi.Methods.getIdentityId) {
                calls.append("getIdentityId")
                payload.message.initRoot(Wire.SandstormApi.GetIdentityIdResults.self).setId((0..<32).map { UInt8($0) })
            } else {
                throw CallFailure.unimplemented(call)
            }
            call.reply(payload)
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
        onCall?()
    }
}

/// A bridge with a socket for its app, which the test plays.
final class LocalGrain {
    let host: GrainHost
    let api = FakeSandstormAPI()
    private let folder: String
    private var peers: [PeerConnection] = []

    init(
        options: [String] = [], port: UInt16? = nil, command: [String] = ["sleep", "1000"],
        _ configure: (Wire.BridgeConfig.Builder) -> Void = { _ in }
    ) throws {
        folder = try Place.temporaryFolder()
        let message = MessageBuilder()
        configure(message.initRoot(Wire.BridgeConfig.self))
        let config = folder + "/config"
        let file = try #require(fopen(config, "w"))
        let bytes = message.streamBytes
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        host = try GrainHost(
            config: config, options: ["--api-socket", folder + "/api", "--identities", folder + "/a/b"] + options,
            offering: api, port: try port ?? Place.freePort(), command: command)
        api.loop = host.loop
    }

    /// Connects as the app does, once the bridge is there.
    func connect(offering: any RPCObject = NothingOffered()) throws -> Capability {
        try host.call(host.view, Wire.UiView.Methods.getViewInfo, { _, _ in }) { _, _ in }
        return try #require(open(offering).bootstrap())
    }

    /// Connects without waiting for an answer of the bridge, which itself waits for this.
    func connectInBackground(offering: any RPCObject) {
        (offering as? Hooks)?.loop = host.loop
        while access(folder + "/api", F_OK) != 0 {}
        _ = open(offering).bootstrap()
    }

    private func open(_ offering: any RPCObject) -> PeerConnection {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array((folder + "/api").utf8)) }
        var result: Int32 = -1
        while result != 0 {
            // Between bind and listen it is there and refuses.
            result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        let peer = PeerConnection(
            descriptor, side: bcr_client, offering: Capability(to: offering, on: host.loop), on: host.loop
        ) { _, _ in }
        peers.append(peer)
        return peer
    }

    /// Where a saved identity's link leads.
    func link(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(folder + "/a/b/" + name, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
