// The definitions behind the header. Only here with _GNU_SOURCE, see there.
#define _GNU_SOURCE
#include "CLinux.h"


int clinux_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

int clinux_probe_user_namespace(void) {
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) _exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 0 : errno);
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

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
