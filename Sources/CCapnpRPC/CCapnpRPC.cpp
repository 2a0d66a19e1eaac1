// Facade over libcapnp RPC; see the header.
