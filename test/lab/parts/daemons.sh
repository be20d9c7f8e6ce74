# shellcheck shell=bash disable=SC2034,SC2154 # the lab sets and uses these
# Putting files and daemons into hosts.

cmd_exec() {
  (($# >= 2)) || usage_die 'exec HOST CMD...'
  local pid; pid=$(live_pid "$1")
  inside "$pid" "$@"
}

cmd_net() {
  (($# >= 2)) || usage_die 'net HOST CMD...'
  need_lab
  local host=$1; shift
  if [[ $host == switch ]]; then host=$sw; else need_host "$host"; host=$(ns "$host"); fi
  exec nsenter --net="/run/netns/$host" -- "$@"
}

cmd_put() {
  (($# >= 3)) || usage_die 'put HOST|all FILE... DIR'
  local targets=("$1") to=${!#} h f
  shift
  need_lab
  [[ ${targets[0]} != all ]] || mapfile -t targets < <(nodes)
  for h in "${targets[@]}"; do
    need_host "$h"
    mkdir -p "$dir/hosts/$h/root$to"
    for f in "${@:1:$#-1}"; do
      cp "$f" "$dir/hosts/$h/root$to/"
      if [[ ${f##*/} == authkeys ]]; then chmod 600 "$dir/hosts/$h/root$to/authkeys"; fi
    done
  done
}

cmd_path() { need_host "$1"; printf '%s\n' "$dir/hosts/$1/root$2"; }

# Starts CMD as a child of the host's process 1 and notes its pid there.
spawn() {                                                  # HOST NAME CMD...
  local host=$1 name=$2; shift 2
  # shellcheck disable=SC2016  # expanded by the shell inside the host
  within "$host" bash -c '
    name=$1; shift; mkdir -p /run/lab
    setsid "$@" </dev/null >>"/var/log/lab-$name.log" 2>&1 &
    echo $! >"/run/lab/$name.pid"' lab "$name" "$@"
}

cmd_start() {
  (($# >= 2)) || usage_die 'start HOST heartbeat|keepalived|hb|echo|CMD ARG...'
  local host=$1 what=$2; shift 2
  case $what in
    heartbeat)
      local bin
      for bin in /usr/libexec/heartbeat/heartbeat /usr/lib/heartbeat/heartbeat; do
        [[ ! -x $bin ]] || { within "$host" "$bin" "$@"; return; }
      done
      die 'heartbeat is not installed' ;;
    keepalived) spawn "$host" keepalived keepalived -n -l -f /etc/keepalived/keepalived.conf "$@" ;;
    hb)         [[ -x ${HB_BIN%% *} ]] || die "no ${HB_BIN%% *}: run scripts/build, or set HB_BIN"
                # shellcheck disable=SC2086  # HB_BIN may be "bun src/main.ts"
                spawn "$host" hb $HB_BIN run --config /etc/ha.d "$@" ;;
    echo)       spawn "$host" echo "$BUN" "$here/echo.ts" "$@" ;;
    *)          spawn "$host" "${what##*/}" "$what" "$@" ;;
  esac
}

cmd_stop() {
  (($# == 2)) || usage_die 'stop HOST NAME'
  case $2 in
    heartbeat) within "$1" /usr/libexec/heartbeat/heartbeat -k >/dev/null ;;
    *) # shellcheck disable=SC2016
       within "$1" bash -c '
         read -r pid <"/run/lab/$1.pid" || exit 1
         kill "$pid" 2>/dev/null || exit 0
         for ((i = 0; i < 1500; i++)); do
           [[ -d /proc/$pid ]] && ! grep -q "^State:.Z" "/proc/$pid/status" 2>/dev/null || exit 0
           sleep 0.02
         done
         exit 1' lab "$2" || die "'$2' on $1 is not running, or does not stop" ;;
  esac
}

# To the noted process alone, unlike freeze, thaw and kill, which hit the whole host.
cmd_signal() {
  (($# == 3)) || usage_die 'signal HOST NAME SIGNAL'
  # shellcheck disable=SC2016
  within "$1" bash -c 'read -r pid <"/run/lab/$1.pid" && kill "-$2" "$pid"' lab "$2" "$3" ||
    die "'$2' on $1 is not running"
}

cmd_holders() {
  need_lab
  local h addresses
  for h in $(nodes); do
    init_pid "$h" >/dev/null || continue
    # Not a pipe into grep -q: under pipefail that fails when ip writes on after the match.
    addresses=$(in_ns "$(ns "$h")" ip -o -4 addr show)
    if [[ $addresses == *" $1/"* ]]; then printf '%s\n' "$h"; fi
  done
}

cmd_wait() {
  (($# >= 2)) || usage_die 'wait SEC CMD...'
  local end=$((${EPOCHREALTIME/./} + $1 * 1000000)); shift
  while ! "$@"; do
    ((${EPOCHREALTIME/./} < end)) || die "not within the time: $*"
    sleep 0.05
  done
}
