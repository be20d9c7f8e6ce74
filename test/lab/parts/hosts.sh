# shellcheck shell=bash disable=SC2034,SC2154 # the lab sets and uses these
# Building hosts and switches, and taking them down.

# The settings under /proc/sys/net are those of the reader's network namespace.
no_ipv6() { # NETNS INTERFACE...
  local net=$1
  shift
  # shellcheck disable=SC2016  # expanded by the shell inside the namespace
  in_ns "$net" sh -c 'for i; do f=/proc/sys/net/ipv6/conf/$i/disable_ipv6; [ ! -e "$f" ] || echo 1 >"$f"; done' sh "$@"
}

make_switch() {
  ip netns add "$sw"
  in_sw ip link set lo up
  local b
  for b in br0 br1; do
    in_sw ip link add "$b" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    no_ipv6 "$sw" "$b"
    in_sw ip link set "$b" up
  done
}

# With owners where root can give them away; a pretended root cannot, and may not read everything.
copy_directory() { # FROM TO
  if [[ -n ${LAB_NESTED:-} ]]; then
    cp -R --preserve=mode,timestamps,links "$1/." "$2/" 2>/dev/null || true
  else
    cp -a "$1/." "$2/"
  fi
}

make_host() {                                              # HOST OCTET LINK...
  local host=$1 octet=$2; shift 2
  local h=$dir/hosts/$host net link d
  net=$(ns "$host")
  mkdir -p "$h/root"
  printf '%s\n' "$octet" > "$h/octet"
  printf '%s\n' "$@" > "$h/links"
  for d in "${COPY_DIRS[@]}"; do
    mkdir -p "$h/root$d"
    [[ ! -d $d ]] || copy_directory "$d" "$h/root$d"
  done
  for d in "${EMPTY_DIRS[@]}"; do mkdir -p "$h/root$d"; done
  printf '%s\n' "$host" > "$h/root/etc/hostname"

  ip netns add "$net"
  in_ns "$net" ip link set lo up
  if [[ $LAB_IPV6 != 1 ]]; then
    no_ipv6 "$net" all default
  fi
  for link; do
    local i=${link#eth} p
    p=$(port "$host" "$link")
    in_sw ip link add "$p" type veth peer name "$link" netns "$net"
    in_ns "$net" ip link set "$link" address "$(printf '02:77:%02x:00:00:%02x' "$i" "$octet")"
    no_ipv6 "$sw" "$p"
    in_sw ip link set "$p" master "br$i" up
  done
}

hosts_file() {
  local host octet
  printf '127.0.0.1 localhost\n'
  for host in $(all_hosts); do
    octet=$(<"$dir/hosts/$host/octet")
    printf '%s.%s %s\n' "$LAB_NET0" "$octet" "$host"
  done
}

base_addresses() {                                         # HOST: only the address of each link
  local net link octet i n
  net=$(ns "$1"); octet=$(<"$dir/hosts/$1/octet")
  for link in $(links_of "$1"); do
    i=LAB_NET${link#eth}; n=${!i}
    in_sw ip link set "$(port "$1" "$link")" up
    in_ns "$net" ip link set "$link" down
    in_ns "$net" ip addr flush dev "$link"
    in_ns "$net" ip addr add "$n.$octet/24" brd "$n.255" dev "$link"
    in_ns "$net" ip link set "$link" up
  done
}

boot_host() {
  local h=$dir/hosts/$1 i
  base_addresses "$1"
  hosts_file > "$h/root/etc/hosts"
  rm -f "$h/init" "$h/ready"
  # The lab's lock (fd 8) and the caller's pipes must not live on in the host.
  setsid nsenter --net="/run/netns/$(ns "$1")" -- \
    unshare --mount --uts --ipc --pid --fork --propagation private \
    "$self" -n "$LAB_NAME" __init "$1" "$LAB_STATE" </dev/null >"$h/init.log" 2>&1 8>&- &
  for ((i = 0; i < 250; i++)); do
    [[ ! -s $h/ready ]] || { note_proc "$(<"$h/ready")" "$h/init"; return; }
    sleep 0.02
  done
  die "host '$1' did not come up: $(<"$h/init.log")"
}

# Runs as process 1 of a new host. Its own pid as seen from outside must be read
# while /proc is still the machine's.
host_init() {
  local host=$1 h=$dir/hosts/$1 pid d f
  read -r pid _ < /proc/self/stat
  exec 9>"$h/ready"
  for d in "${COPY_DIRS[@]}" "${EMPTY_DIRS[@]}"; do
    [[ -d $d ]] || mkdir -p "$d"
    mount --bind "$h/root$d" "$d"
  done
  for f in /etc/hosts /etc/hostname; do
    [[ ! -e $f ]] || mount --bind "$h/root$f" "$f"
  done
  hostname "$host"
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -m 1777 /run/lock
  mkdir -p /run/keepalived /run/lock/subsys
  mkdir -m 1755 /run/resource-agents
  if getent passwd hacluster >/dev/null; then
    # A pretended root owns one user only and cannot give directories away.
    install -d -m 0750 -o hacluster -g haclient /run/crm /run/heartbeat \
      /run/heartbeat/ccm /run/heartbeat/crm /run/heartbeat/dopd 2>/dev/null || true
  fi
  cd /
  printf '%s\n' "$pid" >&9
  exec 9>&-
  # Orphans come to process 1; bash collects them while it waits.
  trap : CHLD
  while :; do sleep 86400 & wait $! || true; done
}

parse_up() {                     # words of "up" -> hosts, want_eth1, owner, ttl
  hosts=() want_eth1=1 owner='' ttl=''
  while (($#)); do
    case $1 in
      --no-eth1) want_eth1=0 ;;
      --owner)   owner=${2:?--owner PID}; shift ;;
      --ttl)     ttl=${2:?--ttl SEC}; shift ;;
      -*)        usage_die 'up N|NAME... [--no-eth1] [--owner PID] [--ttl SEC]' ;;
      *)         hosts+=("$1") ;;
    esac
    shift
  done
  ((${#hosts[@]})) || usage_die 'up N|NAME... [--no-eth1] [--owner PID] [--ttl SEC]'
  if ((${#hosts[@]} == 1)) && [[ ${hosts[0]} =~ ^[0-9]+$ ]]; then
    local n=${hosts[0]} i
    ((n >= 1 && n <= 90)) || die 'between 1 and 90 hosts'
    hosts=()
    for ((i = 1; i <= n; i++)); do hosts+=("node$i"); done
  fi
  local h
  for h in "${hosts[@]}"; do
    [[ $h =~ ^[a-z][a-z0-9-]{0,12}$ && $h != client && $h != sw ]] || die "bad host name '$h'"
  done
}

cmd_up() {
  parse_up "$@"
  ((EUID == 0)) || die 'must be root, or pretend to be (lab nest CMD...)'
  local tool
  for tool in ip nsenter unshare setsid flock hostname; do
    command -v "$tool" >/dev/null || die "needs '$tool'"
  done
  mkdir -p "$LAB_STATE"
  exec 8>"$LAB_STATE/.lock"
  flock 8
  [[ ! -d $dir ]] || die "lab '$LAB_NAME' is up already, or was left by a crash: lab down"
  trap 'rc=$?; ((rc == 0)) || remove_lab; exit $rc' EXIT
  mkdir -p "$dir/hosts"
  # Before anything is built: whoever kills this command half-way leaves the guard.
  if [[ -n $owner$ttl ]]; then
    setsid "$self" -n "$LAB_NAME" __guard "${owner:-0}" "${ttl:-0}" "$LAB_STATE" \
      </dev/null >/dev/null 2>&1 8>&- &
    note_proc $! "$dir/guard"
  fi
  make_switch
  local links=(eth0) h i=0
  ((want_eth1 == 0)) || links+=(eth1)
  for h in "${hosts[@]}"; do make_host "$h" $((++i)) "${links[@]}"; done
  make_host client "$CLIENT_OCTET" eth0
  : > "$dir/cuts"; : > "$dir/losses"
  for h in $(all_hosts); do boot_host "$h"; done
}

# Waits for the owner's end or for the time to be up, then takes the lab down.
guard() {
  local owner=$1 ttl=$2 at='' end=0
  ((owner == 0)) || at=$(start_time "$owner") || true
  ((ttl == 0)) || end=$((SECONDS + ttl))
  while :; do
    [[ -d $dir ]] || exit 0
    ((end == 0 || SECONDS < end)) || break
    ((owner == 0)) || [[ -n $at && $(start_time "$owner" || true) == "$at" ]] || break
    sleep 0.5
  done
  exec 8>"$LAB_STATE/.lock" # not while the lab is still being built
  flock 8
  rm -f "$dir/guard"
  remove_lab
}

remove_lab() {
  local f n p
  [[ ! -e $dir/guard ]] || kill_noted "$dir/guard" TERM
  for f in "$dir"/capture.*.pid; do [[ ! -e $f ]] || kill_noted "$f" INT; done
  for f in "$dir"/hosts/*/init; do [[ ! -e $f ]] || kill_noted "$f" KILL; done
  # What is left in our own network namespaces is ours, noted or not.
  for n in $(ip netns list 2>/dev/null | awk '{print $1}'); do
    [[ $n == "$ns_prefix"* ]] || continue
    for p in $(ip netns pids "$n"); do kill -KILL "$p" 2>/dev/null || true; done
    ip netns del "$n" 2>/dev/null || true
  done
  rm -rf "$dir"
}

cmd_down() {
  if [[ ${1:-} == --all ]]; then
    local names n
    names=$( { for n in "$LAB_STATE"/*/; do [[ ! -d $n ]] || basename "$n"; done
               ip netns list 2>/dev/null | sed -n "s/^$PREFIX-\([a-z0-9]*\)-.*/\1/p"; } | sort -u)
    for n in $names; do use_lab "$n"; remove_lab; done
  else
    remove_lab
  fi
}

cmd_run() {
  local before=()
  while (($#)) && [[ $1 != -- ]]; do before+=("$1"); shift; done
  (($# > 1)) || usage_die 'run N|NAME... [OPT] -- CMD...'
  shift
  "$self" -n "$LAB_NAME" up "${before[@]}" --owner $$
  trap 'remove_lab' EXIT
  local rc=0
  LAB_NAME=$LAB_NAME "$@" || rc=$?
  exit "$rc"
}
