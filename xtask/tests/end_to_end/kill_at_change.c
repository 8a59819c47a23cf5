// kill_at_change.c: loaded into the helper and its programs (LD_PRELOAD), it counts what they do
// to files and kills the helper at the moment of a given number.
//
// Every call below adds a byte to the file CHANGES_FILE, whichever process makes it; where that
// makes CHANGES_MAX of them, the helper is killed before the call is made.
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

static void count(void) {
    const char *path = getenv("CHANGES_FILE");
    const char *max = getenv("CHANGES_MAX");
    const char *helper = getenv("CHANGES_HELPER");
    if (!path || !max || !helper)
        return;
    // By system calls, for the functions are ours.
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0)
        return;
    syscall(SYS_write, file, ".", 1);
    // Where our byte ends tells how many there were, whoever else adds some now.
    if (lseek(file, 0, SEEK_CUR) == atoll(max))
        kill(atoi(helper), SIGKILL);
    close(file);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define COUNTED(result, name, parameters, arguments)                                               \
    result name parameters {                                                                       \
        count();                                                                                   \
        return REAL(name) arguments;                                                               \
    }

COUNTED(ssize_t, write, (int file, const void *data, size_t size), (file, data, size))
COUNTED(int, rename, (const char *from, const char *to), (from, to))
COUNTED(int, unlink, (const char *path), (path))
COUNTED(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
COUNTED(int, mkdir, (const char *path, mode_t mode), (path, mode))
COUNTED(int, rmdir, (const char *path), (path))

#define COUNTED_OPEN(name)                                                                         \
    int name(const char *path, int flags, ...) {                                                   \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                                  \
        va_end(list);                                                                              \
        if (flags & O_CREAT)                                                                       \
            count();                                                                               \
        return REAL(name)(path, flags, mode);                                                      \
    }

COUNTED_OPEN(open)
COUNTED_OPEN(open64)

// A program runs when this is counted.
int posix_spawnp(pid_t *id, const char *program, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const words[], char *const variables[]) {
    int result = REAL(posix_spawnp)(id, program, actions, attributes, words, variables);
    count();
    return result;
}
