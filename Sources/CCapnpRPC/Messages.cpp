#include "Objects.h"

#include <capnp/serialize.h>

#include <string.h>

#include <string_view>

namespace bcr {
namespace {

/// Everything of a struct but its first pointer.
void copyRest(capnp::AnyPointer::Builder target, capnp::AnyStruct::Reader source) {
  auto data = source.getDataSection();
  auto pointers = source.getPointerSection();
  auto copy = target.initAsAnyStruct(uint16_t(data.size() / sizeof(capnp::word)), uint16_t(pointers.size()));
  memcpy(copy.getDataSection().begin(), data.begin(), data.size() / sizeof(capnp::word) * sizeof(capnp::word));
  for (capnp::uint i = 1; i < pointers.size(); i++) copy.getPointerSection()[i].set(pointers[i]);
}

} // namespace

Flat::Flat(bcr_loop &loop, capnp::AnyPointer::Reader root, bool lendsData) : loop(loop) {
  message.table = this;
  if (root.isNull()) return;
  if (lendsData) lend(root);
  uint64_t words = root.targetSize().wordCount + 1 - (message.data_count + sizeof(capnp::word) - 1) / sizeof(capnp::word);
  // Pointers may overlap, so a copy can be larger than the message was.
  KJ_REQUIRE(words <= flatWords, "a message is too large");
  usesScratch = words <= kj::size(loop.scratch) && !loop.scratchIsUsed;
  auto &target = usesScratch
      ? builder.emplace(kj::arrayPtr(loop.scratch, words), capnp::AllocationStrategy::FIXED_SIZE)
      : builder.emplace(capnp::uint(words), capnp::AllocationStrategy::FIXED_SIZE);
  if (usesScratch) loop.scratchIsUsed = true;
  auto copy = capabilities.imbue(target.getRoot<capnp::AnyPointer>());
  if (message.data == nullptr) {
    copy.set(root);
  } else {
    copyRest(copy, root.getAs<capnp::AnyStruct>());
  }
  auto segments = target.getSegmentsForOutput();
  KJ_REQUIRE(segments.size() == 1, "a message does not fit the size it claims");
  message.bytes = segments[0].asBytes().begin();
  message.byte_count = segments[0].asBytes().size();
  message.capability_count = capabilities.getTable().size();
}

void Flat::lend(capnp::AnyPointer::Reader root) {
  if (!root.isStruct()) return;
  auto pointers = root.getAs<capnp::AnyStruct>().getPointerSection();
  if (pointers.size() == 0 || !pointers[0].isList()) return;
  if (pointers[0].getAs<capnp::AnyList>().getElementSize() != capnp::ElementSize::BYTE) return;
  auto data = pointers[0].getAs<capnp::Data>();
  if (data.size() < lentBytes) return;
  message.data = data.begin();
  message.data_count = data.size();
}

Flat::~Flat() noexcept(false) {
  builder = nullptr; // zeroes the scratch words it used
  if (usesScratch) loop.scratchIsUsed = false;
}

capnp::MessageSize size(const bcr_payload *payload) {
  if (payload == nullptr) return {1, 0};
  size_t dataWords = (payload->data_count + sizeof(capnp::word) - 1) / sizeof(capnp::word);
  return {payload->byte_count / sizeof(capnp::word) + dataWords + 1, capnp::uint(payload->capability_count)};
}

void put(capnp::AnyPointer::Builder target, const bcr_payload *payload) {
  if (payload == nullptr || payload->byte_count == 0) {
    target.initAsAnyStruct(0, 0);
    return;
  }
  KJ_REQUIRE(payload->byte_count % sizeof(capnp::word) == 0, "a message is not made of whole words");
  size_t count = payload->byte_count / sizeof(capnp::word);
  kj::Array<capnp::word> aligned;
  auto *words = reinterpret_cast<const capnp::word *>(payload->bytes);
  if (reinterpret_cast<uintptr_t>(payload->bytes) % alignof(uint64_t) != 0) {
    aligned = kj::heapArray<capnp::word>(count);
    memcpy(aligned.begin(), payload->bytes, payload->byte_count);
    words = aligned.begin();
  }
  auto table = kj::heapArrayBuilder<kj::Maybe<kj::Own<capnp::ClientHook>>>(payload->capability_count);
  for (size_t i = 0; i < payload->capability_count; i++) {
    auto *capability = payload->capabilities[i];
    if (capability == nullptr) {
      table.add(nullptr);
    } else {
      table.add(capnp::ClientHook::from(capnp::Capability::Client(capability->client)));
    }
  }
  capnp::ReaderCapabilityTable capabilities(table.finish());
  kj::ArrayPtr<const capnp::word> segment(words, count);
  capnp::ReaderOptions options;
  options.traversalLimitInWords = UINT64_C(1) << 40; // our own bytes
  capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1), options);
  target.set(capabilities.imbue(reader.getRoot<capnp::AnyPointer>()));
  if (payload->data == nullptr) return;
  auto pointers = target.getAs<capnp::AnyStruct>().getPointerSection();
  KJ_REQUIRE(pointers.size() > 0, "a message has no place for its data");
  pointers[0].setAs<capnp::Data>(capnp::Data::Reader(payload->data, payload->data_count));
}

kj::Exception exception(bcr_error_kind kind, const char *text) {
  auto type = kj::Exception::Type::FAILED;
  switch (kind) {
  case bcr_failed: break;
  case bcr_overloaded: type = kj::Exception::Type::OVERLOADED; break;
  case bcr_disconnected: type = kj::Exception::Type::DISCONNECTED; break;
  case bcr_unimplemented: type = kj::Exception::Type::UNIMPLEMENTED; break;
  }
  return kj::Exception(type, "rpc", 0, kj::str(text));
}

kj::Maybe<kj::String> wordsOfCheck(kj::StringPtr text) {
  // kj/debug.h: "expected CONDITION [LEFT == RIGHT]; WORDS; NAME = VALUE", as much as there is of it.
  constexpr kj::StringPtr separator = "; "_kj;
  if (!text.startsWith("expected ")) return nullptr;
  kj::Vector<kj::String> words;
  std::string_view rest(text.cStr(), text.size());
  for (size_t end = rest.find(separator.cStr()); end != rest.npos; end = rest.find(separator.cStr())) {
    rest.remove_prefix(end + separator.size());
    auto part = rest.substr(0, rest.find(separator.cStr()));
    if (part.find(" = ") == part.npos) words.add(kj::str(kj::arrayPtr(part.data(), part.size())));
  }
  if (words.empty()) return kj::str("a message that the protocol does not allow");
  return kj::strArray(words, separator.cStr());
}

ErrorView::ErrorView(const kj::Exception &exception) : text(kj::str(exception.getDescription())) {
  KJ_IF_MAYBE (words, wordsOfCheck(text)) { text = kj::mv(*words); }
  auto kind = bcr_failed;
  switch (exception.getType()) {
  case kj::Exception::Type::FAILED: break;
  case kj::Exception::Type::OVERLOADED: kind = bcr_overloaded; break;
  case kj::Exception::Type::DISCONNECTED: kind = bcr_disconnected; break;
  case kj::Exception::Type::UNIMPLEMENTED: kind = bcr_unimplemented; break;
  }
  kj::StringPtr words = text;
  constexpr kj::StringPtr remote = "remote exception: "_kj;
  if (words.startsWith(remote)) words = words.slice(remote.size());
  // What libcapnp says to calls under way when their connection is freed.
  if (words == "RpcSystem was destroyed."_kj) kind = bcr_disconnected;
  error = {kind, words.cStr()};
}

} // namespace bcr

extern "C" bcr_capability *bcr_message_capability(const bcr_message *message, uint32_t index) {
  if (message->table == nullptr) return nullptr;
  auto &flat = *static_cast<bcr::Flat *>(message->table);
  auto table = flat.capabilities.getTable();
  if (index >= table.size()) return nullptr;
  KJ_IF_MAYBE (hook, table[index]) {
    return new bcr_capability(flat.loop, capnp::Capability::Client((*hook)->addRef()));
  }
  return nullptr;
}
