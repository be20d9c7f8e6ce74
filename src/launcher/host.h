/*
 * The last resort: the host's own dynamic loader, and with it the host's own C library. It is of use only where that is
 * glibc 2.17 or newer, the oldest that the embedded program can be linked with.
 */
#ifndef HB_HOST_H
#define HB_HOST_H
#include "kernel.h"

static int holds(const char *bytes, word size, const char *text) {
  word n = length(text) + 1;
  for (word i = 0; i + n <= size; i++)
    if (bytes[i] == text[0] && starts_with(bytes + i, text) && bytes[i + n - 1] == 0) return 1;
  return 0;
}

/* A C library names every version that it provides in its string table. */
static int new_enough(const char *path) {
  int fd = open_file(path, O_RDONLY);
  if (fd < 0) return 0;
  long size = CALL(lseek, fd, 0, 2, 0, 0, 0);
  char *bytes = size > 0 ? map(0, (word)size, PROT_READ, MAP_PRIVATE, fd, 0) : (char *)-1L;
  close_file(fd);
  if (failed(bytes)) return 0;
  int found = holds(bytes, (word)size, "GLIBC_2.17");
  CALL(munmap, bytes, size, 0, 0, 0, 0);
  return found;
}

#define PAGE 65536UL /* the largest page any of our kernels may have */

/* Maps one segment and gives it zeroes where the file has nothing, as the kernel does for a program's own loader. */
static int map_segment(char *base, const Elf64_Phdr *p, int fd, word page) {
  int protection = (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) | (p->p_flags & PF_X ? PROT_EXEC : 0);
  word skew = p->p_vaddr & (page - 1);
  char *start = base + p->p_vaddr - skew;
  if (failed(map(start, p->p_filesz + skew, protection, MAP_PRIVATE | MAP_FIXED, fd, p->p_offset - skew))) return 0;
  if (!(p->p_flags & PF_W)) return 1;
  char *end = base + p->p_vaddr + p->p_filesz;
  char *tail = (char *)(((word)end + page - 1) & ~(page - 1));
  char *last = base + p->p_vaddr + p->p_memsz;
  /* To the end of the page, not of the segment: the loader takes the rest of that page for its first allocations. */
  for (char *c = end; c < tail; c++) *(volatile char *)c = 0;
  return last <= tail || !failed(map(tail, (word)(last - tail), protection, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0));
}

/* Maps the host's loader; its base is left in *base and its entry returned, or 0 where there is none that will do. */
static word host_loader(word *base, word page) {
  static char head[4096] __attribute__((aligned(8)));
  if (!new_enough("/lib64/libc.so.6") && !new_enough(LIBRARY_FOLDER "libc.so.6")) return 0;
  int fd = open_file(LOADER, O_RDONLY);
  if (fd < 0) return 0;
  long got = CALL(read, fd, head, sizeof head, 0, 0, 0);
  const Elf64_Ehdr *e = (const Elf64_Ehdr *)head;
  if (got < (long)sizeof *e || e->e_phoff + e->e_phnum * sizeof(Elf64_Phdr) > (word)got) return 0;
  const Elf64_Phdr *p = (const Elf64_Phdr *)(head + e->e_phoff);
  word span = 0;
  for (int i = 0; i < e->e_phnum; i++)
    if (p[i].p_type == PT_LOAD && p[i].p_vaddr + p[i].p_memsz > span) span = p[i].p_vaddr + p[i].p_memsz;
  /* One reservation first, so that the segments lie beside each other and on nothing else. */
  char *at = map(0, span + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (failed(at)) return 0;
  at = (char *)(((word)at + PAGE - 1) & ~(PAGE - 1));
  for (int i = 0; i < e->e_phnum; i++)
    if (p[i].p_type == PT_LOAD && !map_segment(at, &p[i], fd, page)) return 0;
  close_file(fd);
  *base = (word)at;
  return (word)at + e->e_entry;
}
#endif
