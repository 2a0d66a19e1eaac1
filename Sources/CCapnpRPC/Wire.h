// Messages over a socket: buffered both ways, and with a bound on everything the peer can make us hold.
#pragma once

#include "Allowance.h"
#include "CapabilityLedger.h"
#include "Loop.h"

#include <capnp/rpc.capnp.h>
#include <capnp/serialize-async.h>

#include <deque>

namespace bcr {

class Wire final : public capnp::MessageStream, public Flushable {
public:
  /// `context` is what `limits.taken_bytes` is asked with.
  Wire(bcr_loop &loop, int descriptor, const bcr_limits &limits, void *context);
  ~Wire() noexcept(false);
  KJ_DISALLOW_COPY(Wire);

  bool isWatched() const { return watch != nullptr; }
  /// Why the conversation ended, as far as this side knows.
  const kj::Exception &reason();
  /// Ends the conversation; what is being read fails with `reason`.
  void fail(kj::Exception &&reason);
  void flush() override;
  /// Bytes that the kernel has not taken yet.
  size_t unsentBytes() const { return unsent; }
  /// Posts `task` once when the kernel has everything, or never will.
  void whenDrained(Task task);

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
  static void rested(void *context);
  bool mustRest();
  void deliver();
  kj::Maybe<Read> next();
  bool parseHeader();
  bool fill();
  kj::Own<Message> finish();
  void police(Message &message);
  bool noteSent(capnp::rpc::Message::Reader root);
  void append(const kj::byte *bytes, size_t count);
  void dropSent(size_t count);
  void tellDrained();
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
  bool expectsLong = false; // the last message was
  uint32_t openQuestions = 0;
  CapabilityLedger ledger;
  Allowance allowance;
  bcr_timer *rest = nullptr; // while nothing is read
  kj::Maybe<kj::Own<kj::PromiseFulfiller<Read>>> reading;

  /// Bytes that wait for the kernel: those from `start` to `end`.
  struct Chunk {
    kj::Array<kj::byte> bytes;
    size_t start, end;
  };

  std::deque<Chunk> outbox; // what is sent goes from the front; nothing is moved
  size_t unsent = 0;
  std::vector<Task> drained;
  kj::Maybe<kj::Exception> failure;
  kj::Maybe<kj::Exception> toldReason;
};

} // namespace bcr
