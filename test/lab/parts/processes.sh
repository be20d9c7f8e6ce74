# shellcheck shell=bash disable=SC2034,SC2154 # the lab sets and uses these
# Names of things, and processes noted so that a reused pid is never taken for them.

ns() { printf '%s%s' "$ns_prefix" "$1"; }                  # netns of a host
in_ns() { local n=$1; shift; nsenter --net="/run/netns/$n" -- "$@"; }
in_sw() { in_ns "$sw" "$@"; }
port() { printf '%s.%s' "$1" "${2#eth}"; }                 # switch port of HOST ethN

need_lab()  { [[ -d $dir/hosts ]] || die "lab '$LAB_NAME' is not up"; }
all_hosts() { local h; for h in "$dir"/hosts/*/; do basename "$h"; done; }
nodes()     { all_hosts | grep -vx client || true; }
need_host() {
  need_lab
  [[ $1 =~ ^[a-z][a-z0-9-]*$ && -d $dir/hosts/$1 ]] || die "no host '$1' in lab '$LAB_NAME'"
}
need_link() {
  [[ $2 =~ ^eth[01]$ ]] || die "no link '$2': eth0 or eth1"
  grep -qx "$2" "$dir/hosts/$1/links" || die "host '$1' has no $2"
}
links_of()  { cat "$dir/hosts/$1/links"; }

# A pid alone may have been reused; a pid with its start time can't have been.
start_time() {
  local line
  { read -r line < "/proc/$1/stat"; } 2>/dev/null || return 1
  line=${line##*) }
  # shellcheck disable=SC2086  # split on purpose: field 22 of stat is the 20th here
  set -- $line
  printf '%s' "${20}"
}
note_proc() { printf '%s %s\n' "$1" "$(start_time "$1")" > "$2"; }   # PID FILE
noted_pid() {                                              # FILE -> live pid, or fail
  local pid at
  { read -r pid at < "$1"; } 2>/dev/null || return 1
  [[ -n $pid && $(start_time "$pid" || true) == "$at" ]] || return 1
  printf '%s' "$pid"
}
kill_noted() {                                             # FILE SIGNAL, then wait
  local pid i
  pid=$(noted_pid "$1") || return 0
  kill "-$2" "$pid" 2>/dev/null || return 0
  for ((i = 0; i < 100; i++)); do
    noted_pid "$1" >/dev/null || return 0
    sleep 0.02
  done
  kill -KILL "$pid" 2>/dev/null || true
}

init_pid() { noted_pid "$dir/hosts/$1/init"; }
live_pid() { need_host "$1"; init_pid "$1" || die "host '$1' is dead (lab boot $1)"; }
inside() {                                                 # HOST CMD...: enter all its namespaces
  local pid=$1 host=$2; shift 2
  ulimit -l unlimited 2>/dev/null || true                  # heartbeat locks itself into memory
  LAB_HOST=$host exec nsenter -t "$pid" -m -u -i -n -p --wd=/ -- "$@"
}
within() {                                                 # same, but return
  local pid; pid=$(live_pid "$1")
  ( inside "$pid" "$@" )
}
