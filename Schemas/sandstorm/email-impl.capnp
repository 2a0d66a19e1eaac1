# Mail capabilities that the host can save.
#
# Inside the host only: grains see the parts from email.capnp.

@0x92829022d203a580;

using Cxx = import "/capnp/c++.capnp";
using Email = import "email.capnp";
using Supervisor = import "supervisor.capnp";
$Cxx.namespace("sandstorm");

interface PersistentEmailVerifier extends(Email.EmailVerifier, Supervisor.SystemPersistent) {}

interface PersistentVerifiedEmail extends(Email.VerifiedEmail, Supervisor.SystemPersistent) {}
