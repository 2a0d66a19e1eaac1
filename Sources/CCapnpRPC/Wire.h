// Messages over a socket: buffered both ways, and with a bound on everything the peer can make us hold.
#pragma once

#include "CapabilityLedger.h"
#include "Loop.h"

#include <capnp/serialize-async.h>

namespace bcr {

class Wire final : public capnp::MessageStream, public Flushable {
public:
  Wire(bcr_loop &loop, int descriptor, const bcr_limits &limits);
  ~Wire() noexcept(false);
  KJ_DISALLOW_COPY(Wire);

  bool isWatched() const { return watch != nullptr; }
  /// Why the conversation ended, as far as this side knows.
  const kj::Exception &reason();
  /// Ends the conversation; what is being read fails with `reason`.
  void fail(kj::Exception &&reason);
  void flush() override;

  using capnp::MessageStream::tryReadMessage;
  using capnp::MessageStream::writeMessage;
  using capnp::MessageStream::writeMessages;
  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(
      kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions, kj::ArrayPtr<capnp::word>) override;
  kj::Promise<void> writeMessage(
      kj::ArrayPtr<const int>, kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) override;
  kj::Promise<void> writeMessages(
      kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) override;
  kj::Maybe<int> getSendBufferSize() override { return nullptr; }
  kj::Promise<void> end() override;

private:
  class Message;
  using Read = kj::Maybe<capnp::MessageReaderAndFds>;

  static void ready(void *context, uint32_t readiness);
  kj::Maybe<Read> next();
  bool parseHeader();
  bool fill();
  kj::Own<Message> finish();
  void police(Message &message);
  void noteSent(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments);
  void append(const void *bytes, size_t count);
  void awaitRoom();
  kj::Exception disconnected(kj::StringPtr text);

  bcr_loop &loop;
  const int descriptor;
  const bcr_limits limits;
  bcr_watch *watch;
  bool mayBeReadable = true, mayBeAtEnd = false, mayBeWritable = true, atEnd = false;

  kj::Array<kj::byte> inbox;
  size_t inboxStart = 0, inboxEnd = 0;
  kj::Maybe<kj::Own<Message>> partial; // its header is read, its body not all
  size_t partialBytes = 0;
  uint32_t openQuestions = 0;
  CapabilityLedger ledger;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<Read>>> reading;

  std::vector<kj::byte> outbox;
  size_t outboxStart = 0;
  kj::Maybe<kj::Exception> failure;
  kj::Maybe<kj::Exception> toldReason;
};

} // namespace bcr
