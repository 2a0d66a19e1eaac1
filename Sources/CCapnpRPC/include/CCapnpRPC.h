// Cap'n Proto RPC for Swift: libcapnp does the protocol, the caller makes and reads the messages.
//
// Rules that hold everywhere:
// - One thread per loop. Everything but `bcr_loop_post` and `bcr_loop_stop` is called on the loop's own thread.
// - Callbacks run on the loop's thread, never from within the call that asked for them, and may call anything here.
// - A message is one flat segment: words, the first of them the root pointer. A capability pointer in it is an index
//   into the list of capabilities that goes with it.
// - A handle that a function returns belongs to the caller; handles and bytes given to a function stay the caller's.
//   What a callback is lent lives until the callback returns.
// - No C++ exception leaves. Nothing here prints.

#ifndef BARCHAN_CCAPNPRPC_H
#define BARCHAN_CCAPNPRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bcr_loop bcr_loop;
typedef struct bcr_timer bcr_timer;
typedef struct bcr_watch bcr_watch;
typedef struct bcr_connection bcr_connection;
typedef struct bcr_capability bcr_capability;
typedef struct bcr_call bcr_call;
typedef struct bcr_incoming bcr_incoming;
typedef struct bcr_fulfiller bcr_fulfiller;

typedef void (*bcr_task)(void *_Nullable context);

#pragma clang assume_nonnull begin

// MARK: Loop

/// A loop for the calling thread, which may have no other one. NULL when the kernel gives no epoll or eventfd.
bcr_loop *_Nullable bcr_loop_create(void);

/// The same for a thread that waits for more than this loop: `bcr_loop_descriptor` is readable when the loop has something
/// from the kernel, and is then to be given a turn with `is_readable`. It is to be given one also before the thread waits.
bcr_loop *_Nullable bcr_loop_create_driven(void);
int bcr_loop_descriptor(bcr_loop *loop);

/// Does what is to be done, without waiting, and hands what it wrote to the kernel. Returns whether there is more to do.
bool bcr_loop_turn(bcr_loop *loop, bool is_readable);

/// Runs until `bcr_loop_stop`. Not for a driven loop.
void bcr_loop_run(bcr_loop *loop);

/// Makes `bcr_loop_run` return soon, or as soon as it is called. From any thread.
void bcr_loop_stop(bcr_loop *loop);

/// Frees a loop that does not run. Connections, timers and watches must be closed by then; tasks never run are dropped.
void bcr_loop_free(bcr_loop *loop);

/// Runs `task` on the loop's thread, in the order of posting. From any thread, also the loop's own. The thread is woken
/// once for everything posted while it sleeps.
void bcr_loop_post(bcr_loop *loop, bcr_task task, void *_Nullable context);

/// Runs `task` once, right before the thread sleeps, in place of one that has not run yet. It may not call anything here.
void bcr_loop_before_sleep(bcr_loop *loop, bcr_task task, void *_Nullable context);

/// Calls `task` once, `nanoseconds` from now. The handle is to be freed, before (nothing is called then) or after.
bcr_timer *bcr_timer_start(bcr_loop *loop, uint64_t nanoseconds, bcr_task task, void *_Nullable context);
void bcr_timer_free(bcr_timer *timer);

typedef enum { bcr_readable = 1, bcr_writable = 2, bcr_hung_up = 4 } bcr_readiness;
typedef void (*bcr_on_ready)(void *_Nullable context, uint32_t readiness);

/// Watches a descriptor that epoll can watch (sockets, pipes, signalfd, pidfd, eventfd ...).
///
/// `interest` (bits of `bcr_readiness`) is level-triggered: `on_ready` comes again while it holds. `bcr_hung_up` is
/// reported always. NULL when epoll refuses. Free the watch before the descriptor is closed.
bcr_watch *_Nullable bcr_watch_create(
    bcr_loop *loop, int descriptor, uint32_t interest, bcr_on_ready on_ready, void *_Nullable context);
void bcr_watch_set_interest(bcr_watch *watch, uint32_t interest);
void bcr_watch_free(bcr_watch *watch);

// MARK: Messages and errors

/// A message that was received; lent to a callback.
typedef struct {
    const uint8_t *_Nullable bytes;  // aligned to 8
    size_t byte_count;               // a multiple of 8; 0 for a null root
    size_t capability_count;
    const uint8_t *_Nullable data;  // what was lent instead of being in `bytes`: see `bcr_server_create`
    size_t data_count;
    void *_Nullable table;  // private
} bcr_message;

/// The capability at `index`, to be released; NULL when there is none.
bcr_capability *_Nullable bcr_message_capability(const bcr_message *message, uint32_t index);

/// A message to be sent. `byte_count` is a multiple of 8, or 0 for an empty struct; `bytes` aligned to 8 saves a copy.
/// Where there are `data`, the first pointer of the root struct comes to point to them; less than 512 MiB.
typedef struct {
    const uint8_t *_Nullable bytes;
    size_t byte_count;
    bcr_capability *_Nullable const *_Nullable capabilities;
    size_t capability_count;
    const uint8_t *_Nullable data;
    size_t data_count;
} bcr_payload;

typedef enum {
    bcr_failed = 0,
    bcr_overloaded = 1,
    bcr_disconnected = 2,
    bcr_unimplemented = 3,
} bcr_error_kind;

/// Why something failed. `text` is UTF-8, ends with NUL, and is the other side's own words where it sent some.
typedef struct {
    bcr_error_kind kind;
    const char *text;
} bcr_error;

// MARK: Capabilities and calls

/// Returns `capability`.
bcr_capability *bcr_capability_retain(bcr_capability *capability);
void bcr_capability_release(bcr_capability *capability);

/// Exactly one of `results` and `error` is there.
typedef void (*bcr_on_return)(
    void *_Nullable context, const bcr_message *_Nullable results, const bcr_error *_Nullable error);

/// Sends a call. `on_return` comes once, unless the handle is freed before. A `params` that cannot be sent fails there too.
bcr_call *bcr_call_start(
    bcr_capability *target, uint64_t interface_id, uint16_t method_id, const bcr_payload *params,
    bcr_on_return on_return, void *_Nullable context);

/// The capability at a path of pointer fields in the results, usable before they are there. To be released.
bcr_capability *bcr_call_pipeline(bcr_call *call, const uint16_t *_Nullable path, size_t path_length);

/// Frees the handle and, when no results are there yet, cancels the call. Required in both cases; also in `on_return`.
void bcr_call_free(bcr_call *call);

// MARK: Servers

typedef void (*bcr_on_call)(
    void *_Nullable context, bcr_incoming *incoming, uint64_t interface_id, uint16_t method_id,
    const bcr_message *params);

/// An object others can call. `on_call` must answer every call with `bcr_incoming_reply` or `bcr_incoming_fail`, there or
/// later. `on_drop` comes once when no reference is left, after the last `on_call`. The handle is to be released.
/// With `lends_data`, 4,096 bytes or more that the first pointer of the parameters points to are lent as `data` and not copied into
/// the message, where that pointer is null then.
bcr_capability *bcr_server_create(
    bcr_loop *loop, bool lends_data, bcr_on_call on_call, bcr_task _Nullable on_drop, void *_Nullable context);

/// Answers with results; NULL means an empty struct. Frees `incoming`.
void bcr_incoming_reply(bcr_incoming *incoming, const bcr_payload *_Nullable results);

/// Answers with an exception. Frees `incoming`.
void bcr_incoming_fail(bcr_incoming *incoming, bcr_error_kind kind, const char *text);

/// `on_cancel` comes at most once, when the caller does not want the answer any more; answer nevertheless.
void bcr_incoming_on_cancel(bcr_incoming *incoming, bcr_task on_cancel, void *_Nullable context);

/// A capability that is not known yet: calls on it wait. `*fulfiller` is to be used up by one of the three below.
bcr_capability *bcr_promise_create(bcr_loop *loop, bcr_fulfiller *_Nullable *_Nonnull fulfiller);
void bcr_fulfiller_resolve(bcr_fulfiller *fulfiller, bcr_capability *capability);
void bcr_fulfiller_reject(bcr_fulfiller *fulfiller, bcr_error_kind kind, const char *text);

/// A capability on which every call fails with this error.
bcr_capability *bcr_broken_create(bcr_loop *loop, bcr_error_kind kind, const char *text);

// MARK: Connections

typedef enum { bcr_server = 0, bcr_client = 1 } bcr_side;

/// What a peer can make this side hold and do. A peer that goes beyond is disconnected, or not read from for a while
/// (`flow_words`, `calls_per_second`).
typedef struct {
    uint64_t message_words;    // of one message received
    uint64_t flow_words;       // of calls received and not answered; reading pauses there
    uint32_t open_questions;   // calls received and not finished by the peer
    uint64_t unsent_bytes;     // written by us and not read by the peer
    uint64_t capabilities;     // objects of ours that the peer holds, and of the peer's that we hold
    int32_t nesting;           // depth of pointers
    // What the peer may send that is no answer, in the long run; a second's at once, and 64 for each call of ours. A call
    // counts as 16 KiB and its bytes, but for those that somebody has taken. 0 for any number.
    uint32_t calls_per_second;
    // How many bytes of such calls somebody has taken so far; asked with the connection's context.
    uint64_t (*_Nullable taken_bytes)(void *_Nullable context);
} bcr_limits;

/// 8 Mi words, 1 Mi words, 65,536, 64 MiB, 16,384, 64, any number.
bcr_limits bcr_limits_default(void);

typedef void (*bcr_on_disconnect)(void *_Nullable context, const bcr_error *reason);

/// Speaks two-party RPC over a connected stream socket, which it owns from here on. `bootstrap` is what the peer gets.
/// `on_disconnect` comes once when the conversation ends by itself; calls under way have failed or fail after it.
bcr_connection *bcr_connection_create(
    bcr_loop *loop, int descriptor, bcr_side side, bcr_capability *_Nullable bootstrap, const bcr_limits *limits,
    bcr_on_disconnect on_disconnect, void *_Nullable context);

/// What the peer offers. To be released. A client must call this before it hears or says anything: libcapnp opens the
/// client's end of a conversation by asking for the bootstrap.
bcr_capability *bcr_connection_bootstrap(bcr_connection *connection);

/// Hands what was written so far to the kernel now instead of at the end of the loop's turn.
void bcr_connection_flush(bcr_connection *connection);

/// Bytes written so far that the kernel has not taken, because the peer does not read as fast.
size_t bcr_connection_unsent(bcr_connection *connection);

/// Calls `task` once, on a later turn of the loop, when the kernel has taken everything or the conversation is over.
void bcr_connection_when_drained(bcr_connection *connection, bcr_task task, void *_Nullable context);

/// Ends the conversation; calls under way fail as disconnected and `on_disconnect` does not come. Frees `connection`.
void bcr_connection_close(bcr_connection *connection);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
#endif
