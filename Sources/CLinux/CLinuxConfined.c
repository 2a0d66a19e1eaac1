// A process that is given a stranger's bytes. Between fork and exec in a program with threads nothing but system calls is safe, which
// Swift cannot promise; so this stands here.
#define _GNU_SOURCE
#include "CLinux.h"

#include <sys/resource.h>

// landlock(7), first version of the interface.
enum {
    MAY_EXECUTE = 1 << 0, MAY_WRITE = 1 << 1, MAY_READ = 1 << 2, MAY_LIST = 1 << 3, MAY_REMOVE_DIRECTORY = 1 << 4,
    MAY_REMOVE_FILE = 1 << 5, MAY_MAKE_DIRECTORY = 1 << 7, MAY_MAKE_FILE = 1 << 8, EVERYTHING = (1 << 13) - 1,
};

static void limit(int resource, uint64_t value) {
    struct rlimit both = {value, value};
    setrlimit(resource, &both);
}

// What is not there need not be allowed. A file takes no rights of directories.
static void allow(int ruleset, const char *path, uint64_t access) {
    int place = open(path, O_PATH | O_CLOEXEC);
    struct stat status;
    if (place < 0 || fstat(place, &status) < 0) return;
    if (!S_ISDIR(status.st_mode)) access &= MAY_EXECUTE | MAY_WRITE | MAY_READ;
    clinux_landlock_add_path(ruleset, access, place);
    close(place);
}

// 0, or -1 when the kernel has Landlock and it fails.
static int confine_files(char *const *readable, const char *writable) {
    if (clinux_landlock_version() < 1) return 0;
    int ruleset = clinux_landlock_create(EVERYTHING, 0, 0, 8);
    if (ruleset < 0) return -1;
    for (; *readable; readable++) allow(ruleset, *readable, MAY_EXECUTE | MAY_READ | MAY_LIST);
    allow(ruleset, "/dev/null", MAY_READ | MAY_WRITE);
    // No links, devices and sockets: whoever removes the directory meets none.
    allow(ruleset, writable, MAY_READ | MAY_WRITE | MAY_LIST | MAY_REMOVE_DIRECTORY | MAY_REMOVE_FILE | MAY_MAKE_DIRECTORY | MAY_MAKE_FILE);
    return clinux_landlock_restrict(ruleset, 0);
}

int clinux_spawn_confined(
    const char *program, char *const *arguments, char *const *environment, char *const *readable, const char *writable,
    int output, unsigned processor_seconds, uint64_t memory_bytes, uint64_t file_bytes
) {
    pid_t parent = getpid(), child = fork();
    if (child != 0) return child;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(CLINUX_NOT_STARTED);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(output, 3) < 0 || dup2(nothing, 0) < 0 || dup2(3, 1) < 0 || dup2(nothing, 2) < 0) _exit(CLINUX_NOT_STARTED);
    clinux_close_range(3, ~0U, 0);
    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) _exit(CLINUX_NOT_CONFINED);
    limit(RLIMIT_CPU, processor_seconds);
    limit(RLIMIT_AS, memory_bytes);
    limit(RLIMIT_FSIZE, file_bytes);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_CORE, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || confine_files(readable, writable) < 0) _exit(CLINUX_NOT_CONFINED);
    execve(program, arguments, environment);
    _exit(CLINUX_NOT_STARTED);
}
