// What the C handles stand for, and how messages and errors cross.
#pragma once

#include "Loop.h"

#include <capnp/any.h>
#include <capnp/capability.h>
#include <capnp/message.h>

struct bcr_capability {
  bcr_capability(bcr_loop &loop, capnp::Capability::Client &&client) : loop(loop), client(kj::mv(client)) {}

  bcr_loop &loop;
  capnp::Capability::Client client;
  uint32_t references = 1;
};

namespace bcr {

/// The largest message that may be laid flat: what libcapnp lets a reader pass by default.
constexpr uint64_t flatWords = 8 << 20;
/// Fewer bytes are copied sooner than looked at.
constexpr size_t lentBytes = 4096;

/// A received message, copied into one segment. Throws when it is malformed or too large.
class Flat {
public:
  /// - Parameter lendsData: Many bytes behind the first pointer are lent from where they are.
  Flat(bcr_loop &loop, capnp::AnyPointer::Reader root, bool lendsData = false);
  ~Flat() noexcept(false);
  KJ_DISALLOW_COPY(Flat);

  bcr_message message = {};
  bcr_loop &loop;
  capnp::BuilderCapabilityTable capabilities;

private:
  void lend(capnp::AnyPointer::Reader root);

  bool usesScratch = false;
  kj::Maybe<capnp::MallocMessageBuilder> builder;
};

/// Copies a payload into a message. Throws when the payload is malformed.
void put(capnp::AnyPointer::Builder target, const bcr_payload *payload);
capnp::MessageSize size(const bcr_payload *payload);

kj::Exception exception(bcr_error_kind kind, const char *text);

/// What a failed check of libcapnp's says in words, without the expression it is made of and the values it compared: these may be
/// addresses of this process, which no grain and no browser is to learn. Null for any other text.
kj::Maybe<kj::String> wordsOfCheck(kj::StringPtr text);

/// An exception as C sees it, as long as this lives.
struct ErrorView {
  explicit ErrorView(const kj::Exception &exception);
  kj::String text;
  bcr_error error;
};

/// The error of whatever `body` throws.
template <typename Body> kj::Maybe<kj::Exception> caught(Body &&body) {
  try {
    body();
    return nullptr;
  } catch (const kj::Exception &error) {
    return kj::cp(error);
  } catch (const std::exception &error) {
    return exception(bcr_failed, error.what());
  } catch (...) {
    return exception(bcr_failed, "an unknown exception");
  }
}

} // namespace bcr
