/*
 * Where hb starts. The kernel has mapped this file: the stub, the program that Bun made, a dynamic loader (ld.so), and
 * the libraries which that program asks for, as plain bytes. A host needs none of these of its own: the stub hands the
 * libraries to the loader and the loader the program.
 *
 *   kernel --> stub --> ld.so (finds its libraries in descriptors) --> the program
 */
#include "host.h"
#include "kernel.h"

/* Written by pack.ts at an address agreed with it. Every number is 64 bits wide. */
struct table {
  word program_headers, program_header_count, program_entry, loader_base, loader_entry, count;
  struct { word address, size; } library[8];
};
#define TABLE ((const struct table *)0x60000000UL)

__asm__(".globl _start\n_start:\n" ENTRY);

/*
 * What would steer the loader, the C library or Bun before the first line of hb runs. A root daemon must not be led by
 * it, yet scripts that hb starts must see it: its first letter goes into lower case here, and main turns it back.
 */
static const char *const steering[] = {"LD_",        "GLIBC_TUNABLES=", "BUN_",        "JSC_",         "MIMALLOC_",
                                       "NODE_",      "GCONV_PATH=",     "LOCPATH=",    "MALLOC_",      "HOSTALIASES=",
                                       "LOCALDOMAIN=", "NLSPATH=",      "RES_OPTIONS=", "RESOLV_HOST_CONF=", 0};
static void hide(char *variable) {
  for (int i = 0; steering[i]; i++)
    if (starts_with(variable, steering[i])) *variable |= 'a' - 'A';
}

/* The random bytes that the kernel gives every process make a name in a shared folder that nobody can occupy first. */
static const unsigned char *random_bytes;

static int temporary_file(const char *folder) {
  char path[64], *end = append(append(path, folder), "/.hb-");
  for (int i = 0; i < 8; i++) end = append_number(end, random_bytes[i]);
  int fd = open_file(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (fd >= 0) CALL(unlinkat, AT_FDCWD, path, 0, 0, 0, 0);
  return fd;
}

/* Fills a fresh file with a library. 0 where it is full or the place is mounted noexec: the loader could not map it. */
static int filled(int fd, word address, word size) {
  for (word done = 0; done < size;) {
    long n = CALL(write, fd, address + done, size - done, 0, 0, 0);
    if (n <= 0 && n != -EINTR) return 0;
    if (n > 0) done += (word)n;
  }
  void *probe = map(0, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
  if (failed(probe)) return 0;
  CALL(munmap, probe, size, 0, 0, 0, 0);
  return 1;
}

/*
 * For root where no folder will do: a short-lived child with mounts of its own, but our descriptors, puts a tmpfs over
 * its /proc and leaves a file of it open. Nobody else ever sees that file system, and it lasts as long as the file.
 */
static int private_file(void) {
  int status = -1;
  long child = CALL(clone, CLONE_FILES | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0, 0);
  if (child == 0) {
    CALL(mount, 0, "/proc", 0, MS_PRIVATE, 0, 0);
    long fd = CALL(mount, "hb", "/proc", "tmpfs", 0, 0, 0) == 0 ? temporary_file("/proc") : -1;
    CALL(exit_group, fd > 0 && fd < 255 ? fd : 255, 0, 0, 0, 0, 0);
  }
  if (child < 0 || CALL(wait4, child, &status, 0, 0, 0, 0) != child || status & 0x7f) return -1;
  return status >> 8 == 255 ? -1 : status >> 8;
}

/* Memory comes first; kernels before 3.17 have no such files, and there an unlinked file serves. */
static int open_place(int place) {
  static const char *const folder[] = {"/dev/shm", "/run", "/tmp"};
  const int no_exec_seal = 8, close_on_exec = 1;
  if (place == 4) return private_file();
  if (place > 0) return temporary_file(folder[place - 1]);
  /* The seal is what strict hosts (vm.memfd_noexec) ask for; it forbids exec of the file, not mapping it. */
  int fd = (int)CALL(memfd_create, "hb", close_on_exec | no_exec_seal, 0, 0, 0, 0);
  return fd == -EINVAL ? (int)CALL(memfd_create, "hb", close_on_exec, 0, 0, 0, 0) : fd;
}

/* A descriptor that holds the library, far above those that a program expects to get, or -1. */
static int place_library(word address, word size) {
  for (int place = 0; place < 5; place++) {
    int fd = open_place(place);
    if (fd < 0) continue;
    int high = filled(fd, address, size) ? (int)CALL(fcntl, fd, F_DUPFD_CLOEXEC, 100, 0, 0, 0) : -1;
    if (high == -EINVAL || high == -EMFILE) high = (int)CALL(fcntl, fd, F_DUPFD_CLOEXEC, 3, 0, 0, 0);
    close_file(fd);
    if (high >= 0) return high;
  }
  return -1;
}

/*
 * Writes LD_PRELOAD: a library loaded first under its own name (soname) is taken for every later mention of that name,
 * so that the loader never searches the host. 0 where a library found no place.
 */
static int place_libraries(char *preload) {
  char *end = append(preload, "LD_PRELOAD=");
  for (word i = 0; i < TABLE->count; i++) {
    int fd = place_library(TABLE->library[i].address, TABLE->library[i].size);
    if (fd < 0) return 0;
    char *path = append(end, i ? ":" : "");
    end = append_number(append(path, "/proc/self/fd/"), (word)fd);
    int again = open_file(path, O_RDONLY);
    if (again < 0) die("/proc is not mounted; ", "mount -t proc proc /proc");
    close_file(again);
  }
  return 1;
}

/* What the embedded program cannot do without. Said here, in words, instead of by a signal later. */
static void check_host(void) {
#if defined(__x86_64__)
  unsigned a = 1, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  if (!(c & 1u << 20)) die("this processor has no SSE4.2, ", "which every x86-64 server since 2008 has");
#endif
  /* preadv is as old as 2.6.30; by calling it a kernel is judged by what it does, not by its name. */
  if (CALL(preadv, -1, 0, 0, 0, 0, 0) == -ENOSYS) die("this kernel is older than 2.6.32", "");
}

static void set_auxiliary(Elf64_auxv_t *a, word loader_base) {
  for (; a->a_type != AT_NULL; a++) {
    if (a->a_type == AT_PHDR) a->a_un.a_val = TABLE->program_headers;
    if (a->a_type == AT_PHNUM) a->a_un.a_val = TABLE->program_header_count;
    if (a->a_type == AT_ENTRY) a->a_un.a_val = TABLE->program_entry;
    if (a->a_type == AT_BASE) a->a_un.a_val = loader_base;
    /* A file with capabilities starts in secure mode, where the loader refuses our descriptors; hide() has done the rest. */
    if (a->a_type == AT_SECURE) a->a_un.a_val = 0;
  }
}

static word auxiliary(const Elf64_auxv_t *a, word type) {
  while (a->a_type != AT_NULL && a->a_type != type) a++;
  return a->a_un.a_val;
}

/* The kernel's vector: argc, argv, 0, environment, 0, auxiliary pairs, 0. */
__attribute__((used, noreturn)) void launch(word *stack) {
  static char preload[256];
  word *variables = stack + 1 + stack[0] + 1, *end = variables;
  for (; *end; end++) hide((char *)*end);
  Elf64_auxv_t *pairs = (Elf64_auxv_t *)(end + 1);
  random_bytes = (const unsigned char *)auxiliary(pairs, AT_RANDOM);

  check_host();
  word base = TABLE->loader_base, entry = TABLE->loader_entry;
  int embedded = place_libraries(preload);
  if (!embedded) entry = host_loader(&base, auxiliary(pairs, AT_PAGESZ));
  if (!entry)
    die("no place for the C library: no memfd_create; /dev/shm, /run and /tmp are missing, full or noexec; ",
        "and no glibc 2.17 or newer on the host");
  set_auxiliary(pairs, base);
  for (word i = 0; i < TABLE->count; i++) CALL(munmap, TABLE->library[i].address, TABLE->library[i].size, 0, 0, 0, 0);
  if (embedded) {
    /* One variable more: all before it moves down two words, all behind it one, and the stack stays 16-byte aligned. */
    word *to = stack - 2, *from = stack;
    while (from < end) *to++ = *from++;
    *to++ = (word)preload;
    *to++ = 0;
    for (from = (word *)pairs; *from != AT_NULL; *to++ = *from++) *to++ = *from++;
    *to++ = AT_NULL;
    *to = 0;
    stack -= 2;
  }
  JUMP(stack, entry);
  __builtin_unreachable();
}
