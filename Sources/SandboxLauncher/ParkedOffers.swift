import CLinux
import Glibc
import SandboxProtocol

/// Sandboxes of a launcher that wait for a grain, in which the host starts one itself.
///
/// The way through the launcher takes a wake-up of a process more, which is a good part of such a start.
struct ParkedOffers {
    private var offers: [UInt64: ParkedOffer] = [:]
    /// The grains that were started in them, until the launcher says that they run.
    private var grains: [UInt64: UInt64] = [:]

    mutating func add(_ token: UInt64, _ offer: ParkedOffer) {
        offers.removeValue(forKey: token)?.close()
        offers[token] = offer
    }

    /// One that the order fits; it is the caller's, who has to claim it.
    mutating func take(_ order: LaunchOrder, _ files: PackageFiles) -> (token: UInt64, offer: ParkedOffer)? {
        guard let found = offers.first(where: { $0.value.files == files && order.fits($0.value.order) }) else {
            return nil
        }
        offers[found.key] = nil
        return (found.key, found.value)
    }

    var isEmpty: Bool { offers.isEmpty }

    /// Tells a sandbox that waits for a grain of the package that one will most likely come at once.
    func wake(_ layers: [String]) {
        guard let offer = offers.values.first(where: { $0.files.layers == layers }) else { return }
        let message = LauncherRequest.wake.encoded()
        // What does not arrive is not missed.
        _ = send(offer.channel, message, message.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
    }

    mutating func note(_ grain: UInt64, in token: UInt64) { grains[token] = grain }
    mutating func forget(_ grain: UInt64) { grains = grains.filter { $0.value != grain } }

    /// A sandbox is gone.
    /// - Returns: The grain that was to start in it.
    mutating func withdraw(_ token: UInt64) -> UInt64? {
        offers.removeValue(forKey: token)?.close()
        return grains.removeValue(forKey: token)
    }

    mutating func close() {
        for offer in offers.values { offer.close() }
        offers = [:]
    }
}

/// A sandbox that waits, and what it fits.
struct ParkedOffer {
    let files: PackageFiles
    let order: LaunchOrder
    /// Takes a `launch` or `take` request with data, socket and output.
    let channel: CInt
    let claim: CInt

    /// What starts a grain in it. The sandbox has prepared to execute what it was made ready with.
    func request(_ number: UInt64, _ order: LaunchOrder) -> LauncherRequest {
        order.runsTheSame(as: self.order) ? .take(number: number) : .launch(number: number, order)
    }

    /// False when the launcher ends it.
    func takeClaim() -> Bool {
        var value: UInt64 = 0
        return read(claim, &value, 8) == 8
    }

    func close() {
        Glibc.close(channel)
        Glibc.close(claim)
    }
}
