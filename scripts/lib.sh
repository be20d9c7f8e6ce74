# shellcheck shell=bash disable=SC2034 # what is set here is used by the scripts
# What the scripts share: finding the project, and setting up what they need on a fresh Debian machine.
# To be sourced. Says nothing when all is there.
set -euo pipefail

project=$(readlink -f "${BASH_SOURCE[0]%/*}/..")
bun=$project/node_modules/.bin/bun
lab=$project/test/lab/lab

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Runs a command and shows what it wrote only if it fails.
quietly() { # WHAT CMD...
  local what=$1 log
  shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    # The cause stands at either end.
    if (($(wc -l <"$log") > 60)); then
      { head -n 30 "$log"; echo '...'; tail -n 30 "$log"; } >&2
    else
      cat "$log" >&2
    fi
    rm -f "$log"
    fail "$what failed: $*"
  fi
  rm -f "$log"
}

# The exact versions of package-lock.json; of several scripts that are started at once one installs, the others wait.
need_modules() {
  local lock
  exec {lock}<"$project"
  flock "$lock"
  install_modules
  exec {lock}<&-
}

# Judged by content: a checkout changes the time of a file only.
install_modules() {
  local stamp=$project/node_modules/.installed sum
  sum=$(sha256sum <"$project/package-lock.json")
  if [[ -x $bun ]]; then
    [[ ! -e $stamp || $(<"$stamp") != "$sum" ]] || return 0
    # Installed by other hands, perhaps: what satisfies package.json stays.
    if [[ ! -e $stamp ]] && (cd "$project" && npm ls --all >/dev/null 2>&1); then
      printf '%s\n' "$sum" >"$stamp" 2>/dev/null || true
      return 0
    fi
  fi
  command -v npm >/dev/null || fail 'needs npm, to install what package-lock.json names'
  say 'installing the development tools (npm ci)'
  (cd "$project" && quietly 'npm ci' npm ci --no-audit --no-fund)
  printf '%s\n' "$sum" >"$stamp"
}

# dist/hb, built when it is missing or older than anything it is made of.
need_hb() {
  local newer=''
  if [[ -x $project/dist/hb ]]; then
    newer=$(find "$project/src" "$project/scripts/build" "$project/package-lock.json" -type f -newer "$project/dist/hb" -print -quit)
    [[ -n $newer ]] || return 0
  fi
  say 'building dist/hb'
  (cd "$project" && quietly 'scripts/build' scripts/build)
  [[ -x $project/dist/hb ]] || fail 'scripts/build left no dist/hb'
}

# Commands with the Debian package that brings each; an absolute path will do for what is not in PATH.
need_packages() { # COMMAND:PACKAGE...
  local pair missing=()
  PATH=$PATH:/usr/sbin:/sbin
  for pair; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)) || [[ -n ${LAB_NESTED:-} ]] || ! command -v apt-get >/dev/null; then
    fail "needs the Debian packages ${missing[*]}; as root: apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing the Debian packages ${missing[*]}"
  # One script at a time: the lists have a lock that nobody waits for, and a second one would find it taken.
  (flock 9 && install_packages "${missing[@]}") 9>/run/lock/hb-packages
}

install_packages() { # PACKAGE...
  local options=(-qq -o DPkg::Lock::Timeout=300)
  export DEBIAN_FRONTEND=noninteractive
  quietly 'apt-get update' apt-get "${options[@]}" update
  # A daemon that comes along must not start on this machine.
  local policy=/usr/sbin/policy-rc.d rc=0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  else
    policy=''
  fi
  (quietly 'apt-get install' apt-get "${options[@]}" install -y --no-install-recommends "$@" </dev/null) || rc=$?
  [[ -z $policy ]] || rm -f "$policy"
  return "$rc"
}

lab_packages=(ip:iproute2 nft:nftables ps:procps unshare:util-linux flock:util-linux ping:iputils-ping)
# What the tests of the executable and of its packages need beside a lab: other C libraries, processors and packagers.
appliance_packages=(busybox:busybox-static /lib/ld-musl-x86_64.so.1:musl setcap:libcap2-bin rpmbuild:rpm haproxy:haproxy
  qemu-aarch64-static:qemu-user-static aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu
  /usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross qemu-system-aarch64:qemu-system-arm
  qemu-system-x86_64:qemu-system-x86 curl:curl setpriv:util-linux systemd-analyze:systemd shellcheck:shellcheck
  groff:groff-base chromium-headless-shell:chromium-headless-shell)
heartbeat_packages=(cl_status:heartbeat stonith:cluster-glue ocf-tester:resource-agents ifconfig:net-tools)

# Labs need root, or a user namespace: without root the calling script starts again inside one.
need_namespaces() { # the script's own arguments
  if ((EUID == 0)); then
    unshare --mount --net --pid --fork true 2>/dev/null ||
      fail 'this machine lets not even root make namespaces (a container? it needs CAP_SYS_ADMIN and CAP_NET_ADMIN)'
    return 0
  fi
  exec "$lab" nest "$0" "$@"
}
