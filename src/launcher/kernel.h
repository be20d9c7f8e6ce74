/* The few system calls and string helpers of a program that has no C library. Failures come back as -errno. */
#ifndef HB_KERNEL_H
#define HB_KERNEL_H
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>

typedef unsigned long word;

#if defined(__x86_64__)
static long call(long number, word a, word b, word c, word d, word e, word f) {
  long result;
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#define LOADER "/lib64/ld-linux-x86-64.so.2"
#define LIBRARY_FOLDER "/lib/x86_64-linux-gnu/"
/* The vector is moved down by two words while C code runs on the stack below it: leave room before the first frame. */
#define ENTRY "xor %ebp, %ebp\n mov %rsp, %rdi\n sub $64, %rsp\n call launch\n"
#define JUMP(stack, entry) __asm__ volatile("mov %0, %%rsp\n xor %%edx, %%edx\n jmp *%1" ::"r"(stack), "r"(entry))
#elif defined(__aarch64__)
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register long x8 __asm__("x8") = number;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  register word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return (long)x0;
}
#define LOADER "/lib/ld-linux-aarch64.so.1"
#define LIBRARY_FOLDER "/lib/aarch64-linux-gnu/"
#define ENTRY "mov x29, #0\n mov x0, sp\n sub sp, sp, #64\n bl launch\n"
#define JUMP(stack, entry) __asm__ volatile("mov sp, %0\n mov x0, #0\n br %1" ::"r"(stack), "r"(entry))
#else
#error "hb is made for x86-64 and aarch64"
#endif

#define CALL(name, a, b, c, d, e, f) call(SYS_##name, (word)(a), (word)(b), (word)(c), (word)(d), (word)(e), (word)(f))

static int open_file(const char *path, int flags) { return (int)CALL(openat, AT_FDCWD, path, flags | O_CLOEXEC, 0700, 0, 0); }
static void close_file(int fd) { CALL(close, fd, 0, 0, 0, 0, 0); }
static void *map(void *at, word size, int protection, int flags, int fd, word offset) {
  return (void *)CALL(mmap, at, size, protection, flags, fd, offset);
}
static int failed(const void *address) { return (word)address > -4096UL; }

static word length(const char *s) {
  word n = 0;
  while (s[n]) n++;
  return n;
}
static int starts_with(const char *s, const char *head) {
  while (*head)
    if (*s++ != *head++) return 0;
  return 1;
}
/* Appends text; the caller's buffer is known to be large enough. */
static char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  *to = 0;
  return to;
}
static char *append_number(char *to, word value) {
  if (value >= 10) to = append_number(to, value / 10);
  char digit[2] = {(char)('0' + value % 10), 0};
  return append(to, digit);
}

static void say(const char *text) { CALL(write, 2, text, length(text), 0, 0, 0); }
static void die(const char *why, const char *detail) {
  say("hb: cannot start: ");
  say(why);
  say(detail);
  say("\n");
  CALL(exit_group, 127, 0, 0, 0, 0, 0);
  __builtin_unreachable();
}
#endif
