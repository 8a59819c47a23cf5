// What macOS has differently: `foreign_NAME` replaces a NAME that a module for macOS imports, where
// its code runs on Linux. It is compiled by zig for x86_64 and aarch64, without any header.

typedef __SIZE_TYPE__ size_t;

extern void *memset(void *to, int byte, size_t size);
extern void *memcpy(void *to, const void *from, size_t size);
extern int *__errno_location(void);
extern void *stdin, *stdout, *stderr;

// What the stack protector compares with.
unsigned long foreign___stack_chk_guard = 0x595e9fbd94fda766;

void *foreign___stdinp, *foreign___stdoutp, *foreign___stderrp;

__attribute__((constructor)) static void set_streams(void) {
    foreign___stdinp = stdin;
    foreign___stdoutp = stdout;
    foreign___stderrp = stderr;
}

void foreign___bzero(void *to, size_t size) { memset(to, 0, size); }

int *foreign___error(void) { return __errno_location(); }

void foreign_memset_pattern16(char *to, const void *pattern, size_t size) {
    for (; size >= 16; to += 16, size -= 16)
        memcpy(to, pattern, 16);
    memcpy(to, pattern, size);
}
