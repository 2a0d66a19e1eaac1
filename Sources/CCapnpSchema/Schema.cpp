#include "CCapnpSchema.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/schema-parser.h>
#include <capnp/serialize.h>
#include <kj/filesystem.h>

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

struct Mistake {
    kj::String text;
};

// The first words of a message large enough for any definition without embedded files: one segment, and so the same
// bytes every time.
constexpr capnp::uint firstSegmentWords = 1 << 17;

kj::Array<capnp::byte> evaluate(
    const char *file, const char *name, uint64_t typeID, kj::ArrayPtr<const char *const> importPaths) {
    int descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) throw Mistake{kj::str("the root directory cannot be opened: ", strerror(errno))};
    auto root = kj::newDiskReadableDirectory(kj::AutoCloseFd(descriptor));
    const kj::Path top(nullptr);
    kj::Vector<kj::Own<const kj::ReadableDirectory>> owned;
    kj::Vector<const kj::ReadableDirectory *> imports;
    for (auto path : importPaths) {
        KJ_IF_MAYBE(directory, root->tryOpenSubdir(top.eval(path))) {
            imports.add(directory->get());
            owned.add(kj::mv(*directory));
        }
    }
    capnp::SchemaParser parser;
    auto schema = parser.parseFromDirectory(*root, top.eval(file), imports.asPtr());
    KJ_IF_MAYBE(found, schema.findNested(name)) {
        if (!found->getProto().isConst()) throw Mistake{kj::str("'", name, "' is no constant")};
        auto value = found->asConst();
        if (!value.getType().isStruct() || value.getType().asStruct().getProto().getId() != typeID)
            throw Mistake{kj::str("'", name, "' is of another type than it should be")};
        capnp::MallocMessageBuilder message(firstSegmentWords);
        message.setRoot(value.as<capnp::DynamicStruct>());
        auto words = capnp::messageToFlatArray(message);
        return kj::heapArray(words.asBytes());
    }
    throw Mistake{kj::str("there is no constant '", name, "' in it")};
}

char *copy(kj::StringPtr text) {
    auto bytes = static_cast<char *>(malloc(text.size() + 1));
    if (bytes != nullptr) memcpy(bytes, text.cStr(), text.size() + 1);
    return bytes;
}

}  // namespace

uint8_t *bcs_constant(
    const char *file, const char *name, uint64_t type_id, const char *const *import_paths, size_t import_path_count,
    size_t *byte_count, char **error) {
    *error = nullptr;
    *byte_count = 0;
    try {
        auto bytes = evaluate(file, name, type_id, kj::arrayPtr(import_paths, import_path_count));
        auto result = static_cast<uint8_t *>(malloc(bytes.size()));
        if (result == nullptr) return nullptr;
        memcpy(result, bytes.begin(), bytes.size());
        *byte_count = bytes.size();
        return result;
    } catch (const Mistake &mistake) {
        *error = copy(mistake.text);
    } catch (const kj::Exception &exception) {
        auto line = exception.getLine();
        *error = copy(line > 0 ? kj::str(exception.getFile(), ":", line, ": ", exception.getDescription())
                               : kj::str(exception.getDescription()));
    } catch (...) {
        *error = copy("libcapnp failed");
    }
    return nullptr;
}

void bcs_free(void *bytes) { free(bytes); }
