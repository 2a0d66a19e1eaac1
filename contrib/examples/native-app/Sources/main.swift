// An app without a web server: it speaks Cap'n Proto with its host on descriptor 3, and nothing else.
import CCapnpRPC
import Glibc
import GrainRPC

guard let loop = EventLoop() else {
    perror("native-app: make an event loop")
    exit(1)
}
let visits = VisitFile("/var/visits")
let view = CounterView(visits, on: loop)
// The app is the client of this conversation, and offers its view the other way.
let host = PeerConnection(3, side: bcr_client, offering: Capability(to: view, on: loop), on: loop) { _, _ in
    // The host is gone, and a grain never outlives it.
    exit(0)
}
if let api = host.bootstrap() { view.begin(Host(api, on: loop)) }
loop.run()
