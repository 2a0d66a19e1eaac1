// Sending one mail with libcurl: a facade, because its functions take variable arguments, which Swift cannot pass.
#pragma once
#include <stddef.h>

struct barchan_mail {
    const char *url;        // smtp://host:port or smtps://host:port
    const char *user;       // NULL for no authentication
    const char *password;
    const char *sender;     // <a@b>
    const char *recipient;  // <a@b>
    int starttls;           // whether a plain connection has to become an encrypted one
    const char *bytes;      // the message, lines ending in CR LF
    size_t length;
    long timeout_seconds;   // for all of it
};

enum { BARCHAN_MAIL_ERROR_BYTES = 256 };

// Blocks until the server has taken the message. Returns 0, or another number and words in `error`.
int barchan_mail_send(const struct barchan_mail *mail, char *error);
