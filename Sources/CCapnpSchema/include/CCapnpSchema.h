// Constants of Cap'n Proto schema files for Swift: libcapnp parses the text, the caller reads the message.

#ifndef BARCHAN_CCAPNPSCHEMA_H
#define BARCHAN_CCAPNPSCHEMA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Evaluates a constant of a schema file whose value is a struct.
///
/// `file` is an absolute path. `import_paths` are absolute directories, in which an import that begins with `/` is
/// looked for, in this order. `type_id` is the id that the struct must have.
///
/// Returns the value as one message in stream framing, `*byte_count` bytes to be given to `bcs_free`. Returns NULL when
/// the file does not parse or has no such constant; `*error` is then a text to be given to `bcs_free`.
uint8_t *_Nullable bcs_constant(
    const char *file, const char *name, uint64_t type_id, const char *_Nonnull const *_Nonnull import_paths,
    size_t import_path_count, size_t *byte_count, char *_Nullable *_Nonnull error);

void bcs_free(void *_Nullable bytes);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
