import { CAPABILITIES } from '../linux/capabilities.ts'
import { MARK } from './mark.ts'

/** What would steer the loader or the runtime; the executable is deaf to it, and so should its children be at boot. */
const UNWANTED = 'LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT GLIBC_TUNABLES BUN_OPTIONS BUN_BE_BUN NODE_OPTIONS'

/** The systemd unit for an executable at a path. */
export function systemdUnit(program: string): string {
  const names = CAPABILITIES.map((c) => c.name).join(' ')
  const reasons = CAPABILITIES.map((c) => `#   ${c.name.padEnd(22)}${c.use}`).join('\n')
  return `# ${MARK}
[Unit]
Description=High availability of addresses and services (hb)
Documentation=man:hb(8) man:hb.cf(5)
Wants=network-online.target
After=network-online.target time-sync.target syslog.target
Conflicts=heartbeat.service
ConditionPathExists=/etc/ha.d/ha.cf

[Service]
# Ready with the first turn of the loop that takes the decisions. The watchdog is fed from that loop: when it hangs, the
# service is started again.
Type=notify
NotifyAccess=main
WatchdogSec=30
ExecStart=${program} run
ExecReload=${program} reload
# Hands everything to the other node first, which takes as long as the services need to stop.
ExecStop=${program} stop --timeout 10min
TimeoutStopSec=11min
TimeoutStartSec=5min
Restart=on-failure
RestartSec=1
# A wrong call, missing rights, a wrong configuration, a system that cannot run it: trying again mends none of these.
RestartPreventExitStatus=2 4 6 127
# What the resource scripts have started goes on when hb itself is killed or replaced.
KillMode=process
UMask=0022
UnsetEnvironment=${UNWANTED}
OOMScoreAdjust=-1000
LimitMEMLOCK=infinity
LimitRTPRIO=infinity
TasksMax=infinity
# Resource scripts may need every right of root. hb itself uses these:
${reasons}
# A cluster that moves addresses and runs no scripts can be held to them:
#CapabilityBoundingSet=${names}
#NoNewPrivileges=yes
#ProtectSystem=strict
#ReadWritePaths=/var/lib/heartbeat /var/log /run

[Install]
WantedBy=multi-user.target
`
}
