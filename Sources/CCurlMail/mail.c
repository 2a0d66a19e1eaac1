#include "CCurlMail.h"
#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void initialize(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

struct rest {
    const char *bytes;
    size_t length;
};

static size_t read_rest(char *buffer, size_t size, size_t count, void *context) {
    struct rest *rest = context;
    size_t length = size * count < rest->length ? size * count : rest->length;
    memcpy(buffer, rest->bytes, length);
    rest->bytes += length;
    rest->length -= length;
    return length;
}

int barchan_mail_send(const struct barchan_mail *mail, char *error) {
    pthread_once(&once, initialize);
    error[0] = 0;
    CURL *curl = curl_easy_init();
    if (!curl) return CURLE_OUT_OF_MEMORY;
    struct rest rest = {mail->bytes, mail->length};
    struct curl_slist *recipients = curl_slist_append(NULL, mail->recipient);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_URL, mail->url);
    // Not through a proxy of the environment.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (mail->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
    }
    curl_easy_setopt(curl, CURLOPT_USE_SSL, mail->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->sender);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_rest);
    curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, mail->timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK && !error[0]) strncat(error, curl_easy_strerror(code), BARCHAN_MAIL_ERROR_BYTES - 1);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return code;
}
