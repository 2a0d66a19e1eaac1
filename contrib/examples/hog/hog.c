// A web server that takes whatever it can get when it is asked to, for measuring how others fare beside it.
//
//   GET /hog/NAME   begins, and never ends, one of: forks, memory, descriptors, files, log, processor
//   GET /count      how many requests came since it was started
//   GET anything    "ok"
//
// Started with one of these names it is no web server, and begins at once. Started with the name of an attack it speaks with the
// host itself, on descriptor 3.
//
//   flood           valid questions, answers thrown away, as fast as the host takes them
//   stall           reads nothing and says nothing
//   garbage         bytes that are no messages
//   sink            as flood, but to itself: what the same work costs others where no host has a part in it
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void forks(void) {
  for (;;) {
    // Children do the same; when no more can be made, all go on trying.
    if (fork() < 0) continue;
  }
}

static void memory(void) {
  for (;;) {
    char *block = malloc(1 << 20);
    if (block) memset(block, 1, 1 << 20);
  }
}

static void descriptors(void) {
  for (;;) {
    int ends[2];
    if (pipe(ends) < 0) usleep(1000);
  }
}

static void files(void) {
  static char block[65536];
  for (;;) {
    int file = open("/tmp/hog", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    // Full for about as long as it takes to fill.
    for (int refusals = 0; file >= 0 && refusals < 20000;) refusals += write(file, block, sizeof block) < 0;
    close(file);
  }
}

static void fill_log(void) {
  for (;;) {
    static const char line[] = "a line of a log that nobody will ever want to read, again and again and again\n";
    if (write(2, line, sizeof line - 1) < 0) _exit(0);
  }
}

static void processor(void) {
  for (;;) {}
}

static const struct { const char *name; void (*run)(void); int copies; } hogs[] = {
    {"forks", forks, 1}, {"memory", memory, 2}, {"descriptors", descriptors, 20},
    {"files", files, 2}, {"log", fill_log, 4},  {"processor", processor, 8},
};

/// Starts a hog again whenever it is ended, as an app with a supervisor does.
static void keep(void (*run)(void)) {
  for (;;) {
    pid_t hog = fork();
    if (hog == 0) run();
    if (hog > 0) waitpid(hog, NULL, 0);
  }
}

/// The number of hogs that have the name and were begun.
static int begin(const char *name) {
  int found = 0;
  for (size_t i = 0; i < sizeof hogs / sizeof *hogs; i++) {
    if (strcmp(name, hogs[i].name) != 0) continue;
    found++;
    for (int copy = 0; copy < hogs[i].copies; copy++)
      if (fork() == 0) keep(hogs[i].run);
  }
  return found;
}

enum { conversation = 3, rounds = 1024 };

/// One question for the host's bootstrap object and the end of that question (rpc.capnp: Bootstrap and Finish).
static size_t put_question(unsigned *place, unsigned number) {
  const unsigned words[] = {
      0, 5, 0, 0x10001, 8, 0, 0, 0x10001, number, 0, 0, 0, // segment table, Message, bootstrap, Bootstrap
      0, 4, 0, 0x10001, 4, 0, 0, 0x00001, number, 0,       // segment table, Message, finish, Finish
  };
  memcpy(place, words, sizeof words);
  return sizeof words / sizeof *words;
}

static void send_all(const void *bytes, size_t count) {
  for (const char *next = bytes; count > 0;) {
    ssize_t sent = write(conversation, next, count);
    if (sent < 0) _exit(0);
    next += sent;
    count -= (size_t)sent;
  }
}

static void flood(void) {
  static unsigned questions[rounds * 32];
  static char answers[1 << 20];
  if (fork() == 0) {
    while (read(conversation, answers, sizeof answers) > 0) {}
    _exit(0);
  }
  for (unsigned number = 0;;) {
    size_t count = 0;
    for (int round = 0; round < rounds; round++) count += put_question(questions + count, number++ & 0x3fffffff);
    send_all(questions, count * sizeof *questions);
  }
}

static void sink(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) _exit(1);
  if (fork() == 0) {
    if (dup2(ends[0], conversation) < 0) _exit(1);
    flood();
  }
  // An answer is as long as its question.
  static char bytes[1 << 16];
  for (ssize_t count; (count = read(ends[1], bytes, sizeof bytes)) > 0;)
    if (write(ends[1], bytes, (size_t)count) < 0) break;
  _exit(0);
}

static void stall(void) {
  for (;;) pause();
}

static void garbage(void) {
  static unsigned char bytes[65536];
  for (unsigned seed = 1;;) {
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
    send_all(bytes, sizeof bytes);
  }
}

static int attack(const char *name) {
  if (begin(name) > 0) stall();
  if (strcmp(name, "flood") == 0) flood();
  if (strcmp(name, "stall") == 0) stall();
  if (strcmp(name, "garbage") == 0) garbage();
  if (strcmp(name, "sink") == 0) sink();
  fprintf(stderr, "hog: there is no attack '%s'; there are flood, stall, garbage and sink\n", name);
  return 1;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc > 1) return attack(argv[1]);
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 64) < 0) {
    perror("hog: listen");
    return 1;
  }
  for (unsigned served = 1;; served++) {
    int peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
    if (peer < 0) continue;
    char request[8192];
    ssize_t count = recv(peer, request, sizeof request - 1, 0);
    if (count > 0) {
      request[count] = 0;
      char body[16] = "ok", answer[256];
      if (strncmp(request, "GET /count ", 11) == 0) snprintf(body, sizeof body, "%u", served);
      int length = snprintf(answer, sizeof answer,
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
          strlen(body), body);
      send(peer, answer, (size_t)length, 0);
      char name[32];
      if (sscanf(request, "GET /hog/%31s ", name) == 1) begin(name);
    }
    close(peer);
  }
}
