import { MARK } from './mark.ts'

/**
 * The init script for systems without systemd, down to CentOS 6: start, stop, restart, reload, status (0 running, 1 dead
 * with its pid file left, 3 not running). Runs in any Bourne shell.
 */
export function initScript(program: string): string {
  return `#!/bin/sh
# ${MARK}
#
# hb            High availability of addresses and services
#
# chkconfig: - 75 05
# description: Moves addresses and services between two hosts when one of them fails.
# processname: hb
# config: /etc/ha.d/ha.cf
# pidfile: /var/run/hb.pid
### BEGIN INIT INFO
# Provides:          hb heartbeat
# Required-Start:    $network $remote_fs $time
# Required-Stop:     $network $remote_fs
# Should-Start:      $syslog
# Should-Stop:       $syslog
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: High availability of addresses and services
### END INIT INFO

program=\${HB_PROGRAM:-${program}}
pidfile=\${HB_PIDFILE:-/var/run/hb.pid}
lockfile=/var/lock/subsys/hb
config=/etc/ha.d
options=

# Settings of the site, such as config=/srv/ha.d
for file in /etc/sysconfig/hb /etc/default/hb; do
  # shellcheck disable=SC1090
  [ ! -r "$file" ] || . "$file"
done

running() {
  [ -r "$pidfile" ] || return 1
  read -r pid < "$pidfile" && [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null
}

# No more than a minute is waited for; a daemon that ends sooner has said why.
await() {
  tries=0
  while running && [ $tries -lt 120 ]; do
    "$program" status --timeout 1 > /dev/null 2>&1 && return 0
    tries=$((tries + 1))
    sleep 0.5 2> /dev/null || sleep 1
  done
  running
}

start() {
  if running; then
    echo "hb is running already (pid $pid)"
    return 0
  fi
  # A package that was removed leaves this script until it is purged.
  if [ ! -x "$program" ]; then
    echo "hb is not installed: there is no $program" >&2
    return 5
  fi
  # One line a problem, before anything is started; code 6 says that the configuration is wrong.
  said=$("$program" check --config "$config" 2>&1) || { echo "$said" >&2; return 6; }
  # The shell that is left becomes the daemon, so its number is the one to note; the daemon stays in the foreground.
  # shellcheck disable=SC2086,SC2016
  (
    cd / || exit 1
    exec < /dev/null > /dev/null 2>&1
    set -m 2> /dev/null
    sh -c 'echo $$ > "$0"; exec "$@"' "$pidfile" "$program" run --config "$config" $options &
  )
  sleep 1
  if await; then
    [ ! -d /var/lock/subsys ] || : > "$lockfile"
    echo "hb started (pid $pid)"
    return 0
  fi
  rm -f "$pidfile"
  echo "hb did not start: see the log, or run: $program run --config $config $options" >&2
  return 1
}

stop() {
  if ! running; then
    rm -f "$pidfile" "$lockfile"
    echo "hb is not running"
    return 0
  fi
  "$program" stop || kill "$pid" 2> /dev/null
  tries=0
  while running && [ $tries -lt 60 ]; do
    tries=$((tries + 1))
    sleep 1
  done
  if running; then
    echo "hb (pid $pid) is still handing over" >&2
    return 1
  fi
  rm -f "$pidfile" "$lockfile"
  echo "hb stopped"
}

status() {
  if running; then
    echo "hb is running (pid $pid)"
    return 0
  fi
  if [ -e "$pidfile" ]; then
    echo "hb is dead and $pidfile is left"
    return 1
  fi
  echo "hb is not running"
  return 3
}

case $1 in
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  condrestart | try-restart) running || exit 0; stop && start ;;
  reload | force-reload) "$program" reload ;;
  status) status ;;
  *)
    echo "usage: $0 start|stop|restart|condrestart|reload|status" >&2
    exit 2
    ;;
esac
`
}
