# shellcheck shell=bash disable=SC2034,SC2154 # the lab sets and uses these
# Looking on.

cmd_status() {
  if [[ ! -d $dir/hosts ]]; then printf 'lab %s: down\n' "$LAB_NAME"; return 3; fi
  local h state
  printf 'lab %s: up\n' "$LAB_NAME"
  for h in $(all_hosts); do
    if init_pid "$h" >/dev/null; then state=alive; else state=dead; fi
    printf '%-12s %-5s %s\n' "$h" "$state" \
      "$(in_ns "$(ns "$h")" ip -br -4 addr show | awk '$1 != "lo" {sub(/@.*/, "", $1); $2=""; printf "%s; ", $0}')"
  done
  if [[ -s $dir/cuts ]]; then sed 's/^/cut  /' "$dir/cuts"; fi
  if [[ -s $dir/losses ]]; then sed 's/^/loss /' "$dir/losses"; fi
}

cmd_capture() {
  (($# >= 1)) || usage_die 'capture FILE [eth0|eth1] [FILTER...]'
  need_lab
  [[ -z ${LAB_NESTED:-} ]] || die 'capture needs real root: tcpdump will not run as a pretended one'
  local file=$1 br=br0 i pidf; shift
  case ${1:-} in eth0) shift ;; eth1) br=br1; shift ;; esac
  pidf=$(mktemp "$dir/capture.XXXXXX")
  setsid nsenter --net="/run/netns/$sw" -- tcpdump -i "$br" -n -s 0 -U --immediate-mode -Z root \
    -w "$file" "$@" </dev/null >/dev/null 2>"$pidf" &
  for ((i = 0; i < 150; i++)); do
    if grep -q 'listening on' "$pidf"; then note_proc $! "$pidf.pid"; return; fi
    sleep 0.02
  done
  die "capture did not start: $(<"$pidf")"
}

cmd_capture_stop() {
  need_lab
  local f
  sleep 0.1
  for f in "$dir"/capture.*.pid; do
    [[ -e $f ]] || continue
    kill_noted "$f" INT
    rm -f "$f" "${f%.pid}"
  done
}

# Counted at the switch, so that what a dead host sent still counts.
cmd_stats() {
  (($# == 2)) || usage_die 'stats HOST ethN'
  need_host "$1"; need_link "$1" "$2"
  local p
  p=$(port "$1" "$2")
  in_sw ip -s -o link show "$p" | awk '{
    for (i = 1; $i != "RX:"; i++) {}
    for (; $i != "\\"; i++) {}
    print $(i + 2), $(i + 1)
  }'
}
