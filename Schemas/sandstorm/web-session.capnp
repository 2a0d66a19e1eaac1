# HTTP as calls: what a browser asks of a grain.
#
# The host calls, the grain answers, over fd 3. A session is what UiView.newSession returned for
# the type id of WebSession; sandstorm-http-bridge answers on behalf of ordinary web servers.
# Headers that have no field here do not pass, in either direction, unless a white list below
# names them.

@0xa8cb0f2f1a756b32;

using Cxx = import "/capnp/c++.capnp";
using Grain = import "grain.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct HttpStatusDescriptor {
  id @0 :UInt16;
  title @1 :Text;
}

annotation httpStatus @0xaf480a0c6cab8887 (enumerant) :HttpStatusDescriptor;
# Which status code an enumerant stands for.

const httpStatusAnnotationId :UInt64 = 0xaf480a0c6cab8887;

interface WebSession @0xa50711a14d35a8ce extends(Grain.UiSession) {
  get @0 (path :Text, context :Context, ignoreBody :Bool) -> Response;
  # GET, or HEAD when ignoreBody is set. Paths come without the leading slash and with their
  # query.

  post @1 (path :Text, content :PostContent, context :Context) -> Response;
  put @3 (path :Text, content :PutContent, context :Context) -> Response;
  delete @4 (path :Text, context :Context) -> Response;
  patch @17 (path :Text, content :PostContent, context :Context) -> Response;
  postStreaming @5 (path :Text, mimeType :Text, context :Context, encoding :Text)
      -> (stream :RequestStream);
  # POST whose body is written to the stream. A bridge from before this call answers that it is
  # unimplemented; then post.

  putStreaming @6 (path :Text, mimeType :Text, context :Context, encoding :Text)
      -> (stream :RequestStream);
  openWebSocket @2 (path :Text, context :Context, protocol :List(Text), clientStream :WebSocketStream)
      -> (protocol :List(Text), serverStream :WebSocketStream);
  # The streams carry the raw bytes of frames, with masks as the browser sent them. The app may
  # call clientStream before this returns.

  propfind @7 (path :Text, xmlContent :Text, depth :PropfindDepth, context :Context) -> Response;
  proppatch @8 (path :Text, xmlContent :Text, context :Context) -> Response;
  mkcol @9 (path :Text, content :PostContent, context :Context) -> Response;
  copy @10 (path :Text, destination :Text, noOverwrite :Bool, shallow :Bool, context :Context)
      -> Response;
  move @11 (path :Text, destination :Text, noOverwrite :Bool, context :Context) -> Response;
  lock @12 (path :Text, xmlContent :Text, shallow :Bool, context :Context) -> Response;
  unlock @13 (path :Text, lockToken :Text, context :Context) -> Response;
  acl @14 (path :Text, xmlContent :Text, context :Context) -> Response;
  report @15 (path :Text, content :PostContent, context :Context) -> Response;
  options @16 (path :Text, context :Context) -> Options;
  # OPTIONS, of which only the DAV header comes back.

  struct Context {
    # What every request carries.

    cookies @0 :List(Util.KeyValue);
    responseStream @1 :Util.ByteStream;
    # Where the body goes if the response says `stream`. Its first calls may arrive before the
    # response does.

    accept @2 :List(AcceptedType);
    acceptEncoding @9 :List(AcceptedEncoding);
    eTagPrecondition :union {
      none @4 :Void;
      exists @5 :Void;
      doesntExist @8 :Void;
      matchesOneOf @6 :List(ETag);
      matchesNoneOf @7 :List(ETag);
    }
    additionalHeaders @3 :List(Header);
    # Headers that headerWhitelist names, names in lower case.

    struct Header {
      name @0 :Text;
      value @1 :Text;
    }

    const headerWhitelist :List(Text) = [
      "x-sandstorm-app-*",
      "oc-total-length",
      "oc-chunk-size",
      "x-oc-mtime",
      "oc-fileid",
      "oc-chunked",
      "oc-checksum",
      "oc-chunk-offset",
      "oc-lazyops",
      "x-hgarg-*",
      "x-phabricator-*",
      "x-requested-with",
      "x-csrftoken",
      "x-csrf-token"
    ];
    # A star stands for any ending. Case does not matter.
  }

  struct PostContent {
    mimeType @0 :Text;
    content @1 :Data;
    encoding @2 :Text;
    # Content-Encoding.
  }

  interface WebSocketStream {
    # One direction of a web socket; dropping it closes the socket.

    sendBytes @0 (message :Data) -> stream;
  }

  struct PutContent {
    mimeType @0 :Text;
    content @1 :Data;
    encoding @2 :Text;
  }

  interface RequestStream extends(Util.ByteStream) {
    # The body of a request on its way.

    getResponse @0 () -> Response;
    # Once. May be called before the body is complete; the response may come early too.
  }

  enum PropfindDepth {
    infinity @0 $Cxx.name("infinity_");
    zero @1;
    one @2;
  }

  struct Response {
    setCookies @0 :List(Cookie);
    cachePolicy @16 :CachePolicy;
    union {
      content :group {
        statusCode @10 :SuccessCode;
        encoding @2 :Text;
        language @3 :Text;
        mimeType @4 :Text;
        eTag @17 :ETag;
        body :union {
          bytes @5 :Data;
          stream @6 :Util.Handle;
          # The body comes through the responseStream of the context; dropping the handle stops
          # it.
        }
        disposition :union {
          normal @13 :Void;
          download @14 :Text;
        }
      }
      noContent :group {
        shouldResetForm @15 :Bool;
        # 205 instead of 204.

        eTag @19 :ETag;
      }
      preconditionFailed :group {
        matchingETag @18 :ETag;
      }
      # 304 for GET and HEAD, 412 for everything else.

      redirect :group {
        isPermanent @1 :Bool;
        switchToGet @12 :Bool;
        location @11 :Text;
      }
      # 301, 302, 303, 307 or 308, by the two flags.

      clientError :group {
        statusCode @7 :ClientErrorCode;
        descriptionHtml @8 :Text;
        nonHtmlBody @21 :ErrorBody;
        # Instead of descriptionHtml.
      }
      serverError :group {
        descriptionHtml @9 :Text;
        nonHtmlBody @22 :ErrorBody;
      }
      # 500.
    }
    additionalHeaders @20 :List(Header);

    enum SuccessCode {
      ok @0 $httpStatus(id = 200, title = "OK");
      created @1 $httpStatus(id = 201, title = "Created");
      accepted @2 $httpStatus(id = 202, title = "Accepted");
      noContent @3 $httpStatus(id = 204, title = "No Content");
      partialContent @4 $httpStatus(id = 206, title = "Partial Content");
      multiStatus @5 $httpStatus(id = 207, title = "Multi-Status");
      notModified @6 $httpStatus(id = 304, title = "Not Modified");
    }

    enum ClientErrorCode {
      badRequest @0 $httpStatus(id = 400, title = "Bad Request");
      forbidden @1 $httpStatus(id = 403, title = "Forbidden");
      notFound @2 $httpStatus(id = 404, title = "Not Found");
      methodNotAllowed @3 $httpStatus(id = 405, title = "Method Not Allowed");
      notAcceptable @4 $httpStatus(id = 406, title = "Not Acceptable");
      conflict @5 $httpStatus(id = 409, title = "Conflict");
      gone @6 $httpStatus(id = 410, title = "Gone");
      preconditionFailed @11 $httpStatus(id = 412, title = "Precondition Failed");
      requestEntityTooLarge @7 $httpStatus(id = 413, title = "Request Entity Too Large");
      requestUriTooLong @8 $httpStatus(id = 414, title = "Request-URI Too Long");
      unsupportedMediaType @9 $httpStatus(id = 415, title = "Unsupported Media Type");
      imATeapot @10 $httpStatus(id = 418, title = "I'm a teapot");
      unprocessableEntity @12 $httpStatus(id = 422, title = "Unprocessable Entity");
    }

    struct ErrorBody {
      data @0 :Data;
      encoding @1 :Text;
      language @2 :Text;
      mimeType @3 :Text;
    }

    struct Header {
      name @0 :Text;
      value @1 :Text;
    }

    const headerWhitelist :List(Text) = ["x-sandstorm-app-*", "x-oc-mtime"];
    # As that of the context, for responses.
  }

  struct Options {
    davClass1 @0 :Bool = false;
    davClass2 @1 :Bool = false;
    davClass3 @2 :Bool = false;
    davExtensions @3 :List(Text);
  }

  struct ETag {
    value @0 :Text;
    weak @1 :Bool;
  }

  struct Cookie {
    name @0 :Text;
    value @1 :Text;
    expires :union {
      none @2 :Void;
      absolute @3 :Int64;
      # Seconds since 1970.

      relative @4 :UInt64;
      # Seconds from now.
    }
    httpOnly @5 :Bool;
    path @6 :Text;
  }

  struct CachePolicy {
    withCheck @0 :Scope;
    # Who may keep a copy that is checked before each use.

    permanent @1 :Scope;
    # Who may keep a copy that is never checked.

    variesOnCookie @2 :Bool;
    variesOnAccept @3 :Bool;

    enum Scope {
      # How far a copy may be shared; each includes the ones before it.

      none @0;
      perSession @1;
      perUser @2;
      perAppVersion @3;
      universal @4;
    }
  }

  struct AcceptedType {
    mimeType @0 :Text;
    qValue @1 :Float32 = 1.0;
  }

  struct AcceptedEncoding {
    contentCoding @0 :Text;
    qValue @1 :Float32 = 1.0;
  }

  struct Params {
    basePath @0 :Text;
    # The URL that the paths of the session are relative to.

    userAgent @1 :Text;
    acceptableLanguages @2 :List(Text);
    # Language tags, best first.
  }
}
