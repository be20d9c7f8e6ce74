# shellcheck shell=bash disable=SC2034,SC2154 # the lab sets and uses these
# Labs without root: a user namespace in which the caller passes for root.

cmd_nest() {
  (($# > 0)) || usage_die 'nest CMD...'
  # The pid namespace takes everything inside along when the command ends or is killed.
  local args=(--user --map-root-user --mount --net --ipc --pid --fork --kill-child --propagation private)
  if ! unshare "${args[@]}" true 2>/dev/null; then
    die "this kernel lets only root make namespaces (see /proc/sys/user/max_user_namespaces,
     /proc/sys/kernel/unprivileged_userns_clone, /proc/sys/kernel/apparmor_restrict_unprivileged_userns): run as root"
  fi
  exec unshare "${args[@]}" "$self" __nest "$@"
}

# Runs as process 1 of the nest. Hosts need mount points that nobody but root may make on the
# real disk, so the directories above them are replaced by private copies.
nest_inside() {
  mount -t proc proc /proc || die 'cannot mount /proc in a namespace (a container that hides parts of it?): run as root'
  local copy=/run/etc d
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -m 755 "$copy"
  cp -R --preserve=mode,timestamps,links /etc/. "$copy/" 2>/dev/null || true
  mount --bind "$copy" /etc
  for d in "${COPY_DIRS[@]}"; do
    [[ -d $d || $d != /var/lib/* ]] || { mountpoint -q /var/lib || mount -t tmpfs -o mode=755 tmpfs /var/lib; }
    mkdir -p "$d"
  done
  ip link set lo up
  export LAB_NESTED=1 LAB_STATE=/run/$PREFIX
  local rc=0
  "$@" || rc=$?
  exit "$rc"
}
