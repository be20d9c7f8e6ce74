/*
 * Finds a place that a library can be read from by path, without leaving anything behind: a file in memory, or one that
 * is unlinked as soon as it is open.
 */
#ifndef HB_PLACE_H
#define HB_PLACE_H
#include "kernel.h"

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
#endif
