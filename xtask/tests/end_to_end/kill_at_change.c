// kill_at_change.c: loaded into the helper and its programs (LD_PRELOAD), it counts what they do
// to files and kills the helper at the moment of a given number.
//
// Every call below adds a byte to the file CHANGES_FILE, whichever process makes it; where that
// makes CHANGES_MAX of them, the helper is killed before the call is made, or gets the signal
// CHANGES_SIGNAL. With CHANGES_ERROR, that call and all later ones fail with this error instead:
// those that need space, or all of them if the number is negative.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void note_helper(void) {
    char id[32];
    snprintf(id, sizeof id, "%d", (int)getpid());
    if (strcmp(program_invocation_short_name, "xtask") == 0)
        setenv("CHANGES_HELPER", id, 1);
}

static int number_of(const char *name, int otherwise) {
    const char *value = getenv(name);
    return value ? atoi(value) : otherwise;
}

// Counts a call. Whether it is to fail; errno says with what.
static int fails(int needs_space) {
    const char *path = getenv("CHANGES_FILE");
    const char *helper = getenv("CHANGES_HELPER");
    int max = number_of("CHANGES_MAX", 0);
    if (!path || !helper)
        return 0;
    // By system calls, for the functions are ours.
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0)
        return 0;
    syscall(SYS_write, file, ".", 1);
    // Where our byte ends tells how many there were, whoever else adds some now.
    off_t at = lseek(file, 0, SEEK_CUR);
    close(file);
    int error = number_of("CHANGES_ERROR", 0);
    if (!error && at == max)
        kill(atoi(helper), number_of("CHANGES_SIGNAL", SIGKILL));
    if (!error || max == 0 || at < max || (error > 0 && !needs_space))
        return 0;
    errno = abs(error);
    return 1;
}

static int is_file(int number) {
    struct stat about;
    return fstat(number, &about) == 0 && S_ISREG(about.st_mode);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define COUNTED(result, name, needs_space, parameters, arguments)                                  \
    result name parameters {                                                                       \
        if (fails(needs_space))                                                                    \
            return -1;                                                                             \
        return REAL(name) arguments;                                                               \
    }

COUNTED(int, rename, 1, (const char *from, const char *to), (from, to))
COUNTED(int, unlink, 0, (const char *path), (path))
COUNTED(int, unlinkat, 0, (int folder, const char *path, int flags), (folder, path, flags))
COUNTED(int, mkdir, 1, (const char *path, mode_t mode), (path, mode))
COUNTED(int, rmdir, 0, (const char *path), (path))

ssize_t write(int file, const void *data, size_t size) {
    if (fails(1) && is_file(file))
        return -1;
    return REAL(write)(file, data, size);
}

#define COUNTED_OPEN(name)                                                                         \
    int name(const char *path, int flags, ...) {                                                   \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                                  \
        va_end(list);                                                                              \
        if (flags & O_CREAT && fails(1))                                                           \
            return -1;                                                                             \
        return REAL(name)(path, flags, mode);                                                      \
    }

COUNTED_OPEN(open)
COUNTED_OPEN(open64)

// A program runs when this is counted. It gets our variables, whatever else it is given.
int posix_spawnp(pid_t *id, const char *program, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const words[], char *const variables[]) {
    char *all[1024];
    size_t count = 0;
    for (char *const *each = variables; *each && count < 1000; ++each)
        all[count++] = *each;
    for (char **each = environ; *each && count < 1023; ++each)
        if (strncmp(*each, "CHANGES_", 8) == 0 || strncmp(*each, "LD_PRELOAD=", 11) == 0)
            all[count++] = *each;
    all[count] = NULL;
    int result = REAL(posix_spawnp)(id, program, actions, attributes, words, all);
    fails(0);
    return result;
}
