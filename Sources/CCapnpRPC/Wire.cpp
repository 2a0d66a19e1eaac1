#include "Wire.h"

#include "Objects.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

namespace bcr {
namespace {

constexpr size_t inboxBytes = 65536;
constexpr size_t chunkBytes = 16384;        // of what waits for the kernel; a longer message has a chunk of its own
constexpr size_t maximumParts = 16;         // of one sendmsg(2)
constexpr size_t peekBytes = 1024;          // read where a long message is expected: its head, and little that is copied
constexpr size_t directBytes = 65536;      // a message of this size goes to the kernel without a copy
constexpr uint32_t maximumSegments = 512;
constexpr int sendBufferBytes = 524288;
constexpr uint64_t shortestRest = 1000000; // nanoseconds: a handful of calls at a time, not one
// Room is asked for only when there was none: a socket tells of it each time that the other side has read.
constexpr uint32_t readEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

/// The error that a message carries.
template <typename Root> auto errorOf(Root root) -> kj::Maybe<decltype(root.getAbort())> {
  if (root.isAbort()) return root.getAbort();
  if (root.isReturn() && root.getReturn().isException()) return root.getReturn().getException();
  return nullptr;
}

uint32_t littleEndian(const kj::byte *bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
  return value; // the wire's order is that of every machine we build for
}

} // namespace

class Wire::Message final : public capnp::MessageReader {
public:
  Message(size_t words, kj::Array<size_t> &&ends, capnp::ReaderOptions options)
      : capnp::MessageReader(options), body(kj::heapArray<capnp::word>(words)), ends(kj::mv(ends)) {}

  kj::ArrayPtr<const capnp::word> getSegment(kj::uint id) override {
    if (id >= ends.size()) return nullptr;
    return body.slice(id == 0 ? 0 : ends[id - 1], ends[id]);
  }

  kj::Array<capnp::word> body;
  kj::Array<size_t> ends;
};

Wire::Wire(bcr_loop &loop, int descriptor, const bcr_limits &limits, void *context)
    : loop(loop), descriptor(descriptor), limits(limits),
      watch(loop.watch(descriptor, readEvents, &Wire::ready, this)),
      inbox(kj::heapArray<kj::byte>(inboxBytes)), allowance(this->limits, context) {
  // Room for a few chunks of a long body; the kernel cuts it to what an administrator allows (socket(7), wmem_max).
  int bytes = sendBufferBytes;
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

Wire::~Wire() noexcept(false) {
  loop.forget(*this);
  tellDrained();
  if (watch != nullptr) loop.unwatch(watch);
  if (rest != nullptr) bcr_timer_free(rest);
  close(descriptor);
}

kj::Exception Wire::disconnected(kj::StringPtr text) {
  return kj::Exception(kj::Exception::Type::DISCONNECTED, "wire", 0, kj::str(text));
}

const kj::Exception &Wire::reason() {
  KJ_IF_MAYBE (told, toldReason) { return *told; }
  KJ_IF_MAYBE (failed, failure) { return *failed; }
  return failure.emplace(disconnected("the other side closed the connection"));
}

void Wire::fail(kj::Exception &&why) {
  if (failure != nullptr) return;
  KJ_IF_MAYBE (fulfiller, reading) {
    auto waiting = kj::mv(*fulfiller);
    reading = nullptr;
    waiting->reject(kj::cp(why));
  }
  failure = kj::mv(why);
  tellDrained();
}

void Wire::ready(void *context, uint32_t readiness) {
  auto &wire = *static_cast<Wire *>(context);
  if (readiness & (bcr_readable | bcr_hung_up)) wire.mayBeReadable = true;
  if (readiness & bcr_hung_up) wire.mayBeAtEnd = true;
  if (!wire.mayBeWritable && (readiness & (bcr_writable | bcr_hung_up))) {
    wire.mayBeWritable = true;
    wire.loop.change(*wire.watch, readEvents);
    if (wire.unsent > 0) wire.loop.flushLater(wire);
  }
  wire.deliver();
}

// MARK: Reading

/// Gives whoever waits for a message the next one, when it is there.
void Wire::deliver() {
  KJ_IF_MAYBE (fulfiller, reading) {
    try {
      KJ_IF_MAYBE (message, next()) {
        auto waiting = kj::mv(*fulfiller);
        reading = nullptr;
        waiting->fulfill(kj::mv(*message));
      }
    } catch (const kj::Exception &error) {
      fail(kj::cp(error));
    }
  }
}

/// A peer that asks more than it may is not read from for a while: it waits at its full socket, and costs nobody anything.
bool Wire::mustRest() {
  if (rest != nullptr) return true;
  uint64_t nanoseconds = allowance.wait();
  if (nanoseconds == 0) return false;
  rest = bcr_timer_start(&loop, std::max(nanoseconds, shortestRest), &Wire::rested, this);
  return true;
}

void Wire::rested(void *context) {
  auto &wire = *static_cast<Wire *>(context);
  bcr_timer_free(wire.rest);
  wire.rest = nullptr;
  wire.deliver();
}

kj::Promise<Wire::Read> Wire::tryReadMessage(
    kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions, kj::ArrayPtr<capnp::word>) {
  KJ_IF_MAYBE (error, failure) { return kj::cp(*error); }
  try {
    KJ_IF_MAYBE (message, next()) { return kj::mv(*message); }
  } catch (const kj::Exception &error) {
    fail(kj::cp(error));
    return kj::cp(error);
  }
  auto waiting = kj::newPromiseAndFulfiller<Read>();
  reading = kj::mv(waiting.fulfiller);
  return kj::mv(waiting.promise);
}

/// The next message, an inner null at the end, null when it is not there yet.
kj::Maybe<Wire::Read> Wire::next() {
  if (mustRest()) return nullptr;
  for (;;) {
    if (partial != nullptr || parseHeader()) {
      auto &message = *KJ_ASSERT_NONNULL(partial);
      auto body = message.body.asBytes();
      size_t count = std::min(inboxEnd - inboxStart, body.size() - partialBytes);
      memcpy(body.begin() + partialBytes, inbox.begin() + inboxStart, count);
      inboxStart += count;
      partialBytes += count;
      if (partialBytes == body.size()) {
        return Read(capnp::MessageReaderAndFds{finish(), nullptr});
      }
    }
    if (!fill()) break;
  }
  if (!atEnd) return nullptr;
  KJ_REQUIRE(partial == nullptr && inboxStart == inboxEnd, "the other side closed the connection within a message");
  return Read(nullptr);
}

bool Wire::parseHeader() {
  size_t available = inboxEnd - inboxStart;
  if (available < 8) return false;
  const kj::byte *table = inbox.begin() + inboxStart;
  uint64_t segments = uint64_t(littleEndian(table)) + 1;
  KJ_REQUIRE(segments <= maximumSegments, "a message has too many segments");
  size_t headerBytes = (segments / 2 + 1) * 8;
  if (available < headerBytes) return false;
  auto ends = kj::heapArray<size_t>(segments);
  uint64_t words = 0;
  for (size_t i = 0; i < segments; i++) {
    words += littleEndian(table + 4 + 4 * i);
    ends[i] = words;
  }
  KJ_REQUIRE(words <= limits.message_words, "a message is too large");
  capnp::ReaderOptions options;
  options.nestingLimit = limits.nesting;
  // Each word is passed when a message is handled, measured and copied; see `lend` for what a copy may take.
  options.traversalLimitInWords = 4 * limits.message_words;
  partial = kj::heap<Message>(words, kj::mv(ends), options);
  expectsLong = words * sizeof(capnp::word) >= directBytes / 2;
  partialBytes = 0;
  inboxStart += headerBytes;
  return true;
}

/// Reads once; false when nothing came.
bool Wire::fill() {
  if (!mayBeReadable || atEnd) return false;
  if (inboxStart == inboxEnd) inboxStart = inboxEnd = 0;
  if (inboxStart > 0) {
    memmove(inbox.begin(), inbox.begin() + inboxStart, inboxEnd - inboxStart);
    inboxEnd -= inboxStart;
    inboxStart = 0;
  }
  // First the rest of a message, where it belongs; what comes behind it is another's.
  iovec parts[2];
  size_t rest = 0, space = inbox.size() - inboxEnd;
  KJ_IF_MAYBE (message, partial) {
    auto body = (*message)->body.asBytes();
    rest = body.size() - partialBytes;
    parts[0] = {body.begin() + partialBytes, rest};
  }
  if (expectsLong && inboxEnd < peekBytes) space = peekBytes - inboxEnd;
  parts[rest > 0] = {inbox.begin() + inboxEnd, space};
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = rest > 0 ? 2 : 1;
  ssize_t count = recvmsg(descriptor, &message, MSG_DONTWAIT);
  if (count < 0) {
    if (errno == EINTR) return true;
    mayBeReadable = false;
    if (errno == EAGAIN) return false;
    kj::throwFatalException(disconnected("the other side broke the connection"));
  }
  if (count == 0) {
    atEnd = true;
    return false;
  }
  // A short read empties a stream socket; the next bytes come with an edge of their own. The end may have come with this one.
  if (size_t(count) < rest + space && !mayBeAtEnd) mayBeReadable = false;
  size_t taken = std::min(size_t(count), rest);
  partialBytes += taken;
  inboxEnd += size_t(count) - taken;
  return true;
}

kj::Own<Wire::Message> Wire::finish() {
  auto message = kj::mv(KJ_ASSERT_NONNULL(partial));
  partial = nullptr;
  police(*message);
  return message;
}

/// libcapnp's flow limit counts the words of unanswered calls, but not calls that are answered and never finished, nor
/// objects that come along: it would make room for each, a hundred bytes or more, before anybody looks at them.
void Wire::police(Message &message) {
  auto root = message.getRoot<capnp::rpc::Message>();
  ledger.received(root);
  KJ_REQUIRE(ledger.heldByUs() <= limits.capabilities, "the other side offers too many objects");
  // As many as we asked for, and one for each call.
  if (!root.isReturn() && !root.isFinish()) allowance.spend(message.body.asBytes().size());
  switch (root.which()) {
  case capnp::rpc::Message::BOOTSTRAP:
  case capnp::rpc::Message::CALL:
    KJ_REQUIRE(++openQuestions <= limits.open_questions, "the other side has too many unfinished calls");
    break;
  case capnp::rpc::Message::FINISH:
    if (openQuestions > 0) openQuestions--;
    break;
  case capnp::rpc::Message::ABORT:
    if (toldReason == nullptr) toldReason = disconnected(kj::str("the other side gave up: ", root.getAbort().getReason()));
    break;
  default:
    break;
  }
}

// MARK: Writing

kj::Promise<void> Wire::writeMessages(
    kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) {
  for (auto &segments : messages) {
    auto written = writeMessage(nullptr, segments);
    (void)written;
  }
  return kj::READY_NOW;
}

kj::Promise<void> Wire::writeMessage(
    kj::ArrayPtr<const int>, kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = UINT64_C(1) << 40; // our own words
  capnp::SegmentArrayMessageReader reader(segments, options);
  auto root = reader.getRoot<capnp::rpc::Message>();
  KJ_IF_MAYBE (error, errorOf(root)) {
    KJ_IF_MAYBE (words, wordsOfCheck(error->getReason())) {
      capnp::MallocMessageBuilder message;
      message.setRoot(root);
      KJ_ASSERT_NONNULL(errorOf(message.getRoot<capnp::rpc::Message>())).setReason(*words);
      return writeMessage(nullptr, message.getSegmentsForOutput());
    }
  }
  bool canWait = noteSent(root);
  if (failure != nullptr) return kj::READY_NOW;

  size_t headerWords = segments.size() / 2 + 1, bytes = headerWords * 8;
  KJ_STACK_ARRAY(uint32_t, header, headerWords * 2, 16, 64);
  memset(header.begin(), 0, headerWords * 8);
  header[0] = uint32_t(segments.size() - 1);
  for (size_t i = 0; i < segments.size(); i++) {
    header[1 + i] = uint32_t(segments[i].size());
    bytes += segments[i].size() * sizeof(capnp::word);
  }
  if (unsent + bytes > limits.unsent_bytes) {
    fail(disconnected("the other side does not read what is sent to it"));
    return kj::READY_NOW;
  }

  size_t sent = 0;
  if (bytes >= directBytes && segments.size() < 16 && mayBeWritable) {
    flush();
    if (unsent == 0 && mayBeWritable && failure == nullptr) {
      iovec parts[17];
      parts[0] = {header.begin(), headerWords * 8};
      for (size_t i = 0; i < segments.size(); i++) {
        parts[i + 1] = {const_cast<capnp::word *>(segments[i].begin()), segments[i].size() * sizeof(capnp::word)};
      }
      msghdr message = {};
      message.msg_iov = parts;
      message.msg_iovlen = segments.size() + 1;
      ssize_t count = sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count > 0) sent = size_t(count);
      if (count >= 0 ? sent < bytes : errno == EAGAIN) awaitRoom();
    }
  }
  auto rest = [&](const void *start, size_t count) {
    size_t skipped = std::min(sent, count);
    sent -= skipped;
    append(static_cast<const kj::byte *>(start) + skipped, count - skipped);
  };
  rest(header.begin(), headerWords * 8);
  for (auto &segment : segments) rest(segment.begin(), segment.size() * sizeof(capnp::word));
  if (unsent == 0 || !mayBeWritable) return kj::READY_NOW;
  if (canWait) {
    loop.flushSoon(*this);
  } else {
    loop.flushLater(*this);
  }
  return kj::READY_NOW;
}

void Wire::append(const kj::byte *bytes, size_t count) {
  unsent += count;
  while (count > 0) {
    if (outbox.empty() || outbox.back().end == outbox.back().bytes.size()) {
      outbox.push_back({kj::heapArray<kj::byte>(std::max(chunkBytes, count)), 0, 0});
    }
    auto &chunk = outbox.back();
    size_t taken = std::min(count, chunk.bytes.size() - chunk.end);
    memcpy(chunk.bytes.begin() + chunk.end, bytes, taken);
    chunk.end += taken;
    bytes += taken;
    count -= taken;
  }
}

void Wire::flush() {
  while (unsent > 0 && mayBeWritable && failure == nullptr) {
    iovec parts[maximumParts];
    msghdr message = {};
    message.msg_iov = parts;
    for (auto &chunk : outbox) {
      if (message.msg_iovlen == maximumParts) break;
      parts[message.msg_iovlen++] = {chunk.bytes.begin() + chunk.start, chunk.end - chunk.start};
    }
    ssize_t count = sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      dropSent(size_t(count));
    } else if (errno == EAGAIN) {
      awaitRoom();
    } else if (errno != EINTR) {
      // What the other side wrote before it went is still worth reading; the end comes there.
      mayBeWritable = false;
      dropSent(unsent);
      if (atEnd) fail(disconnected("the other side closed the connection"));
    }
  }
  if (unsent == 0) tellDrained();
}

void Wire::dropSent(size_t count) {
  unsent -= count;
  while (count > 0) {
    auto &chunk = outbox.front();
    size_t taken = std::min(count, chunk.end - chunk.start);
    chunk.start += taken;
    count -= taken;
    if (chunk.start < chunk.end) return;
    if (unsent == 0 && count == 0 && chunk.bytes.size() == chunkBytes) {
      chunk.start = chunk.end = 0; // the next message goes here
    } else {
      outbox.pop_front();
    }
  }
}

void Wire::whenDrained(Task task) {
  drained.push_back(task);
  if (unsent == 0 || failure != nullptr) tellDrained();
}

void Wire::tellDrained() {
  for (auto &task : drained) loop.post(task);
  drained.clear();
}

void Wire::awaitRoom() {
  mayBeWritable = false;
  if (watch != nullptr) loop.change(*watch, readEvents | EPOLLOUT);
}

kj::Promise<void> Wire::end() {
  flush();
  shutdown(descriptor, SHUT_WR);
  return kj::READY_NOW;
}

/// What our own RPC system says; last of all why it gave up. Returns whether nobody waits for it.
bool Wire::noteSent(capnp::rpc::Message::Reader root) {
  if (failure != nullptr) return false;
  bool canWait = ledger.sent(root);
  if (root.isCall() || root.isBootstrap()) allowance.grant();
  if (root.isAbort() && toldReason == nullptr && !atEnd) {
    toldReason = disconnected(kj::str("the other side broke the protocol: ", root.getAbort().getReason()));
  } else if (ledger.heldByPeer() > limits.capabilities) {
    fail(disconnected(kj::str("the other side holds more than ", limits.capabilities, " objects and lets go of none")));
  }
  return canWait;
}

} // namespace bcr
