/* Shifts the clock of each process into which it is loaded, by as many seconds as CLOCK_SHIFT says.

libfaketime would do the same, but time.sleep() of Python 3.11 fails in it or Event.wait() never returns. What measures
durations (the monotonic clock) stays as it is. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t get_shift(void) {
    static time_t shift;
    static int known;
    if (!known) {
        const char *seconds = getenv("CLOCK_SHIFT");
        shift = seconds ? atol(seconds) : 0;
        known = 1;
    }
    return shift;
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    static int (*original)(clockid_t, struct timespec *);
    if (!original) original = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = original(clock, moment);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) moment->tv_sec += get_shift();
    return failed;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
    static int (*original)(struct timeval *, void *);
    if (!original) original = dlsym(RTLD_NEXT, "gettimeofday");
    int failed = original(moment, zone);
    if (!failed && moment) moment->tv_sec += get_shift();
    return failed;
}

time_t time(time_t *seconds) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (seconds) *seconds = moment.tv_sec;
    return moment.tv_sec;
}
