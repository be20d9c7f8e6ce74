/*
 * Starts a program somewhere else than here, statically linked so that it depends on nothing there.
 *
 *   enter [-i] [-r ROOT] [-l LIMIT] [-u UID] [-c CAPABILITY]... [-e NAME=VALUE]... PROGRAM [ARGUMENT...]
 *
 * -i  as the child of an init: stays itself, and takes every process that has lost its parent
 * -r  in another root directory
 * -l  on an older kernel: system calls with a higher number do not exist (ENOSYS); 313 is Linux 3.10, 298 is 2.6.32
 * -u  as another user, who keeps the capabilities named by number with -c and no others
 * -e  with this variable in an otherwise empty environment
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(const char *what, int code) {
  if (code == 0) return;
  perror(what);
  exit(125);
}

static void limit_calls(unsigned limit) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, limit, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof code / sizeof *code, code};
  must("seccomp", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
}

/* Ambient capabilities are what a service manager gives to a daemon that is not root. */
static void become(unsigned uid, unsigned long long kept) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  unsigned low = (unsigned)kept, high = (unsigned)(kept >> 32);
  struct __user_cap_data_struct sets[2] = {{low, low, low}, {high, high, high}};
  must("keep capabilities", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
  must("groups", setgroups(0, NULL));
  must("group", setresgid(uid, uid, uid));
  must("user", setresuid(uid, uid, uid));
  must("capabilities", (int)syscall(SYS_capset, &header, sets));
  /* A new user loses the order to die with the parent, and a program that hangs would outlive its test. */
  must("die with the parent", prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
  for (int i = 0; i < 64; i++)
    if (kept >> i & 1) must("ambient capability", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0));
}

static int init(void) {
  pid_t child = fork(), ended;
  int status = 0;
  must("fork", child < 0);
  if (child == 0) return 0;
  do ended = wait(&status); while (ended != child);
  exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv) {
  char *environment[64] = {NULL}, *root = NULL;
  int count = 0, limit = 0, uid = 0, as_init = 0;
  unsigned long long kept = 0;
  for (int option; (option = getopt(argc, argv, "+ir:l:u:c:e:")) != -1;) {
    if (option == 'r') root = optarg;
    else if (option == 'i') as_init = 1;
    else if (option == 'l') limit = atoi(optarg);
    else if (option == 'u') uid = atoi(optarg);
    else if (option == 'c') kept |= 1ULL << atoi(optarg);
    else if (option == 'e' && count < 63) environment[count++] = optarg;
    else exit(125);
  }
  if (optind >= argc) exit(125);
  if (root) must(root, chroot(root) || chdir("/"));
  /* Before the user changes: afterwards a filter would need no_new_privs, which takes file capabilities away. */
  if (limit) limit_calls((unsigned)limit);
  if (uid) become((unsigned)uid, kept);
  if (as_init) init();
  execve(argv[optind], argv + optind, environment);
  perror(argv[optind]);
  return 126;
}
