// Calls for running an app from its sources: a union of directories, and who opens what in it. Included by CLinux.h.
#ifndef BARCHAN_CLINUX_DEVELOPMENT_H
#define BARCHAN_CLINUX_DEVELOPMENT_H

#include <stddef.h>
#include <sys/types.h>

// Mounts a read-only overlay of the directories in `lower` (overlayfs syntax, topmost first); -1 and errno.
int clinux_mount_union(const char *lower, const char *target);
// Mounts a file system in memory that everybody may read; -1 and errno.
int clinux_mount_memory(const char *target);
// Detaches whatever is mounted at `target`, with everything below it; -1 and errno.
int clinux_unmount(const char *target);

// A descriptor that tells which files are opened, without waiting; -1 and errno.
int clinux_open_trace(void);
// Watches every mount of the file system at `path` from now on; -1 and errno.
int clinux_open_trace_add(int trace, const char *path);
// The next event in what was read from a trace: the file as a descriptor that the caller owns (-1 when events were
// lost), who opened it, and in `offset` where the following event begins. False when there is no more.
_Bool clinux_open_trace_next(const void *buffer, size_t length, size_t *offset, int *file, pid_t *opener);

// A descriptor that tells what changes in directories, without waiting; -1 and errno.
int clinux_change_watch(void);
// Watches what is written, made, moved or removed in a directory; its number, or -1 and errno.
int clinux_change_watch_add(int watch, const char *directory);
// The next event in what was read from a watch: the directory's number and the name in it. As above.
_Bool clinux_change_watch_next(
    const void *buffer, size_t length, size_t *offset, int *directory, const char **name);

// The character device 0:0 that hides what lower layers of an overlay have there (overlayfs(5)); -1 and errno.
int clinux_make_whiteout(const char *path);

#endif
