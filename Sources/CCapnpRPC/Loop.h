// The loop of one thread: epoll, posted tasks, timers and descriptors, under KJ's event queue.
#pragma once

#include "CCapnpRPC.h"

#include <kj/async.h>
#include <kj/exception.h>
#include <capnp/common.h>

#include <pthread.h>

#include <map>
#include <mutex>
#include <vector>

namespace bcr {

/// Has bytes to hand to the kernel at the end of a turn.
class Flushable {
public:
  virtual void flush() = 0;
  bool isQueued = false, isPatient = false;

protected:
  ~Flushable() = default;
};

/// Libraries log what a hostile peer does; nobody wants to read that, or pay for stack traces.
class Quiet final : public kj::ExceptionCallback {
public:
  void logMessage(kj::LogSeverity, const char *, int, int, kj::String &&) override {}
  StackTraceMode stackTraceMode() override { return StackTraceMode::NONE; }
};

struct Task {
  bcr_task run;
  void *context;
};

using Timers = std::multimap<uint64_t, bcr_timer *>;

} // namespace bcr

struct bcr_timer {
  bcr_loop &loop;
  bcr::Task task;
  bcr::Timers::iterator place;
  bool isArmed;
};

struct bcr_watch {
  bcr_loop &loop;
  int descriptor;
  bcr_on_ready onReady;
  void *context;
  bool isDead = false;
};

struct bcr_loop final : public kj::EventPort {
  bcr_loop(int epoll, int wakeup, int alarm);
  ~bcr_loop() noexcept(false);

  bool wait() override;
  bool poll() override;
  void wake() const override;

  void run();
  bool turn(bool isReadable);
  void stop();
  void post(bcr::Task task);
  /// Runs `task` once, as the last thing before the thread sleeps.
  void beforeSleep(bcr::Task task) { lastThing = task; }
  /// Flushes `item` before the thread sleeps.
  void flushLater(bcr::Flushable &item);
  /// Flushes `item` some milliseconds from now, unless something else does before.
  void flushSoon(bcr::Flushable &item);
  void forget(bcr::Flushable &item);
  bcr_watch *watch(int descriptor, uint32_t events, bcr_on_ready onReady, void *context);
  void change(bcr_watch &watch, uint32_t events);
  void unwatch(bcr_watch *watch);

  static uint64_t now();
  void armAlarm();

  const int epoll;

  bcr::Timers timers;
  /// Where a received message is laid flat when it is small; all zero while nobody uses it.
  capnp::word scratch[8192] = {};
  bool scratchIsUsed = false;

private:
  bool runTasks();
  void flushAll();
  void endPatience();
  void runTimers();
  void askKernel(bool maySleep);
  int timeout() const;

  const int wakeup;
  const int alarm; // a timerfd when somebody else drives the loop, else -1
  uint64_t alarmDue = UINT64_MAX;
  const pthread_t thread;
  std::mutex mutex;
  std::vector<bcr::Task> posted; // under mutex
  bool isSleeping = false;       // under mutex
  std::vector<bcr::Task> taken;
  std::vector<bcr::Flushable *> dirty, patient;
  bcr_timer *patience = nullptr;
  bcr::Task lastThing = {nullptr, nullptr};
  kj::EventLoop events;
  kj::WaitScope scope;
  bool mayStop = false;
  kj::Own<kj::PromiseFulfiller<void>> stopper;
};
