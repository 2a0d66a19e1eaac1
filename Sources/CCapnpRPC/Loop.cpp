#include "Loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace {

// Turns between looks at the kernel while there is always something to do, so that no peer keeps the others waiting.
constexpr kj::uint busyTurns = 128;
// As many where another loop drives this one. What a turn writes goes out in one system call, so a handful of requests should
// be done in one; a grain that asks without end should keep nobody waiting for much longer.
constexpr kj::uint drivenTurns = 256;

// Events handled before what came of them is flushed: whoever waits for it works then while we do the next ones.
constexpr int eventBatch = 4;

// How long words that nobody waits for may be kept for others to go with.
constexpr uint64_t patienceNanoseconds = 10000000;

uint32_t epollEvents(uint32_t interest) {
  return ((interest & bcr_readable) ? EPOLLIN : 0u) | ((interest & bcr_writable) ? EPOLLOUT : 0u);
}

uint32_t readiness(uint32_t events) {
  return ((events & EPOLLIN) ? bcr_readable : 0u) | ((events & EPOLLOUT) ? bcr_writable : 0u) |
         ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) ? bcr_hung_up : 0u);
}

/// Takes over `alarm`, -1 for none.
bcr_loop *create(int alarm) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  int wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll >= 0 && wakeup >= 0) {
    auto *loop = new bcr_loop(epoll, wakeup, alarm);
    epoll_event wakeups = {EPOLLIN, {nullptr}}, alarms = {EPOLLIN, {loop}};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &wakeups) == 0 &&
        (alarm < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, alarm, &alarms) == 0)) {
      return loop;
    }
    delete loop;
    return nullptr;
  }
  if (epoll >= 0) close(epoll);
  if (wakeup >= 0) close(wakeup);
  if (alarm >= 0) close(alarm);
  return nullptr;
}

} // namespace

bcr_loop::bcr_loop(int epoll, int wakeup, int alarm)
    : epoll(epoll), wakeup(wakeup), alarm(alarm), thread(pthread_self()), events(*this), scope(events) {
  scope.setBusyPollInterval(busyTurns);
}

bcr_loop::~bcr_loop() noexcept(false) {
  if (patience != nullptr) bcr_timer_free(patience);
  close(wakeup);
  close(epoll);
  if (alarm >= 0) close(alarm);
}

uint64_t bcr_loop::now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}

void bcr_loop::run() {
  bcr::Quiet quiet;
  auto stopping = kj::newPromiseAndFulfiller<void>();
  stopper = kj::mv(stopping.fulfiller);
  if (mayStop) stopper->fulfill();
  stopping.promise.wait(scope);
  mayStop = false;
}

bool bcr_loop::turn(bool isReadable) {
  bcr::Quiet quiet;
  {
    std::lock_guard<std::mutex> lock(mutex);
    isSleeping = false;
  }
  if (isReadable) askKernel(false);
  runTasks();
  events.run(drivenTurns);
  flushAll();
  std::lock_guard<std::mutex> lock(mutex);
  if (!posted.empty() || events.isRunnable()) return true;
  isSleeping = true;
  return false;
}

void bcr_loop::stop() {
  post({[](void *context) {
          auto &loop = *static_cast<bcr_loop *>(context);
          loop.mayStop = true;
          if (loop.stopper.get() != nullptr) loop.stopper->fulfill();
        },
        this});
}

void bcr_loop::post(bcr::Task task) {
  bool mustWake;
  {
    std::lock_guard<std::mutex> lock(mutex);
    posted.push_back(task);
    // Who drives the loop gives it its turn before the thread sleeps.
    mustWake = isSleeping && !pthread_equal(thread, pthread_self());
    if (mustWake) isSleeping = false;
  }
  if (mustWake) wake();
}

void bcr_loop::wake() const {
  uint64_t one = 1;
  // Fails only when the counter is full, and then the thread is being woken already.
  (void)!write(wakeup, &one, sizeof one);
}

bool bcr_loop::wait() {
  if (runTasks()) return false;
  flushAll();
  askKernel(true);
  return false;
}

bool bcr_loop::poll() {
  runTasks();
  flushAll();
  askKernel(false);
  return false;
}

bool bcr_loop::runTasks() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (posted.empty()) return false;
    taken.swap(posted);
  }
  for (auto &task : taken) task.run(task.context);
  taken.clear();
  return true;
}

void bcr_loop::flushLater(bcr::Flushable &item) {
  if (item.isQueued) return;
  item.isQueued = true;
  dirty.push_back(&item);
}

void bcr_loop::flushSoon(bcr::Flushable &item) {
  if (item.isQueued || item.isPatient) return;
  item.isPatient = true;
  patient.push_back(&item);
  if (patience != nullptr) return;
  patience = bcr_timer_start(
      this, patienceNanoseconds, [](void *loop) { static_cast<bcr_loop *>(loop)->endPatience(); }, this);
}

void bcr_loop::endPatience() {
  bcr_timer_free(patience);
  patience = nullptr;
  for (auto *item : patient) {
    item->isPatient = false;
    flushLater(*item);
  }
  patient.clear();
}

void bcr_loop::forget(bcr::Flushable &item) {
  if (item.isQueued) dirty.erase(std::remove(dirty.begin(), dirty.end(), &item), dirty.end());
  if (item.isPatient) patient.erase(std::remove(patient.begin(), patient.end(), &item), patient.end());
  item.isQueued = item.isPatient = false;
}

void bcr_loop::flushAll() {
  // Popping keeps this right when a flush forgets another item.
  while (!dirty.empty()) {
    auto *item = dirty.back();
    dirty.pop_back();
    item->isQueued = false;
    item->flush();
  }
}

int bcr_loop::timeout() const {
  if (timers.empty()) return -1;
  uint64_t due = timers.begin()->first, current = now();
  if (due <= current) return 0;
  uint64_t milliseconds = (due - current + 999999) / 1000000;
  return int(std::min<uint64_t>(milliseconds, 3600000));
}

void bcr_loop::askKernel(bool maySleep) {
  if (maySleep) {
    std::lock_guard<std::mutex> lock(mutex);
    if (!posted.empty()) return;
    isSleeping = true;
  }
  int limit = maySleep ? timeout() : 0;
  if (limit != 0 && lastThing.run != nullptr) {
    auto task = lastThing;
    lastThing = {nullptr, nullptr};
    task.run(task.context);
  }
  epoll_event ready[eventBatch];
  int count = epoll_wait(epoll, ready, eventBatch, limit);
  if (maySleep) {
    std::lock_guard<std::mutex> lock(mutex);
    isSleeping = false;
  }
  for (int i = 0; i < count; i++) {
    auto *watch = static_cast<bcr_watch *>(ready[i].data.ptr);
    if (watch == nullptr) {
      uint64_t counter;
      (void)!read(wakeup, &counter, sizeof counter);
    } else if (ready[i].data.ptr == this) {
      uint64_t counter;
      (void)!read(alarm, &counter, sizeof counter);
      alarmDue = UINT64_MAX;
    } else if (!watch->isDead) {
      watch->onReady(watch->context, readiness(ready[i].events));
    }
  }
  runTimers();
}

void bcr_loop::runTimers() {
  if (timers.empty()) return;
  // Timers started by these callbacks are due later than `current`, or at the next turn.
  uint64_t current = now();
  while (!timers.empty() && timers.begin()->first < current) {
    auto *timer = timers.begin()->second;
    timers.erase(timer->place);
    timer->isArmed = false;
    timer->task.run(timer->task.context);
  }
  armAlarm();
}

void bcr_loop::armAlarm() {
  if (alarm < 0 || timers.empty() || timers.begin()->first >= alarmDue) return;
  alarmDue = timers.begin()->first;
  // One more: a timer is due when its time is past.
  itimerspec time = {};
  time.it_value.tv_sec = time_t((alarmDue + 1) / 1000000000);
  time.it_value.tv_nsec = long((alarmDue + 1) % 1000000000);
  timerfd_settime(alarm, TFD_TIMER_ABSTIME, &time, nullptr);
}

bcr_watch *bcr_loop::watch(int descriptor, uint32_t events, bcr_on_ready onReady, void *context) {
  auto *watch = new bcr_watch{*this, descriptor, onReady, context};
  epoll_event event = {};
  event.events = events;
  event.data.ptr = watch;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0) return watch;
  delete watch;
  return nullptr;
}

void bcr_loop::change(bcr_watch &watch, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.ptr = &watch;
  epoll_ctl(epoll, EPOLL_CTL_MOD, watch.descriptor, &event);
}

void bcr_loop::unwatch(bcr_watch *watch) {
  epoll_ctl(epoll, EPOLL_CTL_DEL, watch->descriptor, nullptr);
  watch->isDead = true;
  // The batch being handled may name it once more.
  post({[](void *context) { delete static_cast<bcr_watch *>(context); }, watch});
}

// MARK: C

extern "C" {

bcr_loop *bcr_loop_create(void) { return create(-1); }

bcr_loop *bcr_loop_create_driven(void) {
  int alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  return alarm < 0 ? nullptr : create(alarm);
}

int bcr_loop_descriptor(bcr_loop *loop) { return loop->epoll; }
bool bcr_loop_turn(bcr_loop *loop, bool is_readable) { return loop->turn(is_readable); }

void bcr_loop_run(bcr_loop *loop) { loop->run(); }
void bcr_loop_stop(bcr_loop *loop) { loop->stop(); }
void bcr_loop_free(bcr_loop *loop) { delete loop; }
void bcr_loop_post(bcr_loop *loop, bcr_task task, void *context) { loop->post({task, context}); }
void bcr_loop_before_sleep(bcr_loop *loop, bcr_task task, void *context) { loop->beforeSleep({task, context}); }

bcr_timer *bcr_timer_start(bcr_loop *loop, uint64_t nanoseconds, bcr_task task, void *context) {
  uint64_t due;
  if (__builtin_add_overflow(bcr_loop::now(), nanoseconds, &due)) due = UINT64_MAX;
  auto *timer = new bcr_timer{*loop, {task, context}, {}, true};
  timer->place = loop->timers.emplace(due, timer);
  loop->armAlarm();
  return timer;
}

void bcr_timer_free(bcr_timer *timer) {
  if (timer->isArmed) timer->loop.timers.erase(timer->place);
  delete timer;
}

bcr_watch *bcr_watch_create(
    bcr_loop *loop, int descriptor, uint32_t interest, bcr_on_ready on_ready, void *context) {
  return loop->watch(descriptor, epollEvents(interest), on_ready, context);
}

void bcr_watch_set_interest(bcr_watch *watch, uint32_t interest) {
  watch->loop.change(*watch, epollEvents(interest));
}

void bcr_watch_free(bcr_watch *watch) { watch->loop.unwatch(watch); }

} // extern "C"
