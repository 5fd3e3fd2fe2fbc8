/* Shifts the clock of each process into which it is loaded, by as many seconds as CLOCK_SHIFT says, and with it the times of files.

libfaketime would do the same, but time.sleep() of Python 3.11 fails in it or Event.wait() never returns. What measures
durations (the monotonic clock) stays as it is. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#define ORIGINAL(name, ...)                                \
    static int (*original)(__VA_ARGS__);                   \
    if (!original) original = dlsym(RTLD_NEXT, name)

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
    ORIGINAL("clock_gettime", clockid_t, struct timespec *);
    int failed = original(clock, moment);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) moment->tv_sec += get_shift();
    return failed;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
    ORIGINAL("gettimeofday", struct timeval *, void *);
    int failed = original(moment, zone);
    if (!failed) moment->tv_sec += get_shift();
    return failed;
}

time_t time(time_t *seconds) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (seconds) *seconds = moment.tv_sec;
    return moment.tv_sec;
}

/* The kernel writes the times of files by its own clock, so they are shifted when they are read, and back when a program sets them. */

#define SHIFTED(name, state, parameters, types, arguments) \
    int name parameters {                                  \
        ORIGINAL(#name, types);                            \
        int failed = original arguments;                   \
        if (!failed) {                                     \
            state->st_atim.tv_sec += get_shift();          \
            state->st_mtim.tv_sec += get_shift();          \
            state->st_ctim.tv_sec += get_shift();          \
        }                                                  \
        return failed;                                     \
    }
#define TYPES(...) __VA_ARGS__

SHIFTED(stat, state, (const char *restrict path, struct stat *restrict state), TYPES(const char *, struct stat *), (path, state))
SHIFTED(lstat, state, (const char *restrict path, struct stat *restrict state), TYPES(const char *, struct stat *), (path, state))
SHIFTED(fstat, state, (int file, struct stat *state), TYPES(int, struct stat *), (file, state))
SHIFTED(fstatat, state, (int folder, const char *restrict path, struct stat *restrict state, int flags),
        TYPES(int, const char *, struct stat *, int), (folder, path, state, flags))
SHIFTED(stat64, state, (const char *restrict path, struct stat64 *restrict state), TYPES(const char *, struct stat64 *), (path, state))
SHIFTED(lstat64, state, (const char *restrict path, struct stat64 *restrict state), TYPES(const char *, struct stat64 *), (path, state))
SHIFTED(fstat64, state, (int file, struct stat64 *state), TYPES(int, struct stat64 *), (file, state))
SHIFTED(fstatat64, state, (int folder, const char *restrict path, struct stat64 *restrict state, int flags),
        TYPES(int, const char *, struct stat64 *, int), (folder, path, state, flags))

static const struct timespec *shift_back(const struct timespec given[2], struct timespec shifted[2]) {
    if (!given) return given;
    for (int each = 0; each < 2; each++) {
        shifted[each] = given[each];
        if (given[each].tv_nsec != UTIME_NOW && given[each].tv_nsec != UTIME_OMIT) shifted[each].tv_sec -= get_shift();
    }
    return shifted;
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
    ORIGINAL("utimensat", int, const char *, const struct timespec *, int);
    struct timespec shifted[2];
    return original(folder, path, shift_back(times, shifted), flags);
}

int futimens(int file, const struct timespec times[2]) {
    ORIGINAL("futimens", int, const struct timespec *);
    struct timespec shifted[2];
    return original(file, shift_back(times, shifted));
}
