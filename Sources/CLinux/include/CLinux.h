// Thin wrappers for the system calls and macros that Swift's Glibc module does not show. No logic.
#ifndef BARCHAN_CLINUX_H
#define BARCHAN_CLINUX_H

// Without _GNU_SOURCE here: system types must look exactly as in Swift's Glibc module. CLinux.c defines it.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// wait(2) status macros.
static inline int clinux_wifexited(int status) { return WIFEXITED(status); }
static inline int clinux_wexitstatus(int status) { return WEXITSTATUS(status); }
static inline int clinux_wifsignaled(int status) { return WIFSIGNALED(status); }
static inline int clinux_wtermsig(int status) { return WTERMSIG(status); }

// Which device and which inode on it a path leads to.
static inline int clinux_identify(const char *path, uint64_t identity[2]) {
    struct stat status;
    if (stat(path, &status) < 0) return -1;
    identity[0] = status.st_dev;
    identity[1] = status.st_ino;
    return 0;
}
// Gives an open file so many bytes of its disk, from its start, without making it longer (fallocate(2), FALLOC_FL_KEEP_SIZE).
static inline int clinux_reserve(int file, off_t bytes) { return syscall(SYS_fallocate, file, 1, (off_t)0, bytes); }
// getxattr(2) and setxattr(2), without flags.
static inline long clinux_get_attribute(const char *path, const char *name, void *value, size_t size) {
    return syscall(SYS_getxattr, path, name, value, size);
}
static inline int clinux_set_attribute(const char *path, const char *name, const void *value, size_t size) {
    return (int)syscall(SYS_setxattr, path, name, value, size, 0);
}
// Close-on-exec and without waiting.
static inline int clinux_eventfd(unsigned value) { return eventfd(value, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_pipe2(int descriptors[2], int flags);
// accept4(2) without an address: close-on-exec, and it does not block.
int clinux_accept(int listener);
// posix_spawn_file_actions_addclosefrom_np(3).
int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
// getpriority(2) of a thread, 0 for the calling one; a process's number is its main thread's.
int clinux_niceness(pid_t thread);
// setpriority(2) of the calling thread: 0, or -1 and errno.
int clinux_set_niceness(int niceness);

// For programs that run inside a sandbox, see CLinux.c: call the first at the start of main, so that the environment is
// again exactly the given one, and take arguments from here instead of from CommandLine.
void clinux_restore_environment(void);
int clinux_argument_count(void);
const char *clinux_argument(int index);

// Probes for `barchan doctor`: 0 or more when the kernel has the feature, -errno when not.
// A child tries the user namespace (with a mount namespace), because the attempt changes the process that makes it.
int clinux_probe_user_namespace(void);
// The version of the Landlock interface.
int clinux_probe_landlock(void);
int clinux_probe_pidfd(void);
// Whether calls can be answered for a process (seccomp user notification). A child tries it.
int clinux_probe_call_listener(void);

// Opens a directory below `directory` without following a link anywhere or leaving it (openat2); -1 and errno.
int clinux_open_beneath(int directory, const char *path);
// renameat2 within one directory; fails with EEXIST instead of replacing.
int clinux_rename_new(int directory, const char *from, const char *to);
int clinux_syncfs(int descriptor);
// The calling thread's name in `ps -T`, at most 15 bytes.
void clinux_name_thread(const char *name);
// Gives back the pages of the code and constants of the program and its libraries; those in use come again from the page
// cache.
void clinux_drop_program_pages(void);
// Makes the content of one file that of another without copying it (FICLONE); fails where the file system cannot.
static inline int clinux_clone_file(int to, int from) { return (int)syscall(SYS_ioctl, to, 0x40049409u, from); }
// As many bytes from one file at `offset` to the same place of another; the count or -1 and errno.
static inline ssize_t clinux_copy_range(int from, int to, int64_t offset, size_t count) {
    int64_t in = offset, out = offset;
    return syscall(SYS_copy_file_range, from, &in, to, &out, count, 0);
}
// The calling thread yields to others: nice(2) for it alone.
static inline void clinux_lower_thread_priority(void) { syscall(SYS_setpriority, 0, 0, 10); }
// How long an ordinary thread runs at a time when others want to as well, in nanoseconds; 0 for what everybody has. -1 and errno,
// also for threads that real-time or deadline scheduling rules (sched_setattr(2)).
int clinux_set_turn(pid_t thread, uint64_t nanoseconds);
// The next byte that is data or hole; -1 and errno.
static inline int64_t clinux_next_data(int file, int64_t offset) { return lseek(file, offset, 3 /* SEEK_DATA */); }
static inline int64_t clinux_next_hole(int file, int64_t offset) { return lseek(file, offset, 4 /* SEEK_HOLE */); }
// Has the kernel check a file against a tree of SHA-256 over blocks of 4 KiB from now on (fs-verity, ioctl_fsverity(2)); the
// file is read-only for ever. -1 and errno, also where the kernel or the file system has no such thing.
static inline int clinux_enable_verity(int file) {
    struct { uint32_t version, algorithm, block, salt; uint64_t salt_pointer; uint32_t signature, reserved; uint64_t rest[12]; }
        request = {1, 1, 4096, 0, 0, 0, 0, {0}};
    return (int)syscall(SYS_ioctl, file, 0x40806685u, &request);
}
// The digest that the kernel checks a file against; -1 and errno.
static inline int clinux_measure_verity(int file, uint8_t digest[32]) {
    struct { uint16_t algorithm, size; uint8_t digest[32]; } answer = {0, 32, {0}};
    if (syscall(SYS_ioctl, file, 0xc0046686u, &answer) < 0) return -1;
    memcpy(digest, answer.digest, 32);
    return 0;
}
// The number of the kind of file system that a file is on (statfs(2) lists them); -1 and errno.
int64_t clinux_file_system_type(int file);
// Project quotas, on ext4 and XFS alike. All return 0, or -1 and errno; those with `file` take any open file or directory.
// The project of a file, and whether what is made in a directory inherits it (FS_IOC_FSGETXATTR).
int clinux_get_project(int file, uint32_t *project, int *is_inherited);
// Everything else about the file stays (FS_IOC_FSSETXATTR).
int clinux_set_project(int file, uint32_t project, int is_inherited);
// Whether the file system counts what projects take, and refuses what is beyond their limits (quotactl_fd(2), Q_XGETQSTATV).
int clinux_project_quota_state(int file, int *counts, int *enforces);
// What a project takes: space in bytes, inodes (Q_GETQUOTA).
int clinux_project_usage(int file, uint32_t project, uint64_t usage[2]);
// The most that a project may take: space in KiB, inodes; 0 for no limit (Q_SETQUOTA).
int clinux_limit_project(int file, uint32_t project, uint64_t kibibytes, uint64_t inodes);
// An unnamed file in a directory.
int clinux_temporary_file(int directory);

#include "CLinuxSandbox.h"
#include "CLinuxNotify.h"
#include "CLinuxDevelopment.h"

#endif
