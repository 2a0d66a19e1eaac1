// The definitions behind the header. Only here with _GNU_SOURCE, see there.
#define _GNU_SOURCE
#include "CLinux.h"

#include <link.h>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/quota.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/vfs.h>

// Inside a sandbox there is no procfs. Swift's runtime wants it twice: it looks for its own path before main, through
// /proc/self/exe, and ends the program when there is none, and CommandLine.arguments reads /proc/self/cmdline. So this
// runs before the runtime does: it names a root for the runtime and keeps the arguments.
static int argument_count;
static char **argument_values;
static int named_root;

__attribute__((constructor(101))) static void clinux_before_swift(int count, char **values, char **environment) {
  (void)environment;
  argument_count = count;
  argument_values = values;
  if (access("/proc/self/exe", F_OK) == 0 || getenv("SWIFT_ROOT") != NULL) return;
  named_root = setenv("SWIFT_ROOT", "/", 1) == 0;
}

void clinux_restore_environment(void) {
  if (named_root) unsetenv("SWIFT_ROOT");
  named_root = 0;
}

int clinux_argument_count(void) { return argument_count; }
const char *clinux_argument(int index) {
  return index >= 0 && index < argument_count ? argument_values[index] : "";
}


uint64_t clinux_pass;
void clinux_set_pass(uint64_t pass) { clinux_pass = pass; }

struct shared_start {
  void (*body)(void *);
  void *context;
};

static int run_shared(void *start) {
  ((struct shared_start *)start)->body(((struct shared_start *)start)->context);
  return 0;
}

int clinux_share_memory(unsigned long flags, void (*body)(void *), void *context, int *number) {
  const size_t size = 1 << 20;
  char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return -1;
  struct shared_start start = {body, context};
  if (clone(run_shared, stack + size, (int)flags | CLONE_VM | CLONE_PARENT_SETTID | SIGCHLD, &start, number) < 0) return -1;
  // From here on nothing but system calls: everything else in this memory is the other's. The kernel wrote the number before
  // the other began.
  syscall(SYS_write, CLINUX_STARTER_IDENTITY, number, sizeof *number);
  for (int descriptor = 3; descriptor <= CLINUX_STARTER_PROCESSES; descriptor++)
    if (descriptor != CLINUX_STARTER_REPORT && descriptor != CLINUX_STARTER_WATCH) syscall(SYS_close, descriptor);
  clinux_drop_capabilities();
  // What is left for this process can wait until the program that is executed by then waits or its turn ends.
  const struct sched_param ordinary = {0};
  syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &ordinary);
  char byte;
  syscall(SYS_read, CLINUX_STARTER_WATCH, &byte, 1);
  // Now, not with the end of this process: the launcher waits for it, and taking the memory apart comes first in that.
  syscall(SYS_close, CLINUX_STARTER_REPORT);
  syscall(SYS_exit_group, 0);
  return 0;
}

int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int clinux_niceness(pid_t thread) { return getpriority(PRIO_PROCESS, (id_t)thread); }

int clinux_set_niceness(int niceness) { return setpriority(PRIO_PROCESS, 0, niceness); }

int clinux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int clinux_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

// The error, as a negative number, that `probe` left in a child; 0 for none.
static int probe_in_child(int (*probe)(void)) {
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) _exit(probe() >= 0 ? 0 : errno);
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

static int try_user_namespace(void) { return unshare(CLONE_NEWUSER | CLONE_NEWNS); }
int clinux_probe_user_namespace(void) { return probe_in_child(try_user_namespace); }

static int try_call_listener(void) {
  struct sock_filter everything = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -1;
  return clinux_seccomp_listen(&everything, 1);
}
int clinux_probe_call_listener(void) { return probe_in_child(try_call_listener); }

int clinux_probe_landlock(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
  return version < 0 ? -errno : (int)version;
}

int clinux_probe_pidfd(void) {
  long descriptor = syscall(SYS_pidfd_open, getpid(), 0);
  if (descriptor < 0) return -errno;
  close((int)descriptor);
  return 0;
}

int clinux_open_beneath(int directory, const char *path) {
  struct open_how how = {
      .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
  };
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int clinux_rename_new(int directory, const char *from, const char *to) {
  return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int clinux_syncfs(int descriptor) { return syncfs(descriptor); }

int64_t clinux_file_system_type(int file) {
  struct statfs facts;
  return fstatfs(file, &facts) < 0 ? -1 : (int64_t)facts.f_type;
}

int clinux_get_project(int file, uint32_t *project, int *is_inherited) {
  struct fsxattr facts;
  if (ioctl(file, FS_IOC_FSGETXATTR, &facts) < 0) return -1;
  *project = facts.fsx_projid;
  *is_inherited = (facts.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0;
  return 0;
}

int clinux_set_project(int file, uint32_t project, int is_inherited) {
  struct fsxattr facts;
  if (ioctl(file, FS_IOC_FSGETXATTR, &facts) < 0) return -1;
  facts.fsx_projid = project;
  facts.fsx_xflags &= ~(uint32_t)FS_XFLAG_PROJINHERIT;
  if (is_inherited) facts.fsx_xflags |= FS_XFLAG_PROJINHERIT;
  return ioctl(file, FS_IOC_FSSETXATTR, &facts);
}

static int project_quota(int file, unsigned command, uint32_t project, void *argument) {
  return (int)syscall(SYS_quotactl_fd, file, QCMD(command, PRJQUOTA), project, argument);
}

int clinux_project_quota_state(int file, int *counts, int *enforces) {
  struct fs_quota_statv state = {.qs_version = FS_QSTATV_VERSION1};
  if (project_quota(file, Q_XGETQSTATV, 0, &state) < 0) return -1;
  *counts = (state.qs_flags & FS_QUOTA_PDQ_ACCT) != 0;
  *enforces = (state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0;
  return 0;
}

int clinux_project_usage(int file, uint32_t project, uint64_t usage[2]) {
  struct if_dqblk quota = {0};
  if (project_quota(file, Q_GETQUOTA, project, &quota) < 0) return -1;
  usage[0] = quota.dqb_curspace;
  usage[1] = quota.dqb_curinodes;
  return 0;
}

int clinux_limit_project(int file, uint32_t project, uint64_t kibibytes, uint64_t inodes) {
  struct if_dqblk quota = {.dqb_bhardlimit = kibibytes, .dqb_ihardlimit = inodes, .dqb_valid = QIF_LIMITS};
  return project_quota(file, Q_SETQUOTA, project, &quota);
}

int clinux_temporary_file(int directory) { return openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); }

int clinux_set_turn(pid_t thread, uint64_t nanoseconds) {
  // struct sched_attr of linux/sched/types.h, in its first size. For ordinary threads the run time is that of one turn.
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {0};
  if (syscall(SYS_sched_getattr, thread, &attributes, sizeof attributes, 0) < 0) return -1;
  if (attributes.policy != SCHED_OTHER && attributes.policy != SCHED_BATCH) {
    errno = EINVAL;
    return -1;
  }
  attributes.runtime = nanoseconds;
  return (int)syscall(SYS_sched_setattr, thread, &attributes, 0);
}

void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

// Only what nobody can have written to: a page that is dropped is the file's again.
static int drop_pages(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_W)) continue;
    uintptr_t start = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
    uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_filesz;
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void clinux_drop_program_pages(void) { dl_iterate_phdr(drop_pages, NULL); }

int clinux_pass_credentials(int socket, int on) {
    return setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

ssize_t clinux_receive_from_process(int socket, void *bytes, size_t capacity, int *sender) {
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(struct ucred))]; } control;
    struct iovec part = {bytes, capacity};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *sender = 0;
    ssize_t length;
    do length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC); while (length < 0 && errno == EINTR);
    struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS) {
        struct ucred from;
        memcpy(&from, CMSG_DATA(header), sizeof from);
        *sender = from.pid;
    }
    return length;
}
