// A web server for measuring how bytes flow: every connection has a thread, and nothing is ever on disk.
// usage: flow [PORT], 8000 when left out
//
//   GET /bytes/N     N bytes
//   POST /take       takes a body, answers how many bytes it had
//   POST /hold       reads nothing of the body until GET /release
//   GET /state       counts, one per line: sent, taken, broken (answers nobody took), cut (bodies that did not end)
//   GET anything     200 bytes
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_llong sent, taken, broken, cut;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static int is_released;

struct peer {
  int socket;
  size_t start, end;
  char bytes[65536];
};

static int fill(struct peer *peer) {
  if (peer->start == peer->end) peer->start = peer->end = 0;
  if (peer->end == sizeof peer->bytes) return 0;
  ssize_t count = recv(peer->socket, peer->bytes + peer->end, sizeof peer->bytes - peer->end, 0);
  if (count <= 0) return 0;
  peer->end += (size_t)count;
  return 1;
}

static int put(int socket, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = send(socket, bytes, count, MSG_NOSIGNAL);
    if (done <= 0) return 0;
    bytes += done;
    count -= (size_t)done;
  }
  return 1;
}

static int answer(int socket, const char *body) {
  char text[1024];
  int count = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
                       strlen(body), body);
  return put(socket, text, (size_t)count);
}

static int send_bytes(int socket, long long count) {
  static char block[65536];
  char head[128];
  int length = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %lld\r\n\r\n", count);
  if (!put(socket, head, (size_t)length)) return 0;
  while (count > 0) {
    size_t part = count < (long long)sizeof block ? (size_t)count : sizeof block;
    if (!put(socket, block, part)) {
      broken++;
      return 0;
    }
    sent += (long long)part;
    count -= (long long)part;
  }
  return 1;
}

/// Takes `count` bytes of a body.
static int take(struct peer *peer, long long count) {
  while (count > 0) {
    if (peer->start == peer->end && !fill(peer)) return 0;
    size_t part = peer->end - peer->start;
    if ((long long)part > count) part = (size_t)count;
    peer->start += part;
    count -= (long long)part;
    taken += (long long)part;
  }
  return 1;
}

/// The end of a line, or of a head when `mark` is an empty line.
static char *find(struct peer *peer, const char *mark) {
  for (;;) {
    char *found = memmem(peer->bytes + peer->start, peer->end - peer->start, mark, strlen(mark));
    if (found != NULL) return found;
    if (peer->start > 0) {
      memmove(peer->bytes, peer->bytes + peer->start, peer->end - peer->start);
      peer->end -= peer->start;
      peer->start = 0;
    }
    if (!fill(peer)) return NULL;
  }
}

static int take_chunks(struct peer *peer, long long *total) {
  for (;;) {
    char *end = find(peer, "\r\n");
    if (end == NULL) return 0;
    long long size = strtoll(peer->bytes + peer->start, NULL, 16);
    peer->start = (size_t)(end + 2 - peer->bytes);
    if (!take(peer, size)) return 0;
    *total += size;
    end = find(peer, "\r\n");
    if (end == NULL) return 0;
    peer->start = (size_t)(end + 2 - peer->bytes);
    if (size == 0) return 1;
  }
}

static int take_body(struct peer *peer, const char *head) {
  long long total = 0;
  const char *length = strcasestr(head, "\r\nContent-Length:");
  int is_whole = 1;
  if (length != NULL) {
    total = atoll(length + strlen("\r\nContent-Length:"));
    is_whole = take(peer, total);
  } else if (strcasestr(head, "\r\nTransfer-Encoding: chunked") != NULL) {
    is_whole = take_chunks(peer, &total);
  }
  if (!is_whole) {
    cut++;
    return 0;
  }
  char text[32];
  snprintf(text, sizeof text, "%lld\n", total);
  return answer(peer->socket, text);
}

static int serve(struct peer *peer) {
  char *end = find(peer, "\r\n\r\n");
  if (end == NULL) return 0;
  char *start = peer->bytes + peer->start;
  char *head = strndup(start, (size_t)(end - start));
  peer->start = (size_t)(end + 4 - peer->bytes);
  char method[8] = "", path[64] = "";
  sscanf(head, "%7s %63s", method, path);
  int keep;
  if (strncmp(path, "/bytes/", 7) == 0) {
    keep = send_bytes(peer->socket, atoll(path + 7));
  } else if (strcmp(path, "/state") == 0) {
    char text[256];
    snprintf(text, sizeof text, "sent %lld\ntaken %lld\nbroken %lld\ncut %lld\n", (long long)sent, (long long)taken,
             (long long)broken, (long long)cut);
    keep = answer(peer->socket, text);
  } else if (strcmp(path, "/release") == 0) {
    pthread_mutex_lock(&lock);
    is_released = 1;
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&lock);
    keep = answer(peer->socket, "released\n");
  } else if (strcmp(method, "POST") == 0) {
    if (strcmp(path, "/hold") == 0) {
      pthread_mutex_lock(&lock);
      while (!is_released) pthread_cond_wait(&released, &lock);
      pthread_mutex_unlock(&lock);
    }
    keep = take_body(peer, head);
  } else {
    static char page[201];
    if (page[0] == 0) memset(page, '.', 200);
    keep = answer(peer->socket, page);
  }
  if (strcasestr(head, "\r\nConnection: close") != NULL) keep = 0;
  free(head);
  return keep;
}

static void *run(void *argument) {
  struct peer *peer = argument;
  while (serve(peer)) {
  }
  close(peer->socket);
  free(peer);
  return NULL;
}

int main(int count, char **arguments) {
  int port = count > 1 ? atoi(arguments[1]) : 8000;
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 511) != 0) {
    perror("flow: listen");
    return 1;
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) continue;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct peer *peer = calloc(1, sizeof *peer);
    peer->socket = connection;
    pthread_t thread;
    if (pthread_create(&thread, &attributes, run, peer) != 0) {
      close(connection);
      free(peer);
    }
  }
}
