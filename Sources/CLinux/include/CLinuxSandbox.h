// Calls that make a sandbox: namespaces, the mount API of descriptors, filters, Landlock. Included by CLinux.h.
#ifndef BARCHAN_CLINUX_SANDBOX_H
#define BARCHAN_CLINUX_SANDBOX_H

#include <linux/openat2.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/uio.h>

// Values whose headers need _GNU_SOURCE, which this header must not define (see CLinux.h), or clash with Glibc's.
static const unsigned long
    CLINUX_CLONE_PARENT = 0x8000, CLINUX_CLONE_NEWNS = 0x20000, CLINUX_CLONE_NEWCGROUP = 0x2000000,
    CLINUX_CLONE_NEWUTS = 0x4000000, CLINUX_CLONE_NEWIPC = 0x8000000, CLINUX_CLONE_NEWUSER = 0x10000000,
    CLINUX_CLONE_NEWPID = 0x20000000, CLINUX_CLONE_NEWNET = 0x40000000;
static const uint64_t
    CLINUX_MOUNT_RDONLY = 0x1, CLINUX_MOUNT_NOSUID = 0x2, CLINUX_MOUNT_NODEV = 0x4, CLINUX_MOUNT_NOEXEC = 0x8,
    CLINUX_MOUNT_NOATIME = 0x10, CLINUX_MOUNT_ATIME_MASK = 0x70, CLINUX_MOUNT_PRIVATE = 1 << 18,
    CLINUX_MOUNT_SLAVE = 1 << 19, CLINUX_MOUNT_SHARED = 1 << 20;
static const int CLINUX_O_PATH = 010000000, CLINUX_MNT_DETACH = 2, CLINUX_AT_EMPTY_PATH = 0x1000;
// A copy of one mount that is attached nowhere.
static const unsigned CLINUX_OPEN_TREE_CLONE = 1 | 02000000 /* close on exec */;
static const unsigned CLINUX_MOVE_FROM_DESCRIPTOR = 0x4, CLINUX_MOVE_TO_DESCRIPTOR = 0x40;
static const int
    CLINUX_RLIMIT_DATA = 2, CLINUX_RLIMIT_CORE = 4, CLINUX_RLIMIT_STACK = 3, CLINUX_RLIMIT_NPROC = 6, CLINUX_RLIMIT_NOFILE = 7,
    CLINUX_RLIMIT_MEMLOCK = 8, CLINUX_RLIMIT_SIGPENDING = 11, CLINUX_RLIMIT_MSGQUEUE = 12, CLINUX_RLIMIT_NICE = 13, CLINUX_RLIMIT_RTPRIO = 14;

// What the calls below that are marked "passes" carry in the register of a sixth argument, which they do not have, so that the
// kernel does not look at it, but a filter can. 0 until it is set, which is once, before there is a second process.
extern uint64_t clinux_pass;
void clinux_set_pass(uint64_t pass);

// fork() is hidden from Swift; this is clone(2) without a stack of its own. Only for single-threaded programs.
static inline long clinux_clone(unsigned long flags) { return syscall(SYS_clone, flags, 0, 0, 0, 0); }
// The same into a control group (clone3, struct clone_args); flags without the signal, which is sent to the parent at the end.
static inline long clinux_clone_into(uint64_t flags, uint64_t signal, int group) {
    uint64_t arguments[11] = {flags | 0x200000000 /* CLONE_INTO_CGROUP */, 0, 0, 0, signal, 0, 0, 0, 0, 0, (uint64_t)group};
    return syscall(SYS_clone3, arguments, sizeof arguments);
}
// Starts a process with these flags in the memory of this one, on a stack of its own, where it runs `body`; `number` gets its
// process number. On success this does not return: the calling process gives up its capabilities, waits until the other one
// has executed something or ended, and ends. -1 and errno otherwise. Only for single-threaded programs.
//
// Both have at first: the report to the launcher, the writing end of a pipe (close-on-exec) that tells the caller that the
// other has left its memory, the channel for the process number, and the reading end of that pipe.
static const int CLINUX_STARTER_REPORT = 4, CLINUX_STARTER_LIFE = 5, CLINUX_STARTER_IDENTITY = 6, CLINUX_STARTER_WATCH = 7;
// And the directory /proc, for the other to find its own entry.
static const int CLINUX_STARTER_PROCESSES = 8;
int clinux_share_memory(unsigned long flags, void (*body)(void *), void *context, int *number);

// Any system call, for probes of what a kernel or a filter answers. -1 and errno as syscall(2).
static inline long clinux_syscall(long number, long a, long b, long c, long d, long e, long f) {
    return syscall(number, a, b, c, d, e, f);
}
// fork(2) with what the C library does around it; likewise only for single-threaded programs.
static inline int clinux_fork(void) { return fork(); }
// A call through the 32-bit entry of an x86-64 kernel, as old code makes it. The result or a negative errno; -ENOSYS on other
// processors, which have no such entry.
static inline long clinux_call_int80(long number, long a, long b) {
#ifdef __x86_64__
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(0), "S"(0), "D"(0)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
#else
    (void)number, (void)a, (void)b;
    return -ENOSYS;
#endif
}
static inline int clinux_unshare(unsigned long flags) { return (int)syscall(SYS_unshare, flags); }
static inline int clinux_enter_network(int network) { return (int)syscall(SYS_setns, network, 0x40000000 /* CLONE_NEWNET */); }
static inline int clinux_enter_mounts(int mounts) { return (int)syscall(SYS_setns, mounts, 0x20000 /* CLONE_NEWNS */); }
static inline int clinux_pivot_root(const char *root, const char *old) { return (int)syscall(SYS_pivot_root, root, old); }
static inline int clinux_dup3(int from, int to) { return (int)syscall(SYS_dup3, from, to, 02000000 /* close on exec */); }
// Passes.
static inline int clinux_chroot(const char *path) { return (int)syscall(SYS_chroot, path, 0, 0, 0, 0, clinux_pass); }
static inline int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return prctl(option, a, b, c, d);
}
static inline int clinux_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int clinux_pidfd_send_signal(int fd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
}
static inline int clinux_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}
static inline int clinux_memfd_create(const char *name, unsigned flags) {
    return (int)syscall(SYS_memfd_create, name, flags);
}
// Whether two threads have one table of descriptors (kcmp(2)), also where that cannot be said.
static inline int clinux_share_files(pid_t one, pid_t other) { return syscall(SYS_kcmp, one, other, 2 /* KCMP_FILES */, 0, 0) <= 0; }
static inline int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags;
    how.resolve = resolve;
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// The id-changing calls of glibc signal every thread; a single-threaded program can ask the kernel directly.
static inline int clinux_setresuid(unsigned id) { return (int)syscall(SYS_setresuid, id, id, id); }
static inline int clinux_setresgid(unsigned id) { return (int)syscall(SYS_setresgid, id, id, id); }
static inline int clinux_drop_groups(void) { return (int)syscall(SYS_setgroups, 0, NULL); }

// Makes the permitted, effective and inheritable sets empty.
static inline int clinux_drop_capabilities(void) {
    struct { uint32_t version; int pid; } header = {0x20080522, 0};
    uint32_t sets[6] = {0};
    return (int)syscall(SYS_capset, &header, sets);
}

// Makes every permitted capability effective, as after a change of user with PR_SET_KEEPCAPS.
static inline int clinux_raise_capabilities(void) {
    struct { uint32_t version; int pid; } header = {0x20080522, 0};
    uint32_t sets[6] = {0};
    if (syscall(SYS_capget, &header, sets) < 0) return -1;
    sets[0] = sets[1];
    sets[3] = sets[4];
    return (int)syscall(SYS_capset, &header, sets);
}

static inline int clinux_join_new_keyring(void) { return (int)syscall(SYS_keyctl, 1 /* join session */, NULL); }

// struct mount_attr: set, clear, propagation, user namespace.
static inline int clinux_mount_setattr(int mount, uint64_t set, uint64_t clear) {
    uint64_t attributes[4] = {set, clear, 0, 0};
    return (int)syscall(SYS_mount_setattr, mount, "", CLINUX_AT_EMPTY_PATH, attributes, sizeof attributes);
}
// A copy of the mount at `path`, attached nowhere, that has these attributes and shares no mounts with anybody.
static inline int clinux_private_tree(const char *path, uint64_t set) {
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, CLINUX_OPEN_TREE_CLONE);
    uint64_t attributes[4] = {set, 0, CLINUX_MOUNT_PRIVATE, 0};
    if (tree < 0 || syscall(SYS_mount_setattr, tree, "", CLINUX_AT_EMPTY_PATH, attributes, sizeof attributes) == 0) return tree;
    int error = errno;
    close(tree);
    errno = error;
    return -1;
}
static inline int clinux_mount_propagation(const char *path, uint64_t propagation) {
    uint64_t attributes[4] = {0, 0, propagation, 0};
    return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, 0x8000 /* recursive */, attributes, sizeof attributes);
}
static inline int clinux_detach_mount(const char *path) { return (int)syscall(SYS_umount2, path, CLINUX_MNT_DETACH); }
static inline int clinux_limit(int resource, uint64_t soft, uint64_t hard) {
    uint64_t limits[2] = {soft, hard};
    return (int)syscall(SYS_prlimit64, 0, resource, limits, NULL);
}
static inline int clinux_hard_limit(int resource, uint64_t *hard) {
    uint64_t limits[2];
    int result = (int)syscall(SYS_prlimit64, 0, resource, NULL, limits);
    *hard = limits[1];
    return result;
}
static inline int clinux_set_names(const char *name, size_t length) {
    int result = (int)syscall(SYS_sethostname, name, length);
    return result < 0 ? result : (int)syscall(SYS_setdomainname, name, length);
}
// Passes.
static inline int clinux_open_tree(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags, 0, 0, clinux_pass);
}
// Passes.
static inline int clinux_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
    return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags, clinux_pass);
}
static inline int clinux_fsopen(const char *type) { return (int)syscall(SYS_fsopen, type, 1 /* close on exec */); }
// Passes.
static inline int clinux_fsconfig_string(int context, const char *key, const char *value) {
    return (int)syscall(SYS_fsconfig, context, 1, key, value, 0, clinux_pass);
}
static inline int clinux_fsconfig_flag(int context, const char *key) {
    return (int)syscall(SYS_fsconfig, context, 0, key, NULL, 0);
}
static inline int clinux_fsconfig_create(int context) { return (int)syscall(SYS_fsconfig, context, 6, NULL, NULL, 0); }
// Both pass.
static inline int clinux_fspick(int mount) {
    return (int)syscall(SYS_fspick, mount, "", 1 | 8 /* close on exec, empty path */, 0, 0, clinux_pass);
}
static inline int clinux_fsconfig_reconfigure(int context) {
    return (int)syscall(SYS_fsconfig, context, 7, NULL, NULL, 0, clinux_pass);
}
static inline int clinux_fsmount(int context, unsigned attributes) {
    return (int)syscall(SYS_fsmount, context, 1 /* close on exec */, attributes);
}

// struct ifreq: the name, then a union that starts with the flags.
static inline int clinux_loopback_up(int socket) {
    struct { char name[16]; short flags; char rest[22]; } request = {"lo", 1 /* IFF_UP */, {0}};
    return (int)syscall(SYS_ioctl, socket, 0x8914 /* SIOCSIFFLAGS */, &request);
}

// The Landlock structures grow with the kernel's headers, so their sizes are spelled out.
static inline int clinux_landlock_version(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* version */);
}
static inline int clinux_landlock_create(uint64_t files, uint64_t network, uint64_t scoped, size_t size) {
    uint64_t attributes[3] = {files, network, scoped};
    return (int)syscall(SYS_landlock_create_ruleset, attributes, size, 0);
}
// Both pass.
static inline int clinux_landlock_add_path(int ruleset, uint64_t access, int parent) {
    struct __attribute__((packed)) { uint64_t access; int parent; } rule = {access, parent};
    return (int)syscall(SYS_landlock_add_rule, ruleset, 1 /* path beneath */, &rule, 0, 0, clinux_pass);
}
static inline int clinux_landlock_restrict(int ruleset, unsigned flags) {
    return (int)syscall(SYS_landlock_restrict_self, ruleset, flags, 0, 0, 0, clinux_pass);
}

// Starts a program in a process group and a network namespace of its own, with no descriptor but `output` and /dev/null, which ends
// with the calling thread. It may read and run what is below `readable`, write below `writable` (with Landlock, where the kernel has
// it), and take so much processor time, address space and bytes for a file. The child, or -1 and errno.
static const int CLINUX_NOT_CONFINED = 125, CLINUX_NOT_STARTED = 127;
int clinux_spawn_confined(
    const char *program, char *const *arguments, char *const *environment, char *const *readable, const char *writable,
    int output, unsigned processor_seconds, uint64_t memory_bytes, uint64_t file_bytes);

// instructions: 8 bytes each, as struct sock_filter.
static inline int clinux_seccomp_load(const void *instructions, unsigned short count) {
    struct { unsigned short count; const void *instructions; } program = {count, instructions};
    return (int)syscall(SYS_seccomp, 1 /* set mode filter */, 0, &program);
}

static inline int clinux_execve(const char *path, char *const argv[], char *const envp[]) {
    return execve(path, argv, envp);
}

static inline int clinux_execute_descriptor(int program, char *const argv[], char *const envp[]) {
    return (int)syscall(SYS_execveat, program, "", argv, envp, CLINUX_AT_EMPTY_PATH);
}

static inline void clinux_default_signals(void) {
    struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } action = {0, 0, 0, 0};
    for (int number = 1; number <= 64; number++)
        syscall(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &action.mask, NULL, sizeof action.mask);
}

// One message with up to 8 descriptors. Returns bytes sent or -1.
static inline ssize_t clinux_send_with(
    int socket, const void *bytes, size_t length, const int *descriptors, int count, int flags) {
    union { struct cmsghdr header; char space[CMSG_SPACE(8 * sizeof(int))]; } control;
    struct iovec part = {(void *)bytes, length};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (count > 8) { errno = EINVAL; return -1; }
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | flags); while (sent < 0 && errno == EINTR);
    return sent;
}
// The same, waiting for room.
static inline ssize_t clinux_send(int socket, const void *bytes, size_t length, const int *descriptors, int count) {
    return clinux_send_with(socket, bytes, length, descriptors, count, 0);
}

// One message with up to 8 descriptors, close-on-exec. Returns its length, 0 at the end, -1 on error. A message that
// did not fit is an error (EMSGSIZE) and its descriptors are closed.
static inline ssize_t clinux_receive(int socket, void *bytes, size_t capacity, int *descriptors, int *count, int flags) {
    union { struct cmsghdr header; char space[CMSG_SPACE(8 * sizeof(int))]; } control;
    struct iovec part = {bytes, capacity};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    *count = 0;
    ssize_t length;
    do length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags); while (length < 0 && errno == EINTR);
    if (length < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int number = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < number && *count < 8; i++)
            memcpy(&descriptors[(*count)++], CMSG_DATA(header) + (size_t)i * sizeof(int), sizeof(int));
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (int i = 0; i < *count; i++) close(descriptors[i]);
        *count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return length;
}

// Whether messages sent from now on say which process sent them.
int clinux_pass_credentials(int socket, int on);
// One short message, and which process sent it, as a number in this pid namespace; 0 when the message does not say.
// Descriptors that come along are not taken.
ssize_t clinux_receive_from_process(int socket, void *bytes, size_t capacity, int *sender);
// From waitid(2): the exit status, or -1 for another end.
static inline int clinux_exit_status(const siginfo_t *end) { return end->si_code == CLD_EXITED ? end->si_status : -1; }

#endif
