# How a host speaks with an isolation back end that is a program of its own.
#
# The program is started with one end of a UNIX socket of type SOCK_SEQPACKET as its descriptor 3. Each packet is one message
# in the standard framing (segment table, then the segments), at most 192 KiB to the program and 4 KiB from it. Descriptors
# travel beside the packet as SCM_RIGHTS. The program sends one reply `hello` before anything else. The end of the socket means
# that the host is gone: every sandbox has to be gone then, too.
#
# The program has to go on reading: a host whose requests are not read or answered for 30 seconds ends it. As a rule it is process 1
# of a pid namespace, which no signal ends whose action is the default one, not even one that it sends itself (abort, SIGTERM): it
# has to exit, and to wait for processes whose parents have ended.
#
# `barchan conform --backend external --set isolation.external.program=PATH` tries a program.

@0xd46b56e33d09d739;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("barchan");

struct IsolationRequest {
  # From the host.

  number @0 :UInt64;
  # Names the sandbox in this and all later messages about it. The host uses each number once.

  union {
    launch @1 :IsolationLaunch;
    # Start a program. Two descriptors come along: what becomes its descriptor 3, and what becomes its 1 and 2. The answer
    # is `started` or `failed`.
    #
    # What every sandbox has: descriptor 0, which is /dev/null and can only be read, those three, and no other; / as the
    # working directory; umask 007; every signal with its default action and none blocked; a user that is not root, in no
    # group but its own; /dev with null, zero, random, urandom and shm; a directory /tmp of its own; where the package has a file
    # /proc/cpuinfo, the machine's there; and a loopback interface that is up, unless it guarantees `unixSocketsOnly`. With
    # `ownIdentity` user and group are 1000 and the host is called sandbox, and with `privateProcesses` the program is
    # process 1.

    terminate @2 :Void;
    # End every process of the sandbox. The answer is `exited` or `signaled`, once all are gone. A number that has ended
    # already is to be ignored.
  }
}

struct IsolationLaunch {
  grain @0 :Text;
  # For messages to people and for names of control groups.

  layers @1 :List(Text);
  # Absolute paths of the package's layers, the topmost first; together they are the read-only root.

  data @2 :Text;
  # Absolute path of the directory that becomes /var.

  arguments @3 :List(Text);
  # The first is executed literally, inside. There is at least one, and no text holds a NUL.

  environment @4 :List(Text);
  # NAME=value, in order, and nothing else.

  openFilesSoft @5 :UInt64;
  openFilesHard @6 :UInt64;
  # Of each process.

  temporaryBytes @7 :UInt64;
  temporaryInodes @8 :UInt64;
  # Of /tmp and /dev/shm: together, or of each.

  memoryBytes @9 :UInt64;
  processes @10 :UInt64;
  # Of the whole sandbox; 0 for no bound.
}

struct IsolationReply {
  # From the program.

  number @0 :UInt64;
  # The sandbox it is about; 0 with `hello`.

  union {
    hello @1 :IsolationHello;
    started @2 :Void;
    # The program runs.

    failed @3 :IsolationFailure;
    # The program does not run and nothing is left of it.

    exited @4 :Int32;
    # The first process has ended with this status, and all others are gone.

    signaled @5 :Int32;
    # The same, ended by this signal.
  }
}

struct IsolationHello {
  version @0 :UInt16;
  # 1.

  guarantees @1 :List(Text);
  # What the back end promises here and now, by the names that configurations use: privateFileSystem, readOnlyPackage,
  # noNetwork, privateProcesses, privateIPC, syscallFilter, noCapabilities, noKernelFileSystems, ownIdentity,
  # unixSocketsOnly, completeTermination, processLimit, memoryLimit, landlock, virtualizedCalls. At most 64, each of 1 to 64
  # ASCII letters and digits.

  user @2 :UInt32;
  group @3 :UInt32;
  # To whom the files of grains belong, as the host sees it: 1 to 4294967293 when that is root, its own otherwise.
}

struct IsolationFailure {
  reason @0 :Reason;
  message @1 :Text;
  # What was attempted and why it failed, for people.

  enum Reason {
    failed @0;
    invalidArgument @1;
    # The specification cannot be run: a missing program, one that is not executable.

    resourceExhausted @2;
  }
}
