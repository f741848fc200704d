/* Fresh-connection requests by libcurl's multi interface, 50 in flight, the body searched for OK.
 * libcurl URL COUNT full|resumed CA-FILE; prints CPU seconds per 1,000, a quarter of the count having warmed it up. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define IN_FLIGHT 50

struct check {
  CURL *easy;
  char body[4096];
  size_t length;
};

static size_t keep(char *data, size_t size, size_t count, void *to) {
  struct check *check = to;
  size_t bytes = size * count, room = sizeof check->body - 1 - check->length;
  memcpy(check->body + check->length, data, bytes < room ? bytes : room);
  check->length += bytes < room ? bytes : room;
  return bytes;
}

static double spent(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void run(CURLM *multi, struct check *checks, int count) {
  int started = 0, done = 0, running = 0;
  for (; started < IN_FLIGHT && started < count; started++) curl_multi_add_handle(multi, checks[started].easy);
  while (done < count) {
    CURLMsg *message;
    int left;
    curl_multi_perform(multi, &running);
    while ((message = curl_multi_info_read(multi, &left))) {
      struct check *check;
      long status = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&check);
      curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      check->body[check->length] = 0;
      if (message->data.result != CURLE_OK || status != 200 || !strstr(check->body, "OK")) {
        fprintf(stderr, "not well: %s\n", curl_easy_strerror(message->data.result));
        exit(1);
      }
      check->length = 0;
      done++;
      curl_multi_remove_handle(multi, check->easy);
      if (started < count) {
        started++;
        curl_multi_add_handle(multi, check->easy);
      }
    }
    if (done < count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

int main(int argc, char **argv) {
  static struct check checks[IN_FLIGHT];
  if (argc != 5) return 2;
  int count = atoi(argv[2]), resumed = !strcmp(argv[3], "resumed");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init();
  CURLSH *share = curl_share_init();
  curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  for (int index = 0; index < IN_FLIGHT; index++) {
    CURL *easy = checks[index].easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &checks[index]);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &checks[index]);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10000L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, argv[4]);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, resumed ? 1L : 0L);
    if (resumed) curl_easy_setopt(easy, CURLOPT_SHARE, share);
  }
  run(multi, checks, count / 4);
  double before = spent();
  run(multi, checks, count);
  printf("%.6f\n", (spent() - before) / count * 1000);
  return 0;
}
