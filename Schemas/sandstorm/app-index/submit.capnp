# How an author submits a package to an app index.
#
# `spk publish` sends a SubmissionRequest over HTTP and gets a SubmissionStatus.

@0xbb368e3a12c66692;

using Cxx = import "/capnp/c++.capnp";
using Package = import "../package.capnp";
using Util = import "../util.capnp";
$Cxx.namespace("sandstorm::appindex");

interface AppIndex {
  upload @0 () -> (stream :UploadStream);

  interface UploadStream extends(Util.ByteStream) {
    getResult @0 ();
  }

  interface Submission {
    checkStatus @0 () -> (status :SubmissionStatus);
    setState @1 (state :SubmissionState);
  }
}

enum SubmissionState {
  ignore @0;
  review @1;
  publish @2;
}

struct SubmissionRequest {
  packageId @0 :Package.PackageId;
  union {
    checkStatus @1 :Void;
    setState :group {
      newState @2 :SubmissionState;
      sequenceNumber @4 :UInt64;
    }
  }
  appIndexWebkeyHash @3 :Data;
  # Ties a request to one index, so that another cannot replay it.
}

struct SubmissionStatus {
  requestState @0 :SubmissionState;
  union {
    pending @1 :Void;
    needsUpdate @2 :Text;
    approved @3 :Text;
    notUploaded @5 :Void;
  }
  publishDate @4 :Int64 = 0;
  nextSequenceNumber @6 :UInt64 = 0;
  # What the next setState has to carry.
}
