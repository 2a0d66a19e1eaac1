// The smallest program that shows when it runs: `make bench` starts it. Writes CLOCK_MONOTONIC in nanoseconds, eight bytes;
// with an argument it waits then until it is ended.
#include <stdint.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
  (void)arguments;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t moment = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  if (write(1, &moment, sizeof moment) != sizeof moment) return 1;
  while (count > 1) pause();
  return 0;
}
