#define _GNU_SOURCE
#include "CLinux.h"

#include <stdio.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>

int clinux_mount_union(const char *lower, const char *target) {
    char options[4096];
    int length = snprintf(options, sizeof options, "lowerdir=%s", lower);
    if (length < 0 || (size_t)length >= sizeof options) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return mount("overlay", target, "overlay", MS_RDONLY | MS_NODEV | MS_NOSUID, options);
}

int clinux_mount_memory(const char *target) {
    return mount("barchan", target, "tmpfs", MS_NODEV | MS_NOSUID, "mode=0755");
}

int clinux_unmount(const char *target) { return umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); }

int clinux_open_trace(void) {
    return fanotify_init(
        FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE, O_RDONLY | O_CLOEXEC | O_LARGEFILE);
}

int clinux_open_trace_add(int trace, const char *path) {
    return fanotify_mark(trace, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN | FAN_OPEN_EXEC, AT_FDCWD, path);
}

_Bool clinux_open_trace_next(const void *buffer, size_t length, size_t *offset, int *file, pid_t *opener) {
    const struct fanotify_event_metadata *event = (const void *)((const char *)buffer + *offset);
    size_t rest = length - *offset;
    if (rest < sizeof *event || event->event_len < sizeof *event || event->event_len > rest) return 0;
    *offset += event->event_len;
    *file = event->fd;
    *opener = event->pid;
    return 1;
}

int clinux_change_watch(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int clinux_change_watch_add(int watch, const char *directory) {
    return inotify_add_watch(
        watch, directory,
        IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW);
}

_Bool clinux_change_watch_next(
    const void *buffer, size_t length, size_t *offset, int *directory, const char **name) {
    const struct inotify_event *event = (const void *)((const char *)buffer + *offset);
    size_t rest = length - *offset;
    if (rest < sizeof *event || event->len > rest - sizeof *event) return 0;
    *offset += sizeof *event + event->len;
    *directory = event->wd;
    *name = event->len > 0 ? event->name : "";
    return 1;
}

int clinux_make_whiteout(const char *path) { return mknod(path, S_IFCHR, 0); }
