// System calls that a supervisor answers (seccomp_unotify(2)), and a timer. Included by CLinux.h.
#ifndef BARCHAN_CLINUX_NOTIFY_H
#define BARCHAN_CLINUX_NOTIFY_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/sysinfo.h>

// One call that waits for an answer: struct seccomp_notif. `pid` is the thread, as the reader's pid namespace numbers it.
struct clinux_call {
    uint64_t id;
    uint32_t pid, flags;
    int32_t number;
    uint32_t architecture;
    uint64_t instruction, arguments[6];
};
static inline int clinux_call_receive(int listener, struct clinux_call *call) {
    memset(call, 0, sizeof *call);
    return (int)syscall(SYS_ioctl, listener, 0xc0502100u /* SECCOMP_IOCTL_NOTIF_RECV */, call);
}
// Whether the thread still waits: then its number has not been given to anybody else.
static inline int clinux_call_waits(int listener, uint64_t id) {
    return syscall(SYS_ioctl, listener, 0x40082102u /* SECCOMP_IOCTL_NOTIF_ID_VALID */, &id) == 0;
}
// The call returns `value`, or fails with `error`, an errno value.
static inline int clinux_call_answer(int listener, uint64_t id, int64_t value, int error) {
    struct { uint64_t id; int64_t value; int32_t error; uint32_t flags; } answer = {id, value, -error, 0};
    return (int)syscall(SYS_ioctl, listener, 0xc0182101u /* SECCOMP_IOCTL_NOTIF_SEND */, &answer);
}
// The kernel goes on with the call as if nobody had been asked.
static inline int clinux_call_proceed(int listener, uint64_t id) {
    struct { uint64_t id; int64_t value; int32_t error; uint32_t flags; } answer = {id, 0, 0, 1 /* continue */};
    return (int)syscall(SYS_ioctl, listener, 0xc0182101u /* SECCOMP_IOCTL_NOTIF_SEND */, &answer);
}
// Loads a filter and returns its listener. Threads whose call was received wait through signals that do not end them, so that
// one who gets many signals does not start over each time; kernels before 5.19 do not know that.
static inline int clinux_seccomp_listen(const void *instructions, unsigned short count) {
    struct { unsigned short count; const void *instructions; } program = {count, instructions};
    int listener = (int)syscall(SYS_seccomp, 1, 8 | 32 /* new listener, wait killable */, &program);
    if (listener < 0 && errno == EINVAL) listener = (int)syscall(SYS_seccomp, 1, 8, &program);
    return listener;
}
// The number, in the caller's pid namespace, of a process of another one; Linux 6.11.
static inline int clinux_process_number(int pid_namespace, int process) {
    return (int)syscall(SYS_ioctl, pid_namespace, 0x8004b706u /* NS_GET_PID_FROM_PIDNS */, process);
}
static inline int clinux_get_affinity(int process, void *mask, size_t bytes) {
    return (int)syscall(SYS_sched_getaffinity, process, bytes, mask);
}
// sched_setaffinity(2) of one thread: -1 and errno.
static inline int clinux_set_affinity(int thread, const void *mask, size_t bytes) {
    return (int)syscall(SYS_sched_setaffinity, thread, bytes, mask);
}

static inline int clinux_machine_memory(uint64_t *total, uint64_t *available) {
    struct sysinfo information;
    if (sysinfo(&information) < 0) return -1;
    *total = (uint64_t)information.totalram * information.mem_unit;
    *available = (uint64_t)information.freeram * information.mem_unit;
    return 0;
}

// Keeps the capabilities of the mask, of the first 32, and drops all others.
static inline int clinux_keep_capabilities(uint32_t mask) {
    struct { uint32_t version; int pid; } header = {0x20080522, 0};
    uint32_t sets[6] = {mask, mask, 0, 0, 0, 0};
    return (int)syscall(SYS_capset, &header, sets);
}

// A timer that becomes readable every so many seconds once it is set; 0 stops it.
static inline int clinux_timer(void) { return (int)syscall(SYS_timerfd_create, 1 /* monotonic */, 02004000 /* close on exec, nonblocking */); }
static inline int clinux_timer_set(int timer, int64_t seconds) {
    int64_t times[4] = {seconds, 0, seconds, 0};
    return (int)syscall(SYS_timerfd_settime, timer, 0, times, NULL);
}

#endif
