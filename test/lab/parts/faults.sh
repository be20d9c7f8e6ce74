# shellcheck shell=bash disable=SC2034,SC2154 # the lab sets and uses these
# Faults: of power, of processes, of cables, of the network between hosts.

kill_host() { kill_noted "$dir/hosts/$1/init" KILL; }      # process 1 takes all the others along

cmd_kill() { live_pid "$1" >/dev/null; kill_host "$1"; }

cmd_off() {
  need_host "$1"
  local link batch=''
  for link in $(links_of "$1"); do batch+="link set $(port "$1" "$link") down"$'\n'; done
  in_sw ip -batch - <<<"$batch"
  kill_host "$1"
}

cmd_boot() {
  need_host "$1"
  if init_pid "$1" >/dev/null; then die "host '$1' is alive"; fi
  boot_host "$1"
}

# kill -1 spares process 1 and the killer itself.
signal_all() { nsenter -t "$(live_pid "$1")" -p -- bash -c "kill -$2 -1" || true; }

cmd_link() {
  case $#:${3:-} in 3:up | 3:down) ;; *) usage_die 'link HOST ethN up|down' ;; esac
  need_host "$1"; need_link "$1" "$2"
  in_sw ip link set "$(port "$1" "$2")" "$3"
}

cmd_cut() {
  local a='' b='' only='' one_way=0 w i
  for w; do
    case $w in
      --one-way) one_way=1 ;;
      eth[01])   only=$w ;;
      *)         if [[ -z $a ]]; then a=$w; else b=$w; fi ;;
    esac
  done
  [[ -n $b ]] || usage_die 'cut A B [ethN] [--one-way]'
  need_host "$a"; need_host "$b"
  for i in eth0 eth1; do
    [[ -z $only || $only == "$i" ]] || continue
    printf '%s %s %s\n' "$a" "$b" "$i" >> "$dir/cuts"
    ((one_way)) || printf '%s %s %s\n' "$b" "$a" "$i" >> "$dir/cuts"
  done
  apply_faults
}

cmd_loss() {
  local host=${1:-} link=${2:-} pct=${3:-} way=${4:-both}
  pct=${pct%\%}
  if ! [[ $pct =~ ^([0-9]|[1-9][0-9]|100)$ && $way =~ ^(in|out|both)$ ]]; then
    usage_die 'loss HOST ethN PCT% [in|out|both]'
  fi
  need_host "$host"; need_link "$host" "$link"
  local keep
  keep=$(awk -v h="$host" -v l="$link" -v w="$way" \
    '!($1 == h && $2 == l && (w == "both" || $4 == w || $4 == "both"))' "$dir/losses")
  { [[ -z $keep ]] || printf '%s\n' "$keep"
    ((pct == 0)) || printf '%s %s %s %s\n' "$host" "$link" "$pct" "$way"; } > "$dir/losses"
  apply_faults
}

cmd_heal() {
  need_lab
  local f one_way=0
  [[ ${3:-} != --one-way ]] || one_way=1
  for f in cuts losses; do
    case $# in
      0) : > "$dir/$f" ;;
      1) need_host "$1"
         awk -v a="$1" '!($1 == a || $2 == a)' "$dir/$f" > "$dir/$f.new"; mv "$dir/$f.new" "$dir/$f" ;;
      $((2 + one_way)))
         [[ $f == losses ]] || { awk -v a="$1" -v b="$2" -v one="$one_way" \
           '!(($1 == a && $2 == b) || (!one && $1 == b && $2 == a))' "$dir/$f" > "$dir/$f.new"
           mv "$dir/$f.new" "$dir/$f"; } ;;
      *) usage_die 'heal [A B [--one-way] | HOST]' ;;
    esac
  done
  apply_faults
}

# The whole fault state is written as one nft transaction, so that it is never
# half in force. It sits on the bridges' forward path: it sees ARP, multicast and
# raw frames too, and captures (taken at the bridge) still show what was sent.
apply_faults() {
  command -v nft >/dev/null || die 'cut, loss and heal need nft (Debian package nftables)'
  local a b link pct way share
  {
    printf 'table bridge lab {}\ndelete table bridge lab\ntable bridge lab {\n'
    printf 'chain faults { type filter hook forward priority 0; policy accept;\n'
    while read -r a b link; do
      printf 'iifname "%s" oifname "%s" drop\n' "$(port "$a" "$link")" "$(port "$b" "$link")"
    done < "$dir/cuts"
    while read -r a link pct way; do
      share=''
      ((pct == 100)) || share="numgen random mod 100 < $pct"
      [[ $way == in ]]  || printf 'iifname "%s" %s drop\n' "$(port "$a" "$link")" "$share"
      [[ $way == out ]] || printf 'oifname "%s" %s drop\n' "$(port "$a" "$link")" "$share"
    done < "$dir/losses"
    printf '}\n}\n'
  } | in_sw nft -f - || die 'the kernel refuses the filter (nftables, bridge family)'
}
