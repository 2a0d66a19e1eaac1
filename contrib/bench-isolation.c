// Time from the wish to a program's first byte, four ways side by side: plain vfork + exec, the launcher with a filled pool,
// the launcher without one, and bubblewrap with about the same walls. See contrib/bench-isolation.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *package, *data, *launcher, *user;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
static void stop(const char *what) { perror(what); exit(1); }

// Messages of Sources/SandboxProtocol.
static unsigned char message[65536];
static size_t used;
static void number(uint64_t value, int bytes) { for (int i = 0; i < bytes; i++) message[used++] = value >> (8 * i); }
static void text(const char *s) { number(strlen(s), 4); memcpy(message + used, s, strlen(s)); used += strlen(s); }

static int start_launcher(const char *pool) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) stop("socketpair");
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 3);
    execl(launcher, launcher, "--user", user, "--group", user, "--pool", pool, (char *)0);
    stop(launcher);
  }
  close(ends[1]);
  unsigned char reply[64];
  if (recv(ends[0], reply, sizeof reply, 0) < 1 || reply[0] != 1) { fprintf(stderr, "the launcher does not start\n"); exit(1); }
  return ends[0];
}

static void wait_byte(int reader) {
  char byte;
  if (read(reader, &byte, 1) != 1) { fprintf(stderr, "no byte came\n"); exit(1); }
}

static double by_launcher(int launcher_socket) {
  static uint64_t serial;
  int output[2], grain[2];
  if (pipe2(output, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, grain)) stop("pipe");
  double began = now();
  used = 0;
  number(1, 1); number(++serial, 8);
  number(1, 4); text(package); text(data);
  number(1, 4); text("/program"); number(0, 4);
  number(1024, 8); number(4096, 8); number(16 << 20, 8); number(4096, 8); number(0, 8); number(0, 8);
  union { struct cmsghdr header; char space[CMSG_SPACE(2 * sizeof(int))]; } control;
  struct iovec part = {message, used};
  struct msghdr header = {0};
  header.msg_iov = &part; header.msg_iovlen = 1;
  header.msg_control = &control; header.msg_controllen = sizeof control;
  control.header.cmsg_level = SOL_SOCKET; control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
  memcpy(CMSG_DATA(&control.header), (int[2]){grain[1], output[1]}, 2 * sizeof(int));
  if (sendmsg(launcher_socket, &header, 0) < 0) stop("sendmsg");
  close(output[1]); close(grain[1]);
  wait_byte(output[0]);
  double took = now() - began;
  unsigned char reply[64];
  do if (recv(launcher_socket, reply, sizeof reply, 0) < 1 || reply[0] == 4) stop("launcher"); while (reply[0] != 5);
  close(output[0]); close(grain[0]);
  return took;
}

static double by_exec(char *const argv[]) {
  int output[2];
  if (pipe2(output, O_CLOEXEC)) stop("pipe");
  double began = now();
  pid_t child = vfork();
  if (child == 0) { dup2(output[1], 1); execv(argv[0], argv); _exit(127); }
  close(output[1]);
  wait_byte(output[0]);
  double took = now() - began;
  waitpid(child, 0, 0);
  close(output[0]);
  return took;
}

static int ascending(const void *a, const void *b) { double d = *(double *)a - *(double *)b; return (d > 0) - (d < 0); }

int main(int argc, char **argv) {
  if (argc != 6) return 64;
  launcher = argv[1]; package = argv[2]; data = argv[3]; user = argv[4];
  int rounds = atoi(argv[5]);
  char program[4096];
  snprintf(program, sizeof program, "%s/program", package);
  char *const plain[] = {program, 0};
  char *const bwrap[] = {"/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--hostname", "sandbox",
    "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--ro-bind", (char *)package, "/", "--tmpfs", "/tmp", "--dev", "/dev", "--bind",
    (char *)data, "/var", "--ro-bind", "/proc/cpuinfo", "/proc/cpuinfo", "--chdir", "/", "/program", 0};
  int has_bwrap = access(bwrap[0], X_OK) == 0;
  int pooled = start_launcher("4"), bare = start_launcher("0");
  const char *names[] = {"vfork + exec", "launcher, pool", "launcher, no pool", "bubblewrap"};
  double *times[4];
  for (int i = 0; i < 4; i++) times[i] = calloc(rounds, sizeof(double));
  for (int round = -5; round < rounds; round++) {
    for (int way = 0; way < 3 + has_bwrap; way++) {
      // Time for the pool to be filled again, and for the kernel to take down what the last way made.
      usleep(30000);
      double t = way == 0 ? by_exec(plain) : way == 1 ? by_launcher(pooled) : way == 2 ? by_launcher(bare) : by_exec(bwrap);
      if (round >= 0) times[way][round] = t;
    }
  }
  for (int way = 0; way < 4; way++) qsort(times[way], rounds, sizeof(double), ascending);
  printf("%-20s %9s %9s %9s %7s\n", "way", "median us", "min", "90 %", "ratio");
  for (int way = 0; way < 3 + has_bwrap; way++)
    printf("%-20s %9.0f %9.0f %9.0f %7.2f\n", names[way], times[way][rounds / 2], times[way][0], times[way][rounds * 9 / 10],
      times[way][rounds / 2] / times[0][rounds / 2]);
  return 0;
}
