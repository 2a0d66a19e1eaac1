# The network as capabilities.
#
# The host offers these to grains over fd 3, when an administrator chose so in the powerbox.

@0xf44732d435305f86;

using Cxx = import "/capnp/c++.capnp";
using Supervisor = import "supervisor.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface IpNetwork {
  getRemoteHost @0 (address :IpAddress) -> (host :IpRemoteHost);
  getRemoteHostByName @1 (address :Text) -> (host :IpRemoteHost);

  struct PowerboxTag {
    encryption @0 :Encryption;

    struct Encryption @0xe2d94cf90fe4078d {
      union {
        none @0 :Void;
        tls @1 :Void;
      }
    }
  }
}

struct IpAddress {
  # An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d.

  lower64 @0 :UInt64;
  upper64 @1 :UInt64;
}

interface IpInterface {
  listenTcp @0 (portNum :UInt16, port :TcpPort) -> (handle :Util.Handle);
  listenUdp @1 (portNum :UInt16, port :UdpPort) -> (handle :Util.Handle);
}

interface IpRemoteHost {
  getTcpPort @0 (portNum :UInt16) -> (port :TcpPort);
  getUdpPort @1 (portNum :UInt16) -> (port :UdpPort);
}

interface TcpPort {
  connect @0 (downstream :Util.ByteStream) -> (upstream :Util.ByteStream);
  # A connection is a pair of pipes.
}

interface UdpPort {
  send @0 (message :Data, returnPort :UdpPort);
}

struct IpPortPowerboxMetadata {
  preferredPortNum @0 :UInt16;
  preferredHost @1 :Text;
}

interface PersistentIpNetwork extends(IpNetwork, Supervisor.SystemPersistent) {}

interface PersistentIpInterface extends(IpInterface, Supervisor.SystemPersistent) {}
