// Against musl, static: threads, memory, time, files, sockets, a child.
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void ok(const char *name, int value) {
  if (!value) { printf("failed: %s\n", name); exit(1); }
  printf("ok %s\n", name);
}
static void *thread(void *argument) { return argument; }

int main(int argc, char **argv) {
  if (argc > 1) return 3;
  pthread_t threads[8];
  void *result = 0;
  for (int i = 0; i < 8; i++) ok("thread", !pthread_create(&threads[i], 0, thread, &threads[i]));
  for (int i = 0; i < 8; i++) ok("join", !pthread_join(threads[i], &result) && result == &threads[i]);
  pthread_mutexattr_t lock;
  ok("robust", !pthread_mutexattr_init(&lock) && !pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST));
  char *memory = malloc(64 << 20);
  memset(memory, 1, 64 << 20);
  ok("memory", (memory = realloc(memory, 128 << 20)) && memory[1] == 1);
  free(memory);
  struct timespec time = {0, 1000000};
  ok("sleep", !nanosleep(&time, 0) && !clock_gettime(CLOCK_REALTIME, &time));
  ok("random", getrandom(&time, 8, 0) == 8);
  int file = open("/var/musl", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  struct stat status;
  ok("file", file >= 0 && write(file, "x", 1) == 1 && !fsync(file) && !fstat(file, &status) && status.st_size == 1);
  ok("mode", !fchmodat(AT_FDCWD, "/var/musl", 0640, 0) && faccessat(AT_FDCWD, "/var/musl", R_OK, AT_EACCESS) == 0);
  pid_t child;
  char *arguments[] = {argv[0], "child", 0};
  int exited = 0;
  ok("spawn", !posix_spawn(&child, argv[0], 0, 0, arguments, 0) && waitpid(child, &exited, 0) == child && WEXITSTATUS(exited) == 3);
  int server = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  ok("listen", !bind(server, (void *)&address, sizeof address) && !listen(server, 1));
  struct pollfd poller = {eventfd(1, 0), POLLIN, 0};
  ok("poll", poll(&poller, 1, 1000) == 1);
  sem_t *semaphore = sem_open("/musl", O_CREAT, 0600, 1);
  ok("semaphore", semaphore != SEM_FAILED && !sem_wait(semaphore));
  ok("processors", get_nprocs() >= 1 && sysconf(_SC_PHYS_PAGES) > 0);
  puts("done");
  return 0;
}
