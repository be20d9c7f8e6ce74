/*
 * The first program of a machine that holds hb and nothing else. Does what a kernel leaves to others, then becomes hb:
 *
 *   /proc, the kernel modules /modules/0.ko, 1.ko, ... in this order, the host's name, an address on eth0
 *
 * The kernel passes words of its command line on as variables: host=NAME address=A.B.C.D.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void must(const char *what, int failed) {
  if (!failed) return;
  perror(what);
  exit(125);
}

static int load(int number) {
  char path[32];
  snprintf(path, sizeof path, "/modules/%d.ko", number);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  must(path, (int)syscall(SYS_finit_module, fd, "", 0));
  close(fd);
  return 1;
}

static struct ifreq interface(const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return request;
}

static void set_address(int fd, const char *name, unsigned long call, const char *value) {
  struct ifreq request = interface(name);
  struct sockaddr_in address = {.sin_family = AF_INET};
  must(value, inet_pton(AF_INET, value, &address.sin_addr) != 1);
  memcpy(&request.ifr_addr, &address, sizeof address);
  must(name, ioctl(fd, call, &request));
}

static void set_up(int fd, const char *name) {
  struct ifreq request = interface(name);
  must(name, ioctl(fd, SIOCGIFFLAGS, &request));
  request.ifr_flags |= IFF_UP;
  must(name, ioctl(fd, SIOCSIFFLAGS, &request));
}

int main(void) {
  const char *host = getenv("host"), *address = getenv("address");
  must("host= and address= on the kernel's command line", !host || !address);
  must("/proc", mount("proc", "/proc", "proc", 0, ""));
  for (int number = 0; load(number);) number++;
  must(host, sethostname(host, strlen(host)));
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  must("socket", fd < 0);
  set_up(fd, "lo");
  set_address(fd, "eth0", SIOCSIFADDR, address);
  set_address(fd, "eth0", SIOCSIFNETMASK, "255.255.255.0");
  set_up(fd, "eth0");
  char *words[] = {"/hb", "run", NULL}, *nothing[] = {NULL};
  execve(words[0], words, nothing);
  perror(words[0]);
  return 126;
}
