# Mail as capabilities.
#
# Both sides: the host delivers by calling a grain's EmailSendPort, a grain sends by calling the
# host's, over fd 3.

@0xdd10df585a82c6d8;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct EmailAddress {
  address @0 :Text;
  name @1 :Text;
}

struct EmailAttachment {
  contentType @0 :Text;
  contentDisposition @1 :Text;
  contentId @2 :Text;
  content @3 :Data;
}

struct EmailMessage {
  date @0 :Int64;
  # Nanoseconds since 1970.

  from @1 :EmailAddress;
  to @2 :List(EmailAddress);
  cc @3 :List(EmailAddress);
  bcc @4 :List(EmailAddress);
  replyTo @5 :EmailAddress;
  messageId @6 :Text;
  references @7 :List(Text);
  inReplyTo @8 :List(Text);
  subject @9 :Text;
  text @10 :Text;
  html @11 :Text;
  attachments @12 :List(EmailAttachment);
}

interface EmailSendPort @0xec831dbf4cc9bcca {
  # Somewhere to send mail to.

  send @0 (email :EmailMessage);
  hintAddress @1 (address :EmailAddress);
  # An address that is going to be used, so that the owner of the port can prepare for it.

  struct PowerboxTag {
    fromHint @0 :EmailAddress;
    listIdHint @1 :Text;
  }
}

interface VerifiedEmail @0xf88bf102464dfa5a {
  # Proof that a user has an address. Only its verifier can look inside.

  struct PowerboxTag {
    verifierId @0 :Data;
    address @1 :Text;
    domain @2 :Text;
  }
}

interface VerifiedEmailSendPort @0xa3cc885445aed8e9 extends(VerifiedEmail, EmailSendPort) {
  struct PowerboxTag {
    verification @0 :VerifiedEmail.PowerboxTag;
    port @1 :EmailSendPort.PowerboxTag;
  }
}

interface EmailVerifier {
  # Checks proofs. A VerifiedEmail is asked for with the id that getId returns.

  getId @0 () -> (id :Data);
  verifyEmail @1 (tabId :Data, verification :VerifiedEmail) -> (address :Text);
  # The address, when this verifier stands behind the proof.
}

interface EmailAgent {
  send @0 (email :EmailMessage);
  addReceiver @1 (port :EmailSendPort) -> (handle :Util.Handle);
}
