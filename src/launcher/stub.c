/*
 * Where hb starts. The kernel has mapped this file: the stub, the program that Bun made, a dynamic loader (ld.so), and
 * the libraries which that program asks for, as plain bytes. A host needs none of these of its own: the stub hands the
 * libraries to the loader and the loader the program.
 *
 *   kernel --> stub --> ld.so (finds its libraries in descriptors) --> the program
 */
#include "host.h"
#include "kernel.h"
#include "place.h"

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

/* A program without random numbers would abort, or wait for ever. */
static void check_random(void) {
  char byte;
  if (CALL(getrandom, 0, 0, 0, 0, 0, 0) != -ENOSYS) return;
  int fd = open_file("/dev/urandom", O_RDONLY);
  if (fd < 0 || CALL(read, fd, &byte, 1, 0, 0, 0) != 1)
    die("/dev/urandom is missing, which kernels before 3.17 need; ", "mknod -m 444 /dev/urandom c 1 9");
  close_file(fd);
}

/* What the embedded program cannot do without. Said here, in words, instead of by a signal later. */
static void check_host(word page) {
#if defined(__x86_64__)
  unsigned a = 1, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  if (!(c & 1u << 20)) die("this processor has no SSE4.2, ", "which Intel's have since 2008 and AMD's since 2011");
#endif
  if (page > 16384) die("this kernel has memory pages of 64 KiB, ", "which Bun cannot use; boot one with pages of 4 KiB");
  /* preadv is as old as 2.6.30; by calling it a kernel is judged by what it does, not by its name. */
  if (CALL(preadv, -1, 0, 0, 0, 0, 0) == -ENOSYS) die("this kernel is older than 2.6.32", "");
  check_random();
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

  word page = auxiliary(pairs, AT_PAGESZ);
  check_host(page);
  word base = TABLE->loader_base, entry = TABLE->loader_entry;
  int embedded = place_libraries(preload);
  if (!embedded) entry = host_loader(&base, page);
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
