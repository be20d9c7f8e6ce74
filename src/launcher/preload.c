/*
 * The first library in the process. It fills in what the C library cannot do on kernels before 3.10 (each function
 * below first asks the C library and acts only when that says ENOSYS), and removes the traces of the start before the
 * program looks at its environment and descriptors.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/* LD_PRELOAD names the descriptors that the libraries came in; once mapped, nobody needs either. */
__attribute__((constructor)) static void leave_no_trace(void) {
  static const char name[] = "LD_PRELOAD=", folder[] = "/proc/self/fd/";
  char **to = environ;
  for (char **from = environ; *from; from++) {
    if (strncmp(*from, name, sizeof name - 1) != 0) {
      *to++ = *from;
      continue;
    }
    for (const char *at = *from; (at = strstr(at, folder)); at++) close(atoi(at + sizeof folder - 1));
  }
  *to = NULL;
}

/*
 * The program's allocator gives back what it does not use, and a thread of its own looks for that ten times a second by
 * default, which costs more than all heartbeats together; every two seconds is enough. main takes the names out again.
 */
static void give_back_at_leisure(void) {
  setenv("MIMALLOC_PURGE_DELAY", "2000", 0);
  setenv("MIMALLOC_PURGE_HOLES_MIN_INTERVAL", "2000", 0);
}

/*
 * A daemon interprets its program: it does the same little twenty times a second, and a compiler never earns back its
 * threads, its code and what it keeps to compile better with, 6 MB of 20. Foreign functions have the little that they
 * need compiled all the same. Its heap grows by a third, not to the double, before garbage is looked for, and no thread
 * of its own warms up memory ahead of that. The other verbs compile as ever: a simulation runs three times as fast so.
 */
static void settle_down(void) {
  setenv("BUN_JSC_useBaselineJIT", "0", 0);
  setenv("BUN_JSC_smallHeapGrowthFactor", "1.3", 0);
  setenv("BUN_JSC_warmUpMarkedBlockCount", "0", 0);
}

/* The loader hands a constructor what the kernel handed the program. */
__attribute__((constructor)) static void set_engine(int count, char **words) {
  give_back_at_leisure();
  if (count > 1 && strcmp(words[1], "run") == 0) settle_down();
}

#if defined(__x86_64__)
/* The C library's own function of the name that is being defined. */
#define REAL(name)                \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* The mapping that holds the stack, and the end of the one below it, which the stack may never grow into. */
static int find_stack(unsigned long here, unsigned long *from, unsigned long *to, unsigned long *below) {
  FILE *maps = fopen("/proc/self/maps", "re");
  char line[512];
  int found = 0;
  *below = 0;
  while (maps && !found && fgets(line, sizeof line, maps)) {
    if (sscanf(line, "%lx-%lx", from, to) != 2) continue;
    found = *from <= here && here < *to;
    if (!found) *below = *to;
  }
  if (maps) fclose(maps);
  return found;
}

/* 2.6.36 made these calls one, prlimit64; the old pair is ageless. On 64-bit machines both names mean one type. */
int getrlimit64(__rlimit_resource_t resource, struct rlimit64 *limit) {
  REAL(getrlimit64);
  int code = real(resource, limit);
  return code == 0 || errno != ENOSYS ? code : (int)syscall(SYS_getrlimit, resource, limit);
}
int getrlimit(__rlimit_resource_t resource, struct rlimit *limit) { return getrlimit64(resource, (struct rlimit64 *)limit); }
int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit) {
  REAL(setrlimit64);
  int code = real(resource, limit);
  return code == 0 || errno != ENOSYS ? code : (int)syscall(SYS_setrlimit, resource, limit);
}
int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit) {
  return setrlimit64(resource, (const struct rlimit64 *)limit);
}

/* Bounds of the main thread's stack, which the C library computes from prlimit64; its lowest page is left as a guard. */
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr) {
  REAL(pthread_getattr_np);
  int code = real(thread, attr);
  if (code != ENOSYS) return code;
  const unsigned long page = 4096;
  unsigned long from, to, below;
  struct rlimit64 limit;
  if (!find_stack((unsigned long)__builtin_frame_address(0), &from, &to, &below)) return ENOENT;
  if (getrlimit64(RLIMIT_STACK, &limit) != 0) return errno;
  unsigned long size = (limit.rlim_cur < to - below ? limit.rlim_cur & -page : to - below) - page;
  if (size < to - from) size = to - from;
  if ((code = pthread_attr_init(attr)) != 0) return code;
  pthread_attr_setguardsize(attr, 0);
  return pthread_attr_setstack(attr, (void *)(to - size), size);
}

/* 2.6.33; the message-by-message form. The time limit is looked at between messages, as the kernel does. */
int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *limit) {
  REAL(recvmmsg);
  int code = real(fd, messages, count, flags, limit);
  if (code >= 0 || errno != ENOSYS) return code;
  unsigned done = 0;
  for (; done < count; done++) {
    ssize_t n = recvmsg(fd, &messages[done].msg_hdr, flags & ~MSG_WAITFORONE);
    if (n < 0) break;
    messages[done].msg_len = (unsigned)n;
    if (flags & MSG_WAITFORONE) flags |= MSG_DONTWAIT;
  }
  return done ? (int)done : -1;
}

/* 3.0. */
int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  REAL(sendmmsg);
  int code = real(fd, messages, count, flags);
  if (code >= 0 || errno != ENOSYS) return code;
  unsigned done = 0;
  for (; done < count; done++) {
    ssize_t n = sendmsg(fd, &messages[done].msg_hdr, flags);
    if (n < 0) break;
    messages[done].msg_len = (unsigned)n;
  }
  return done || !count ? (int)done : -1;
}
#endif
